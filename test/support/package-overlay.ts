/**
 * Real Debian packages, installed on a layer over this system and not on it: overlayfs in a mount name space that ends
 * with the process holding it, so that nothing of it stays. Needs root, mounts, apt and a network or apt's cache.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/model/report.ts';
import { PROGRAM } from './integ.ts';
import { isRoot } from './privileges.ts';
import { works } from './programs.ts';
import { until } from './waiting.ts';

/** Why packages cannot be installed on a layer here; undefined when they can. */
export function noOverlay(): string | undefined {
  if (!isRoot()) return 'needs root';
  if (!existsSync('/usr/bin/apt-get')) return 'needs apt';
  const tried =
    'mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/m && mount -t overlay none -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/m';
  return works('unshare', '-m', 'sh', '-c', tried) ? undefined : 'needs overlayfs';
}

/** Why these packages cannot be had: not in apt's cache and no network. */
export function notFetched(...packages: readonly string[]): string | undefined {
  const fetched = works('apt-get', 'install', '-y', '--no-install-recommends', '--download-only', ...packages);
  return fetched ? undefined : `cannot download ${packages.join(' ')}`;
}

// Services are not started. Manual pages and the parameters of a key exchange, which take a minute to make, are not
// what is tried here.
const PREPARE = `
set -e
mount --make-rprivate /
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/merged"
mount -t overlay none -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" "$1/merged"
cd "$1/merged"
mount -t tmpfs none run
mount -t tmpfs none tmp
mount -t proc none proc
mount --rbind /dev dev
printf '#!/bin/sh\\nexit 101\\n' > usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
rm -f var/lib/man-db/auto-update
printf 'force-unsafe-io\\npath-exclude=/usr/share/man/*\\npath-exclude=/usr/share/doc/*\\n' > etc/dpkg/dpkg.cfg.d/quick
mkdir -p etc/mail/tls
openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out etc/mail/tls/sendmail-common.prm 2>/dev/null
chmod 640 etc/mail/tls/sendmail-common.prm
shift
DEBIAN_FRONTEND=noninteractive chroot . apt-get install -y --no-install-recommends "$@"
umount -l dev
umount proc
rm etc/dpkg/dpkg.cfg.d/quick usr/sbin/policy-rc.d
`;

export class Overlay {
  readonly #directory: string;
  readonly #holder: ChildProcess;
  readonly #root: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#root = join(this.#directory, 'layer', 'merged');
    // Ends with this process, whatever ends it.
    const sleep = ['--pdeathsig', 'KILL', 'unshare', '-m', '--propagation', 'private', 'sleep', 'infinity'];
    this.#holder = spawn('setpriv', sleep, { stdio: 'ignore' });
  }

  /** Throws with the last lines of apt when a package cannot be installed. */
  static async withPackages(directory: string, ...packages: readonly string[]): Promise<Overlay> {
    const overlay = new Overlay(directory);
    try {
      const layer = join(overlay.#directory, 'layer');
      mkdirSync(layer);
      await until(() => overlay.#isApart(), 'there is a name space');
      const { status, stdout, stderr } = overlay.#inside('sh', '-c', PREPARE, 'sh', layer, ...packages);
      if (status !== 0) throw new Error(`cannot install ${packages.join(' ')}: ${(stdout + stderr).slice(-2000)}`);
      return overlay;
    } catch (error) {
      await overlay.stop();
      throw error;
    }
  }

  #isApart(): boolean {
    return readlinkSync(`/proc/${this.#holder.pid}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt');
  }

  #inside(...command: readonly string[]) {
    const args = ['-m', '-t', String(this.#holder.pid), '--', ...command];
    return spawnSync('nsenter', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  /** Where an object of the layer is for this process, which has another mount name space. */
  at(path: string): string {
    return `/proc/${this.#holder.pid}/root${this.#root}${path}`;
  }

  /** Runs a command of a shell in the layer. */
  shell(command: string): void {
    const { status, stderr } = this.#inside('chroot', this.#root, 'sh', '-ec', command);
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  }

  /** Holds the requirements of a policy against the layer. */
  live(policy: string): Report {
    return this.#report(['policy', 'check', '--live'], policy);
  }

  init(policy: string): void {
    const { status, stdout, stderr } = this.#integ(['init', '--force'], policy);
    if (status !== 0) throw new Error(`init ends with ${status}: ${stdout + stderr}`);
  }

  check(): Report {
    return this.#report(['check']);
  }

  #report(command: readonly string[], policy?: string): Report {
    const { stdout, stderr } = this.#integ([...command, '--format', 'json'], policy);
    if (stdout === '') throw new Error(`no report: ${stderr}`);
    // What integ prints as JSON is a report.
    return JSON.parse(stdout) as Report;
  }

  #integ(args: readonly string[], policy?: string) {
    const file = join(this.#directory, 'policy.yaml');
    if (policy !== undefined) writeFileSync(file, policy);
    const environment = `INTEG_BASELINE=${join(this.#directory, 'state', 'baseline.db')}`;
    const chosen = policy === undefined ? [] : args[0] === 'init' ? ['--policy', file] : [file];
    return this.#inside('env', environment, process.execPath, PROGRAM, ...args, '--root', this.#root, ...chosen);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#holder.once('exit', resolve));
    this.#holder.kill('SIGKILL');
    await ended;
  }
}
