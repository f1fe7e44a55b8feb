/** Snapshots of btrfs and ZFS, as they lie on a disk: what the shipped policies leave out, and what they do not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';

const PLACES = [
  '/.snapshots/1/snapshot/etc/passwd',
  '/home/.snapshots/7/info.xml',
  '/home/ann/.snapshots/7/snapshot/.profile',
  '/usr/.zfs/snapshot/daily-1/bin/ls',
  '/usr/local/.snapshots/2/snapshot/bin/tool',
  '/opt/.zfs/snapshot/daily-1/tool',
  '/srv/.snapshots/3/snapshot/site',
  '/srv/www/.zfs/snapshot/daily-1/index.html',
  '/var/www/.snapshots/3/snapshot/index.php',
  '/var/lib/mysql/.zfs/snapshot/daily-1/ibdata1',
];

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function hostOf(it: Box): string {
  const root = it.beside('disk');
  for (const path of ['/etc/passwd', '/usr/bin/ls', '/usr/local/bin/tool', '/opt/tool', '/srv/www/index.html']) {
    put(root, path, 'as it is\n');
  }
  for (const directory of ['/home/ann', '/var/www', '/var/lib/mysql']) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  return root;
}

test.each(['linux-base', 'debian-base', 'rhel-base'])(
  'builtin:%s leaves out snapshots where subvolumes are',
  (name) => {
    const it = box();
    const root = hostOf(it);
    it.policyText(
      `version: 1\nname: test\ninclude: ['builtin:${name}', builtin:web, builtin:database]\nrules: [{ name: all, paths: [/etc/none-yet] }]\n`,
    );
    // Directories in which a snapshot lies for the first time change once themselves.
    for (const path of PLACES) put(root, path, 'of the first night\n');
    expect(it.run(['init', '--root', root]).code).toBe(0);
    const before = it.check(['--root', root]).summary.examined;
    for (const path of PLACES) put(root, path.replace(/snapshot(s?)\/[^/]*/, 'snapshot$1/99'), 'of another night\n');
    const report = it.check(['--root', root]);
    expect(it.findings(report)).toEqual([]);
    expect(report.summary.examined).toBe(before);
    put(root, '/usr/lib/.snapshots/1/snapshot/trojan', 'no subvolume has its root here\n');
    expect(it.check(['--root', root]).changes.map(({ path }) => path)).toContain(
      '/usr/lib/.snapshots/1/snapshot/trojan',
    );
  },
);
