/** Records, values of attributes, and batches of a worker: the same bytes back, printable text, or no record. */
import { compareRecords, compileWatch, isUnchanged } from '../../../src/check/compare.ts';
import { flagsOfAdded, flagsOfChanged } from '../../../src/check/flags.ts';
import { ATTRIBUTE_NAMES } from '../../../src/model/attributes.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { unpackContent } from '../../../src/model/content.ts';
import { packPaths, unpackPaths } from '../../../src/model/packages.ts';
import { isWellFormed } from '../../../src/model/record.ts';
import { completeRecord, restrictRecord } from '../../../src/model/record-parts.ts';
import { formatAcl } from '../../../src/model/values/acl.ts';
import { formatCapabilities } from '../../../src/model/values/capabilities.ts';
import { encodeFields } from '../../../src/model/values/fields.ts';
import { decodeXattrs, encodeXattrs, formatXattrs } from '../../../src/model/values/xattrs.ts';
import { formatAttributes } from '../../../src/model/values.ts';
import { BatchWriter, readBatch } from '../../../src/scan/batch.ts';
import { READ_ONLY, record as recordOf } from '../../support/compared-trees.ts';
import { Refused, requirePrintable, type Target } from '../engine/target.ts';

const XATTRS = encodeXattrs([
  { name: pathFromLatin1('user.comment'), value: Buffer.from('a "text"') },
  { name: pathFromLatin1('user.\xff'), value: Buffer.alloc(300, 1) },
]);
const ACL = Buffer.from(
  '0200000001000600ffffffff02000700e803000004000400ffffffff10000700ffffffff20000400ffffffff',
  'hex',
);
const ACLS = encodeFields([ACL, Buffer.alloc(0)]);
const CAPABILITIES = Buffer.from('0000000200040000000000000000000000000000', 'hex');
const RIGHTS = { acl: ACLS, xattrs: XATTRS, caps: CAPABILITIES, selinux: Buffer.from('system_u:object_r:bin_t:s0') };

const ORDINARY = recordOf({ content: 'x' });
const WATCH = compileWatch({ ...READ_ONLY, attributes: ATTRIBUTE_NAMES.filter((name) => name !== 'atime') });

export const record: Target = {
  name: 'record',
  seeds: () =>
    [
      ORDINARY,
      recordOf({ type: 'directory', mode: 0o1777 }),
      recordOf({ type: 'symlink', values: { target: Buffer.from('a\xff') } }),
      recordOf({ content: 'y', mode: 0o6755, digests: ['crc32', 'md5', 'sha256'], flags: 0x30, values: RIGHTS }),
      recordOf({ type: 'char', values: { rdev: Buffer.alloc(8, 1) } }),
    ].map((bytes) => Buffer.from(bytes)),
  longest: 4096,
  read: (input) => {
    if (!isWellFormed(input)) throw new Refused('no record');
    const values = formatAttributes(input);
    for (const [name, value] of Object.entries(values)) requirePrintable(value, name);
    if (!isUnchanged(input, Buffer.from(input), WATCH)) throw new Error('a record is not equal to itself');
    const { differences } = compareRecords(ORDINARY, input, WATCH.watch);
    flagsOfAdded(input);
    flagsOfChanged(ORDINARY, input, differences);
    const names = new Set(ATTRIBUTE_NAMES);
    for (const part of [
      restrictRecord(input, names),
      completeRecord(input, ORDINARY, names),
      restrictRecord(input, new Set()),
    ]) {
      if (!isWellFormed(part)) throw new Error('a part of a record is no record');
    }
    if (!restrictRecord(input, names).equals(input)) throw new Error('a record does not come back as it was');
    return Object.keys(values).join();
  },
  shortRuns: 1000,
};

export const values: Target = {
  name: 'values',
  seeds: () =>
    [XATTRS, ACLS, ACL, CAPABILITIES, packPaths([pathFromLatin1('/a\xff')])].map((bytes) => Buffer.from(bytes)),
  longest: 4096,
  read: (input) => {
    const texts = [formatAcl(input), formatXattrs(input), formatCapabilities(input)];
    for (const text of texts) requirePrintable(text, 'a value');
    const pairs = decodeXattrs(input);
    if (pairs !== undefined && formatXattrs(encodeXattrs(pairs)).startsWith('invalid'))
      throw new Error('attributes do not come back');
    const paths = unpackPaths(input);
    if (paths !== undefined && unpackPaths(packPaths(paths))?.join('\0') !== paths.join('\0'))
      throw new Error('paths do not come back');
    unpackContent(input);
    return texts.map((text) => text.slice(0, 4)).join();
  },
  shortRuns: 1000,
};

/** What a worker would send, as the input says: each byte an item, with what follows as its name and numbers. */
function writeItems(input: Buffer, writer: BatchWriter): string[] {
  const written: string[] = [];
  for (let at = 0; at < input.length; at += 9) {
    const item = input.subarray(at, at + 9);
    const name = Buffer.from(item)
      .toString('latin1')
      .slice(1)
      .repeat((item[1] ?? 0) % 40);
    const number = item.length >= 5 ? item.readUInt32LE(1) : 0;
    const identity = { major: number, minor: item[0] ?? 0, inode: BigInt(number) << 32n };
    const tail = `${identity.major} ${identity.minor} ${identity.inode}`;
    switch ((item[0] ?? 0) % 7) {
      case 0:
        writer.directory(number);
        written.push(`directory ${number}`);
        break;
      case 1:
        writer.entry(name, number, item);
        written.push(`entry ${name} ${number} ${item.toString('hex')}`);
        break;
      case 2:
        writer.child(name, number % 2 === 1, identity);
        written.push(`child ${name} ${number % 2 === 1} ${tail}`);
        break;
      case 3:
        writer.listed();
        written.push('listed');
        break;
      case 4:
        writer.deferred(name, number, number * 2, number, identity);
        written.push(`deferred ${name} ${number} ${number * 2} ${number} ${tail}`);
        break;
      case 5:
        writer.mountPoint(name);
        written.push(`mount point ${name}`);
        break;
      default:
        writer.job(number, number % 2 === 0);
        written.push(`job ${number} ${number % 2 === 0}`);
    }
  }
  return written;
}

export const batch: Target = {
  name: 'batch',
  seeds: () => [Buffer.from(Array.from({ length: 120 }, (_, index) => (index * 37) % 256)), Buffer.alloc(18)],
  read: (input) => {
    const writer = new BatchWriter();
    const written = writeItems(input, writer);
    const { buffer, length } = writer.take();
    const found: string[] = [];
    readBatch(buffer, length, {
      directory: (index) => found.push(`directory ${index}`),
      entry: (name, rule, bytes) => found.push(`entry ${name.toString('latin1')} ${rule} ${bytes.toString('hex')}`),
      child: ({ name, isMountPoint, identity: { major, minor, inode } }) =>
        found.push(`child ${name.toString('latin1')} ${isMountPoint} ${major} ${minor} ${inode}`),
      mountPoint: (name) => found.push(`mount point ${name.toString('latin1')}`),
      listed: () => found.push('listed'),
      deferred: ({ name, rule, size, links, identity: { major, minor, inode } }) =>
        found.push(`deferred ${name.toString('latin1')} ${rule} ${size} ${links} ${major} ${minor} ${inode}`),
      job: (index, hasEntry) => found.push(`job ${index} ${hasEntry}`),
    });
    if (found.join('\n') !== written.join('\n')) throw new Error('a batch does not come back as it was');
    return `${Math.min(found.length, 9)}`;
  },
  shortRuns: 500,
};
