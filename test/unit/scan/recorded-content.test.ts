/** Exactly the content that a record tells of is read again, or none. */
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { loadDigests } from '../../../src/digest/algorithms.ts';
import type { DigestName } from '../../../src/model/attributes.ts';
import { type Path, pathFromText } from '../../../src/model/bytes.ts';
import type { RecordBytes } from '../../../src/model/record.ts';
import { Probe } from '../../../src/scan/probe.ts';
import { RecordedContents } from '../../../src/scan/recorded-content.ts';
import { Tree } from '../../../src/system/tree.ts';
import { tree as files } from '../../support/scanned-trees.ts';

beforeAll(async () => loadDigests());

interface Place {
  readonly root: string;
  readonly contents: RecordedContents;
  record(path: string, digests?: readonly DigestName[]): RecordBytes;
}

const FILE: Path = pathFromText('/d/file');

/** A root of its own, which everybody may enter, with a file /d/file. */
function place(content = 'text\n'): Place {
  const root = files({ 'd/file': content });
  chmodSync(root, 0o755);
  chmodSync(join(root, 'd'), 0o755);
  chmodSync(join(root, 'd/file'), 0o644);
  const opened = new Tree({ root, isWorker: false, portable: false });
  onTestFinished(() => opened.close());
  const probe = new Probe(opened);
  return {
    root,
    contents: new RecordedContents(opened),
    record: (path, digests = ['crc32', 'sha256']) => {
      const record = probe.examine(pathFromText(path), digests);
      if (!(record instanceof Uint8Array)) throw new Error(record.message);
      return record;
    },
  };
}

test('the content is what was recorded', () => {
  const { contents, record } = place();
  const read = contents.read(FILE, record('/d/file'));
  expect(read).toEqual({ bytes: Buffer.from('text\n'), isReadableByAll: true });
});

test('another content, also of the same length, is not taken; one that only grew is, as far as it was recorded', () => {
  const { contents, record, root } = place();
  const recorded = record('/d/file');
  for (const other of ['text.', 'tex', '']) {
    writeFileSync(join(root, 'd/file'), other);
    expect(contents.read(FILE, recorded)).toBeUndefined();
  }
  writeFileSync(join(root, 'd/file'), 'text\nand more\n');
  expect(contents.read(FILE, recorded)?.bytes.toString()).toBe('text\n');
});

test('without a digest that proves it, nothing is taken', () => {
  const { contents, record } = place();
  expect(contents.read(FILE, record('/d/file', ['crc32', 'xxh64']))).toBeUndefined();
});

test('a link or a directory in the place of the file or of its directory is not followed', () => {
  const { contents, record, root } = place();
  const recorded = record('/d/file');
  renameSync(join(root, 'd/file'), join(root, 'd/moved'));
  symlinkSync('moved', join(root, 'd/file'));
  expect(() => contents.read(FILE, recorded)).toThrow('ELOOP');
  rmSync(join(root, 'd/file'));
  mkdirSync(join(root, 'd/file'));
  expect(contents.read(FILE, recorded)).toBeUndefined();
  renameSync(join(root, 'd'), join(root, 'e'));
  symlinkSync('e', join(root, 'd'));
  expect(() => contents.read(FILE, recorded)).toThrow();
});

test.each([
  ['the file', 'd/file', 0o640],
  ['its directory', 'd', 0o700],
  ['the root', '.', 0o750],
])('it is known when not everybody may get at it because of %s', (_, name, mode) => {
  const { contents, record, root } = place();
  chmodSync(join(root, name), mode);
  expect(contents.read(FILE, record('/d/file'))?.isReadableByAll).toBe(false);
});

test('a hard link elsewhere to a private file is as private', () => {
  const { contents, record, root } = place();
  chmodSync(join(root, 'd/file'), 0o600);
  linkSync(join(root, 'd/file'), join(root, 'public'));
  expect(contents.read(pathFromText('/public'), record('/public'))?.isReadableByAll).toBe(false);
});
