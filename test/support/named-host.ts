/**
 * A host with a name, a file of hosts and a name server of its own, for one command: in namespaces of mounts and of the
 * name (unshare), so that this host keeps its own.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from './privileges.ts';

const UNSHARE = ['/usr/bin/unshare', '-m', '-u', '--propagation', 'private'];

function whyNot(): string | undefined {
  if (!isRoot()) return 'needs root';
  const probe = spawnSync(UNSHARE[0] ?? '', [
    ...UNSHARE.slice(1),
    '/bin/sh',
    '-c',
    'hostname probe && mount -t tmpfs tmpfs /mnt',
  ]);
  return probe.status === 0 ? undefined : 'needs unshare, hostname and the right to mount';
}

/** Why there can be no such host here, or undefined. */
export const noNamedHost: string | undefined = whyNot();

export interface HostNames {
  readonly name: string;
  /** The text of /etc/hosts. */
  readonly hosts: string;
  /** Address of the only name server, and the domain in which it is asked. */
  readonly resolver?: { readonly server: string; readonly domain: string };
}

/** Words that run the command behind them on such a host; its files are made in the directory. */
export function onHost(directory: string, { name, hosts, resolver }: HostNames): readonly string[] {
  const file = (called: string, text: string): string => {
    const path = join(directory, called);
    writeFileSync(path, text);
    return path;
  };
  const { server = '192.0.2.1', domain = 'invalid' } = resolver ?? {};
  const files = {
    hosts: file('hosts', hosts),
    'resolv.conf': file('resolv.conf', `nameserver ${server}\nsearch ${domain}\n`),
    'nsswitch.conf': file('nsswitch.conf', `hosts: files${resolver === undefined ? '' : ' dns'}\n`),
  };
  const mounts = Object.entries(files).map(([called, path]) => `mount --bind '${path}' "$(realpath /etc/${called})"`);
  return [...UNSHARE, '/bin/sh', '-c', `set -e; hostname '${name}'; ${mounts.join('; ')}; exec "$@"`, 'sh'];
}
