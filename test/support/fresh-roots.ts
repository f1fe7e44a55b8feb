/**
 * Systems as the installer of Debian leaves them, without a network: unpacked from what .ci/run made with debootstrap,
 * and entered by chroot in name spaces of their own, so that neither mounts nor programs stay.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Outcome, REPOSITORY } from './integ.ts';
import { isRoot } from './privileges.ts';
import { tool, works } from './programs.ts';

/** The oldest Debian that has support, and the newest. */
export const SUITES = ['bookworm', 'trixie'] as const;
export type Suite = (typeof SUITES)[number];

const archive = (suite: Suite): string => join(REPOSITORY, '.ci/roots', `${suite}.tar`);

/** Why there is no such system here; undefined when there is. */
export function noFreshRoot(suite: Suite): string | undefined {
  if (!isRoot()) return 'needs root';
  if (!existsSync(archive(suite))) return `needs .ci/roots/${suite}.tar, which .ci/run makes with debootstrap`;
  return works('unshare', '--net', '--mount', '--pid', '--fork', 'true') ? undefined : 'needs name spaces';
}

/** /proc as in a running system. Nothing but the loopback of a new network name space is there, and that is down. */
const ENTER = 'mount -t proc proc "$1/proc" && exec chroot "$@"';

export class FreshRoot {
  readonly directory: string;

  constructor(suite: Suite, directory: string) {
    this.directory = directory;
    mkdirSync(directory, { mode: 0o755 });
    tool('tar', '-C', directory, '-xf', archive(suite));
  }

  /** Runs a program in it with an environment that is empty but for what is given. */
  run(command: readonly string[], environment: Readonly<Record<string, string>> = {}): Outcome {
    const inside = ['unshare', '--net', '--mount', '--pid', '--fork', 'sh', '-c', ENTER, 'sh', this.directory];
    const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const words = [...inside, '/usr/bin/env', '-i', ...given, ...command];
    const { status, stdout, stderr, error } = spawnSync(words[0] ?? '', words.slice(1), { encoding: 'utf8' });
    if (error !== undefined) throw error;
    return { code: status ?? 128, stdout, stderr };
  }

  /** As an administrator types it. */
  shell(command: string): Outcome {
    return this.run(['/bin/sh', '-c', command], { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' });
  }

  at(path: string): string {
    return join(this.directory, path);
  }

  exists(path: string): boolean {
    return lstatSync(this.at(path), { throwIfNoEntry: false }) !== undefined;
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text);
  }

  append(path: string, text: string): void {
    appendFileSync(this.at(path), text);
  }

  /** Copies a file of this system to a path in that one. */
  bring(file: string, path: string): void {
    cpSync(file, this.at(path));
  }
}
