import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathFromLatin1, pathFromText, ROOT } from '../../../src/model/bytes.ts';
import { SystemError } from '../../../src/model/errors.ts';
import { mountOf, mountsBelow, parseMountInfo, readMounts, visibleMounts } from '../../../src/system/mounts.ts';
import { sharedDirectory } from '../../support/scratch.ts';

const SYSTEM = `21 27 0:21 / /proc rw,relatime shared:5 - proc proc rw,hidepid=2
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard,errors=remount-ro
30 27 8:1 /sub /srv/data\\040of\\134all ro,nosuid - btrfs /dev/sdb1 rw,subvolid=256,subvol=/sub
`;

function mount(id: number, parent: number, path: string, type = 'tmpfs'): string {
  return `${id} ${parent} 0:${id} / ${path} rw - ${type} none rw\n`;
}

describe('parsing mountinfo', () => {
  test('reads ids, devices, paths with escapes, type and source', () => {
    expect(parseMountInfo(SYSTEM)[2]).toEqual({
      id: 30,
      parent: 27,
      major: 8,
      minor: 1,
      root: '/sub',
      path: '/srv/data of\\all',
      options: 'nosuid,ro,subvol=/sub',
      type: 'btrfs',
      source: '/dev/sdb1',
    });
  });

  test('keeps the superblock options that decide about access and drops those that tune', () => {
    const [proc, root] = parseMountInfo(SYSTEM);
    expect(proc?.options).toBe('hidepid=2,relatime,rw');
    expect(root?.options).toBe('relatime,rw');
  });

  test('says ro where the superblock is read-only though the mount says rw', () => {
    const [only] = parseMountInfo('27 1 254:0 / / rw,relatime - ext4 /dev/vda ro\n');
    expect(only?.options).toBe('relatime,ro');
  });

  test('reads a mount with an empty source and a file system type with a subtype', () => {
    const [only] = parseMountInfo('40 1 0:50 / /mnt rw - fuse.sshfs  rw,user_id=0\n');
    expect(only).toMatchObject({ type: 'fuse.sshfs', source: '', options: 'rw,user_id=0' });
  });

  test('keeps the bytes of a mount point that is not UTF-8 and escapes a control character in a source', () => {
    const [only] = parseMountInfo('40 1 0:50 / /a\xff\\012b rw - tmpfs x\\033[2J rw\n');
    expect(only?.path).toBe('/a\xff\nb');
    expect(only?.source).toBe('x\\x1b[2J');
  });

  test('ends with the number of the line that it cannot read instead of skipping a mount', () => {
    expect(() => parseMountInfo(`${SYSTEM}nonsense\n`)).toThrow(/line 4 is not in the form/);
    expect(() => parseMountInfo('\n')).toThrow(SystemError);
  });
});

describe('which mounts are visible', () => {
  const pathsOf = (text: string): string[] =>
    visibleMounts(parseMountInfo(text)).map((found) => `${found.path} ${found.id}`);

  test('shows the uppermost of mounts stacked at one place, in whatever order they are listed', () => {
    expect(pathsOf(mount(1, 0, '/') + mount(2, 1, '/a') + mount(3, 2, '/a'))).toEqual(['/ 1', '/a 3']);
    expect(pathsOf(mount(3, 2, '/a') + mount(2, 1, '/a') + mount(1, 0, '/'))).toEqual(['/ 1', '/a 3']);
  });

  test('does not show a mount that a later one over its parent directory hides', () => {
    expect(pathsOf(mount(1, 0, '/') + mount(2, 1, '/a/b') + mount(3, 1, '/a'))).toEqual(['/ 1', '/a 3']);
  });

  test('shows a mount inside another mount', () => {
    expect(pathsOf(mount(1, 0, '/') + mount(2, 1, '/a') + mount(3, 2, '/a/b'))).toEqual(['/ 1', '/a 2', '/a/b 3']);
  });

  test('ends on ids that claim to lie on each other', () => {
    expect(pathsOf(mount(1, 2, '/') + mount(2, 1, '/'))).toEqual([]);
  });
});

describe('finding the mount of a path', () => {
  const mounts = visibleMounts(parseMountInfo(mount(1, 0, '/') + mount(2, 1, '/a') + mount(3, 2, '/a/b')));

  test('gives the deepest mount that holds the path', () => {
    expect(mountOf(mounts, pathFromText('/a/b/c'))?.id).toBe(3);
    expect(mountOf(mounts, pathFromText('/a/bc'))?.id).toBe(2);
    expect(mountOf(mounts, pathFromText('/ab'))?.id).toBe(1);
  });

  test('gives nothing when no mount holds it', () => {
    expect(mountOf([], pathFromText('/a'))).toBeUndefined();
  });

  test('takes the path of the examined root off and shows the mount that holds it as /', () => {
    const below = mountsBelow(mounts, pathFromText('/a/x'));
    expect(below.map((found) => [found.path, found.id, found.root])).toEqual([['/', 2, '/x']]);
    const atMount = mountsBelow(mounts, pathFromText('/a'));
    expect(atMount.map((found) => [found.path, found.id, found.root])).toEqual([
      ['/', 2, '/'],
      ['/b', 3, '/'],
    ]);
  });
});

describe('the mounts of this system', () => {
  const directory = sharedDirectory();
  const target = join(directory, 'with space');
  let isMounted = false;
  beforeAll(() => {
    mkdirSync(target);
    isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'nosuid,noexec', 'a source', target]).status === 0;
  });
  afterAll(() => {
    if (isMounted) spawnSync('umount', [target]);
  });

  test('include the root', () => {
    expect(mountOf(readMounts(ROOT), ROOT)?.path).toBe('/');
  });

  test('include a mount made just now, with its options, and are relative to another root', (context) => {
    if (!isMounted) context.skip('mounting needs root');
    const found = mountOf(readMounts(ROOT), pathFromText(`${target}/file`));
    expect(found).toMatchObject({ path: target, type: 'tmpfs', source: 'a source' });
    expect(found?.options.split(',')).toEqual(expect.arrayContaining(['noexec', 'nosuid', 'rw']));
    symlinkSync(directory, `${directory}.link`);
    try {
      const below = readMounts(pathFromText(`${directory}.link`));
      expect(below.map((mount) => mount.path)).toEqual([ROOT, '/with space']);
    } finally {
      rmSync(`${directory}.link`);
    }
  });

  test('cannot be told for a root that does not exist', () => {
    expect(() => readMounts(pathFromLatin1('/nowhere/at/all'))).toThrow(
      'cannot open the root directory /nowhere/at/all',
    );
  });
});
