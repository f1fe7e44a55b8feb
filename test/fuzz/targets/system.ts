/**
 * Files of the examined system that integ takes facts from: os-release, accounts, the mount table, what is mounted
 * where.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountsToCompare } from '../../../src/check/other-root-mounts.ts';
import { pathFromLatin1, pathFromText, printable, ROOT } from '../../../src/model/bytes.ts';
import { SystemError } from '../../../src/model/errors.ts';
import { mountOf, mountsBelow, parseMountInfo, visibleMounts } from '../../../src/system/mounts.ts';
import { parseOsRelease } from '../../../src/system/os-release.ts';
import { Users } from '../../../src/system/users.ts';
import { refusing, requirePrintable, type Target } from '../engine/target.ts';

export const osRelease: Target = {
  name: 'os-release',
  seeds: () => [
    Buffer.from(
      'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\nID_LIKE=\'a b\'\n# x\nX=a\\ b\n',
    ),
  ],
  words: ['"', "'", '\\', '$', '`', '=', '\n', 'ID=', 'ID_LIKE=', 'PRETTY_NAME=', '\u001b[2J', '\u202e'],
  read: (input) => {
    const { id, idLike, versionId, prettyName } = parseOsRelease(input.toString('utf8'));
    for (const text of [id, ...idLike, versionId ?? '', prettyName]) requirePrintable(text, 'os-release');
    return `${id.length > 0} ${Math.min(idLike.length, 5)} ${versionId === undefined}`;
  },
  shortRuns: 1000,
};

const SEPARATOR = '\n%%\n';

export const accounts: Target = {
  name: 'accounts',
  seeds: () => [
    Buffer.from(
      `root:x:0:0:root:/root:/bin/bash\neve\xff:x:1000:1000:::\n+nis::::::\n${SEPARATOR}root:x:0:\nsudo:x:27:eve,a\n`,
      'latin1',
    ),
  ],
  words: [':', '::', '\n', '0', '4294967295', '4294967296', '-1', '+', '#', SEPARATOR, '\u001b[2J', 'root'],
  read: (input, scratch) => {
    mkdirSync(join(scratch, 'etc'), { recursive: true });
    const [passwd = '', group = ''] = input.toString('latin1').split(SEPARATOR);
    writeFileSync(join(scratch, 'etc/passwd'), Buffer.from(passwd, 'latin1'));
    writeFileSync(join(scratch, 'etc/group'), Buffer.from(group, 'latin1'));
    const users = new Users(pathFromText(scratch));
    const names = [0, 1000, 27].flatMap((id) => [users.userName(id), users.groupName(id)]);
    for (const name of names) requirePrintable(name ?? '', 'a name');
    return `${users.uidOf('root')} ${users.gidOf('sudo')}`.replaceAll(/[0-9]{3,}/g, 'N');
  },
  shortRuns: 200,
};

const MOUNTINFO = [
  '21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro',
  '22 21 0:5 / /proc rw,nosuid - proc proc rw',
  '23 21 0:6 / /a\\040b rw,nosuid shared:2 master:1 - tmpfs tmpfs rw,size=1k,mode=755',
  '24 23 0:7 /x /a\\040b/c ro - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w',
  '25 21 0:8 / /proc rw - tmpfs \\134x rw',
  '',
].join('\n');

export const mountinfo: Target = {
  name: 'mountinfo',
  seeds: () => [Buffer.from(MOUNTINFO), Buffer.from(MOUNTINFO.split('\n')[0] ?? '')],
  words: [
    '\\040',
    '\\012',
    '\\134',
    ' - ',
    ' ',
    '\n',
    '/',
    '21',
    '0:5',
    'ro',
    'rw',
    ',',
    'shared:1',
    'lowerdir=',
    '//',
    '/..',
  ],
  read: (input) => {
    const mounts = refusing([SystemError], () => parseMountInfo(input.toString('latin1')));
    const visible = visibleMounts(mounts);
    const below = mountsBelow(visible, pathFromLatin1('/a b'));
    mountOf(visible, pathFromLatin1('/a b/c/d'));
    for (const { path, type, source, options } of [...mounts, ...below])
      requirePrintable(printable(path) + type + source + options, 'a mount');
    const facts = visible.map(({ path, type, source, options }) => ({ path, type, source, options, entered: true }));
    mountsToCompare(facts, facts.slice(1), true);
    return `${mounts.length} ${visible.length} ${below.length} ${mountOf(visible, ROOT) === undefined}`;
  },
  shortRuns: 600,
};
