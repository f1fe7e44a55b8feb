import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ATTRIBUTES, type AttributeName } from '../../../src/model/attributes.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { FIXED_LENGTH, FLAGS_KNOWN, fieldBit, fixedOffset, isWellFormed } from '../../../src/model/record.ts';
import { encodeAcl, formatAcl } from '../../../src/model/values/acl.ts';
import { formatCapabilities } from '../../../src/model/values/capabilities.ts';
import { FLAG_MASK, FLAG_NAMES, flagBit, formatFlags, isFlagName } from '../../../src/model/values/flags.ts';
import { formatTime } from '../../../src/model/values/time.ts';
import { encodeXattrs, formatXattrs } from '../../../src/model/values/xattrs.ts';
import { formatAttribute } from '../../../src/model/values.ts';

function fixedPart(fields: number, fill: (record: Buffer) => void = () => undefined): Buffer {
  const record = Buffer.alloc(FIXED_LENGTH);
  record.writeUInt32LE(fields, 0);
  record.writeUInt16LE(0o100644, fixedOffset('mode'));
  fill(record);
  return record;
}

/** A record with one optional or variable attribute. */
function recordWith(name: AttributeName, value: Uint8Array): Buffer {
  if (ATTRIBUTES[name].storage === 'optional') return Buffer.concat([fixedPart(fieldBit(name)), value]);
  if (value.length === 0) return fixedPart(fieldBit(name));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  // The filled bit of a variable attribute is the one above its known bit (record.ts).
  const record = Buffer.concat([fixedPart(fieldBit(name) * 3), length, value]);
  expect(isWellFormed(record)).toBe(true);
  return record;
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

describe('the text of a recorded attribute', () => {
  test('is the word for a type and four octal digits for a mode', () => {
    const file = fixedPart(0, (record) => record.writeUInt16LE(0o100755, fixedOffset('mode')));
    expect(formatAttribute(file, 'type')).toBe('file');
    expect(formatAttribute(file, 'mode')).toBe('0755');
    const link = fixedPart(0, (record) => record.writeUInt16LE(0o124777, fixedOffset('mode')));
    expect(formatAttribute(link, 'type')).toBe('symlink');
    expect(formatAttribute(link, 'mode')).toBe('4777');
  });

  test('is exact for the largest numbers that a kernel can give', () => {
    const record = fixedPart(0, (fixed) => {
      fixed.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, fixedOffset('inode'));
      fixed.writeUInt32LE(0xffff_fffe, fixedOffset('uid'));
      fixed.writeBigUInt64LE(2n ** 53n + 1n, fixedOffset('size'));
    });
    expect(formatAttribute(record, 'inode')).toBe('18446744073709551615');
    expect(formatAttribute(record, 'uid')).toBe('4294967294');
    expect(formatAttribute(record, 'size')).toBe('9007199254740993');
  });

  test('is major:minor for a device', () => {
    const record = fixedPart(0, (fixed) => {
      fixed.writeUInt32LE(254, fixedOffset('dev'));
      fixed.writeUInt32LE(3, fixedOffset('dev') + 4);
    });
    expect(formatAttribute(record, 'dev')).toBe('254:3');
    expect(formatAttribute(recordWith('rdev', bytes('0100000003000000')), 'rdev')).toBe('1:3');
  });

  test('is missing for what was not recorded', () => {
    const record = fixedPart(0);
    expect(formatAttribute(record, 'sha256')).toBeUndefined();
    expect(formatAttribute(record, 'flags')).toBeUndefined();
    expect(formatAttribute(record, 'acl')).toBeUndefined();
  });

  test('is none, and not missing, for what is known to be empty', () => {
    for (const name of ['acl', 'xattrs', 'selinux', 'caps'] as const) {
      expect(formatAttribute(recordWith(name, Buffer.alloc(0)), name)).toBe('none');
    }
    expect(formatAttribute(fixedPart(FLAGS_KNOWN), 'flags')).toBe('none');
  });

  test('is lower-case hex for a digest and ISO 8601 for a time', () => {
    const digest = createHash('sha256').update('x').digest();
    expect(formatAttribute(recordWith('sha256', digest), 'sha256')).toBe(digest.toString('hex'));
    const record = fixedPart(0, (fixed) => {
      fixed.writeBigInt64LE(1767323045n, fixedOffset('mtime'));
      fixed.writeUInt32LE(678901234, fixedOffset('mtime') + 8);
    });
    expect(formatAttribute(record, 'mtime')).toBe('2026-01-02T03:04:05.678901234Z');
  });

  test('holds no character of a link target or a context that a terminal would obey', () => {
    expect(formatAttribute(recordWith('target', Buffer.from('a\x1b[2J\n\xff', 'latin1')), 'target')).toBe(
      'a\\x1b[2J\\n\\xff',
    );
    expect(formatAttribute(recordWith('selinux', Buffer.from('system_u:object_r:etc_t:s0')), 'selinux')).toBe(
      'system_u:object_r:etc_t:s0',
    );
  });
});

describe('times', () => {
  test('before 1970 count down with nanoseconds counting up', () => {
    expect(formatTime({ seconds: -1n, nanoseconds: 999_999_999 })).toBe('1969-12-31T23:59:59.999999999Z');
  });

  test('are ISO 8601 from the year 0000 to 9999 and plain seconds outside', () => {
    expect(formatTime({ seconds: -62_167_219_200n, nanoseconds: 0 })).toBe('0000-01-01T00:00:00.000000000Z');
    expect(formatTime({ seconds: 253_402_300_799n, nanoseconds: 0 })).toBe('9999-12-31T23:59:59.000000000Z');
    expect(formatTime({ seconds: -62_167_219_201n, nanoseconds: 5 })).toBe('@-62167219201.000000005');
    expect(formatTime({ seconds: 253_402_300_800n, nanoseconds: 5 })).toBe('@253402300800.000000005');
    expect(formatTime({ seconds: 2n ** 63n - 1n, nanoseconds: 0 })).toBe('@9223372036854775807.000000000');
  });

  test('with more nanoseconds than a second has are shown as they are', () => {
    expect(formatTime({ seconds: 0n, nanoseconds: 4_294_967_295 })).toBe('@0.4294967295');
  });
});

describe('file flags', () => {
  test('are named, comma-separated', () => {
    expect(formatFlags(0x30)).toBe('immutable,append-only');
    expect(formatFlags(0)).toBe('none');
  });

  test('keep a bit without a name visible', () => {
    expect(formatFlags(0x80000010)).toBe('immutable,0x80000000');
  });

  test('are exactly those of statx(2) that belong to the file', () => {
    expect(FLAG_MASK).toBe(0x4 | 0x10 | 0x20 | 0x40 | 0x800 | 0x100000 | 0x200000);
    expect(FLAG_NAMES.map((name) => flagBit(name)).reduce((sum, bit) => sum + bit, 0)).toBe(FLAG_MASK);
    expect(isFlagName('immutable')).toBe(true);
    expect(isFlagName('toString')).toBe(false);
  });
});

describe('ACLs', () => {
  const access = bytes(
    '02000000 01000600ffffffff 02000400e8030000 04000400ffffffff 10000400ffffffff 20000000ffffffff'.replaceAll(' ', ''),
  );

  test('are shown in the short form with numeric ids', () => {
    expect(formatAcl(encodeAcl(access))).toBe('user::rw-,user:1000:r--,group::r--,mask::r--,other::---');
  });

  test('mark default entries', () => {
    expect(formatAcl(encodeAcl(undefined, access))).toMatch(/^default:user::rw-,default:user:1000:r--,/);
    expect(formatAcl(encodeAcl(access, access)).split(',')).toHaveLength(10);
  });

  test('of neither kind are an empty value', () => {
    expect(encodeAcl()).toHaveLength(0);
  });

  test.each([
    ['cut in an entry', encodeAcl(access.subarray(0, 11))],
    ['another version', encodeAcl(bytes('03000000'))],
    ['an unknown tag', encodeAcl(bytes('020000004000060000000000'))],
    ['rights above rwx', encodeAcl(bytes('020000000100080000000000'))],
    ['a length beyond the end', bytes('ffffffff0000')],
    ['a third field', Buffer.concat([encodeAcl(access), bytes('00000000')])],
    ['no entry at all', encodeAcl(bytes('02000000'))],
  ])('with %s are called invalid and shown in hex', (_, value) => {
    expect(formatAcl(value)).toMatch(/^invalid: [0-9a-f]+/);
  });
});

describe('extended attributes', () => {
  const pair = (name: string, value: string | Buffer) => ({
    name: pathFromLatin1(name),
    value: typeof value === 'string' ? Buffer.from(value, 'utf8') : value,
  });

  test('are listed in byte order of their names, whatever order the file system gave', () => {
    const forward = encodeXattrs([pair('user.a', '1'), pair('user.b', 'zwölf')]);
    expect(forward).toEqual(encodeXattrs([pair('user.b', 'zwölf'), pair('user.a', '1')]));
    expect(formatXattrs(forward)).toBe('user.a="1", user.b="zwölf"');
  });

  test('that are not plain text are in base64, marked as getfattr does', () => {
    expect(formatXattrs(encodeXattrs([pair('user.b', bytes('00ff'))]))).toBe('user.b=0sAP8=');
    expect(formatXattrs(encodeXattrs([pair('user.b', 'a\nb')]))).toBe(`user.b=0s${btoa('a\nb')}`);
  });

  test('cannot pass for others by a name or value that holds the separators', () => {
    const text = formatXattrs(encodeXattrs([pair('user.a="1", user.b', '2", user.c="3')]));
    expect(text).toBe('user.a\\x3d\\x221\\x22\\x2c\\x20user.b="2\\", user.c=\\"3"');
  });

  test('with long values are cut and identified by length and SHA-256', () => {
    const long = Buffer.alloc(300, 'y');
    const sum = createHash('sha256').update(long).digest('hex');
    const rest = `… (300 bytes, sha256 ${sum})`;
    expect(formatXattrs(encodeXattrs([pair('user.l', long)]))).toBe(`user.l="${'y'.repeat(64)}"${rest}`);
    const binary = Buffer.alloc(300, 0xff);
    expect(formatXattrs(encodeXattrs([pair('user.l', binary)]))).toMatch(/^user\.l=0s[/]{84}.{4}… \(300 bytes/);
  });

  test('whose bytes do not add up are called invalid, and long garbage is cut', () => {
    expect(formatXattrs(bytes('0100000061'))).toBe('invalid: 0100000061');
    expect(formatXattrs(Buffer.alloc(1001, 0xff))).toMatch(/^invalid: (ff){64}… \(1001 bytes, sha256 [0-9a-f]{64}\)$/);
  });
});

describe('capabilities', () => {
  test.each([
    ['0100000200040000000000000000000000000000', 'cap_net_bind_service=ep'],
    ['0000000201000000200000000000000000000000', 'cap_kill=i cap_chown+p'],
    ['0100000201200000012000000000000000000000', 'cap_chown,cap_net_raw=eip'],
    ['0000000200000000000000000000000000000000', '='],
    ['01000002ffffffff00000000ff01000000000000', '=ep'],
    ['01000002feffffff00000000ff01000000000000', '=ep cap_chown-ep'],
    ['0000000201000000ffffffff00000000ff010000', '=i cap_chown+p'],
    ['0100000320000000000000000000000000000000e8030000', 'cap_kill=ep [rootid=1000]'],
    ['010000012000000000000000', 'cap_kill=ep'],
  ])('%s are %s', (raw, text) => {
    expect(formatCapabilities(bytes(raw))).toBe(text);
  });

  test('without a name are shown by number', () => {
    expect(formatCapabilities(bytes('0100000200000000000000000000008000000000'))).toBe('63=ep');
    expect(formatCapabilities(bytes('0100000220000000000000000000008000000000'))).toBe('cap_kill=ep 63+ep');
  });

  test.each([
    ['a revision that is not known', '0100000420000000000000000000000000000000'],
    ['another length than their revision', '01000002200000000000000000000000'],
    ['flags that are not known', '0300000220000000000000000000000000000000'],
    ['three bytes', '010000'],
  ])('with %s are called invalid and shown in hex', (_, raw) => {
    expect(formatCapabilities(bytes(raw))).toBe(`invalid: ${raw}`);
  });
});
