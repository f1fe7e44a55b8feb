import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { pathFromText, ROOT } from '../../../src/model/bytes.ts';
import { Users } from '../../../src/system/users.ts';
import { scratchDirectory } from '../../support/scratch.ts';

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
  mkdirSync(join(directory, 'etc'));
});

function usersOf(passwd: string | Buffer, group = ''): Users {
  writeFileSync(join(directory, 'etc/passwd'), passwd);
  writeFileSync(join(directory, 'etc/group'), group);
  return new Users(pathFromText(directory));
}

describe('names of users and groups', () => {
  test('come from the files of the examined system, in both directions', () => {
    const users = usersOf('root:x:0:0::/root:/bin/sh\nsmmsp:x:114:120::/:/bin/false\n', 'mail:x:8:\n');
    expect(users.userName(114)).toBe('smmsp');
    expect(users.uidOf('smmsp')).toBe(114);
    expect(users.groupName(8)).toBe('mail');
    expect(users.gidOf('mail')).toBe(8);
  });

  test('are unknown when another root does not know them, even if this host does', () => {
    const users = usersOf('someone:x:5:5:::\n');
    expect(users.userName(0)).toBeUndefined();
    expect(users.uidOf('root')).toBeUndefined();
    expect(users.gidOf('root')).toBeUndefined();
  });

  test('are unknown, without an error, when there are no such files', () => {
    expect(new Users(pathFromText(directory)).userName(0)).toBeUndefined();
  });

  test('are taken from good lines between bad ones; the first of several counts', () => {
    const bad = ':x:1:\nno-colon\nhex:x:0x10:\nlarge:x:4294967296:\nminus:x:-1:\n+nis:x:7:\n#note:x:8:\n\n\0\n';
    const users = usersOf(`${bad}good:x:1:1:::\nlater:x:1:1:::\ngood:x:2:2:::`);
    expect(users.userName(1)).toBe('good');
    expect(users.uidOf('good')).toBe(1);
    expect(users.uidOf('later')).toBe(1);
    expect(users.userName(16)).toBeUndefined();
    expect(users.userName(7)).toBeUndefined();
    expect(users.userName(8)).toBeUndefined();
    expect(users.uidOf('large')).toBeUndefined();
  });

  test('are printable whatever bytes the file holds, and found by their text', () => {
    const users = usersOf(Buffer.from('a\x1b[2J\xff:x:5:\nj\xc3\xbcrgen:x:6:\n', 'latin1'));
    expect(users.userName(5)).toBe('a\\x1b[2J\\xff');
    expect(users.userName(6)).toBe('jürgen');
    expect(users.uidOf('jürgen')).toBe(6);
  });

  test('of the running system are known, and made-up ones are not', () => {
    const users = new Users(ROOT);
    expect(users.userName(0)).toBe('root');
    expect(users.uidOf('root')).toBe(0);
    expect(users.gidOf('root')).toBe(0);
    expect(users.uidOf('no-such-user-here')).toBeUndefined();
    expect(users.userName(3_999_999_999)).toBeUndefined();
    expect(users.uidOf('--help')).toBeUndefined();
    // Digits are a number and no name.
    expect(users.uidOf('0')).toBeUndefined();
  });
});
