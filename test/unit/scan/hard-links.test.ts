import { expect, test } from 'vitest';
import { pathFromText } from '../../../src/model/bytes.ts';
import { FIXED_LENGTH, fixedOffset } from '../../../src/model/record.ts';
import { type DeferredFile, HardLinks } from '../../../src/scan/links.ts';

function name(text: string, rule = 0): DeferredFile {
  const root = { parent: undefined, name: pathFromText('') };
  return { directory: root, mountRoot: pathFromText('/'), name: pathFromText(text), rule, size: 1 };
}

const IDENTITY = { major: 8, minor: 1, inode: 42n };
const RECORD = Buffer.from('record');

function links(...shapeKeys: readonly string[]): HardLinks {
  return new HardLinks(shapeKeys);
}

test('the first name of an inode is read, later ones wait for it, and the last ones know the record', () => {
  const inodes = links('shape');
  const key = 'inode';
  expect(inodes.meet(key, 3, name('a'))).toEqual({ kind: 'read' });
  expect(inodes.meet(key, 3, name('b'))).toEqual({ kind: 'wait' });
  expect(inodes.settle(key, RECORD)).toMatchObject([{ name: 'b' }]);
  expect(inodes.meet(key, 3, name('c'))).toEqual({ kind: 'known', record: RECORD });
  // All three are there: a fourth name would be of another inode with the same number.
  expect(inodes.meet(key, 3, name('d'))).toEqual({ kind: 'read' });
});

test('when the name that was read has gone, those that waited are read themselves', () => {
  const inodes = links('shape');
  inodes.meet('inode', 2, name('a'));
  inodes.meet('inode', 2, name('b'));
  expect(inodes.abandon('inode')).toMatchObject([{ name: 'b' }]);
  expect(inodes.meet('inode', 2, name('b'))).toEqual({ kind: 'read' });
});

test('a record is shared only among names whose rules record the same, and a file with one name has none', () => {
  const inodes = links('one', 'two', 'one');
  const item = (rule: number, count: number) => ({
    name: Buffer.from('x'),
    rule,
    size: 1,
    links: count,
    identity: IDENTITY,
  });
  const keys = [0, 1, 2].map((rule) => inodes.keyOf(item(rule, 2)));
  expect(keys[0]).toBe(keys[2]);
  expect(keys[0]).not.toBe(keys[1]);
  expect(inodes.keyOf(item(0, 1))).toBeUndefined();
});

test('a record of a file that was renamed over the name says nothing about the other names', () => {
  const inodes = links('shape');
  const item = { name: Buffer.from('x'), rule: 0, size: 1, links: 2, identity: IDENTITY };
  const record = (mode: number, inode: bigint): Buffer => {
    const bytes = Buffer.alloc(FIXED_LENGTH);
    bytes.writeUInt16LE(mode, fixedOffset('mode'));
    bytes.writeUInt32LE(IDENTITY.major, fixedOffset('dev'));
    bytes.writeUInt32LE(IDENTITY.minor, fixedOffset('dev') + 4);
    bytes.writeBigUInt64LE(inode, fixedOffset('inode'));
    return bytes;
  };
  const key = inodes.keyOf(item) ?? '';
  expect(inodes.isRecordOf(key, record(0o100644, 42n))).toBe(true);
  expect(inodes.isRecordOf(key, record(0o100644, 4n))).toBe(false);
  expect(inodes.isRecordOf(key, record(0o120777, 42n))).toBe(false);
});
