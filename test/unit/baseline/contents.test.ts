/** What is written is what is read. */
import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BaselineReader } from '../../../src/baseline/reader.ts';
import { BaselineWriter } from '../../../src/baseline/writer.ts';
import { ABOVE_ROOT, ROOT_DIRECTORY } from '../../../src/model/stored-entries.ts';
import { runSteps } from '../../../src/system/turns.ts';
import {
  DIRECTORY,
  FILE,
  HEADER,
  listing,
  RULES,
  SMALL_TREE,
  TreeSource,
  withReader,
  writeBaseline,
} from '../../support/baselines.ts';
import { encodeRecord } from '../../support/records.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const name = (text: string): Buffer => Buffer.from(text, 'latin1');

test('a baseline gives back every object, each before what lies below it, names in byte order', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  expect(writeBaseline(file).entries).toBe(SMALL_TREE.length);
  expect(listing(file).map(([path]) => path)).toEqual([
    '/',
    '/bin',
    '/bin/ls',
    '/bin-x',
    '/etc/mail',
    '/etc/mail/new\nline',
    '/etc/mail/\xff\xfe',
  ]);
  expect(new Map(listing(file))).toEqual(new Map(SMALL_TREE.map(([path, bytes]) => [path, bytes.toString('hex')])));
});

test('a baseline gives back all that it says of itself', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const header = { ...HEADER, origin: { ...HEADER.origin, ticket: 'CHG-7' }, sequence: 5_000_000_000 };
  const { seal } = writeBaseline(file, SMALL_TREE, header);
  withReader(file, (reader) => {
    expect(reader.header).toEqual(header);
    expect(reader.seal).toBe(seal);
    expect(reader.file).toBe(file);
    expect(reader.entryCount).toBe(SMALL_TREE.length);
    expect(reader.rules.map((rule) => [rule.name, rule.severity])).toEqual([
      ['System binaries', 'critical'],
      ['Configuration', 'high'],
    ]);
    expect(reader.rules[0]?.watch).toBe('type mode uid gid size sha256');
  });
});

test('single objects are found by directory and name, and what is not there is not found', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(file);
  withReader(file, (reader) => {
    const bin = reader.directory(ROOT_DIRECTORY, name('bin'));
    if (bin === undefined) expect.fail('/bin holds an entry');
    expect(reader.pathOf(bin)).toBe('/bin');
    expect(reader.find(bin, name('ls'))?.record).toEqual(FILE);
    expect(reader.find(bin, name('cp'))).toBeUndefined();
    expect(reader.find(ABOVE_ROOT, name(''))?.record).toEqual(DIRECTORY);
    expect(reader.directory(ABOVE_ROOT, name(''))).toBe(ROOT_DIRECTORY);
    expect(reader.directory(ROOT_DIRECTORY, name('bin-x'))).toBeUndefined();
    expect(reader.children(ROOT_DIRECTORY).map((child) => child.name.toString('latin1'))).toEqual(['bin', 'bin-x']);
  });
});

test('every entry has an id of its own below the number of entries', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(file);
  withReader(file, (reader) => {
    const ids = [...reader.entries()].map(({ id }) => id).sort((left, right) => left - right);
    expect(ids).toEqual(SMALL_TREE.map((_, index) => index));
  });
});

test('a baseline from standard input is the same as from the file', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const { seal } = writeBaseline(file);
  const bytes = readFileSync(file);
  expect(listing(bytes)).toEqual(listing(file));
  withReader(bytes, (reader) => {
    expect(reader.file).toBe('-');
    expect(reader.seal).toBe(seal);
  });
});

test('an empty baseline is a baseline', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  expect(writeBaseline(file, []).entries).toBe(0);
  expect(listing(file)).toEqual([]);
});

test('a directory larger than a page is handed over whole, and page by page', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const names = Array.from({ length: 10_000 }, (_, index) => `f${String(index).padStart(5, '0')}`);
  writeBaseline(
    file,
    names.toReversed().map((text) => [`/big/${text}`, FILE] as const),
  );
  withReader(file, (reader) => {
    const big = reader.directory(ROOT_DIRECTORY, name('big'));
    if (big === undefined) expect.fail('/big holds entries');
    expect(reader.children(big).map((child) => child.name.toString())).toEqual(names);
    const paged: string[] = [];
    let page = reader.childrenAfter(big, name(''));
    while (page.length > 0) {
      paged.push(...page.map((child) => child.name.toString()));
      page = reader.childrenAfter(big, page.at(-1)?.name ?? name(''));
    }
    expect(paged).toEqual(names);
    expect([...reader.entries()].map(({ path }) => path)).toEqual(names.map((text) => `/big/${text}`));
  });
});

test('5,000 nested directories are stored in a file of ordinary size and listed', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const writer = BaselineWriter.create(file, RULES);
  let directory = new TreeSource().root;
  const component = 'a-directory-with-a-name-of-forty-one-chars';
  for (let depth = 0; depth < 5000; depth++) {
    writer.add({ directory, name: name(component), rule: 0, record: DIRECTORY });
    directory = { parent: directory, name: TreeSource.name(component) };
  }
  writer.add({ directory, name: name('deepest'), rule: 0, record: FILE });
  runSteps(writer.finish(HEADER));
  expect(statSync(file).size).toBeLessThan(2_500_000);
  withReader(file, (reader) => {
    let last = '';
    let count = 0;
    for (const entry of reader.entries()) {
      count += 1;
      if (count === 5001) last = entry.path;
    }
    expect(count).toBe(5001);
    expect(last).toBe(`${`/${component}`.repeat(5000)}/deepest`);
  });
});

test('many wide directories inside one another are walked in order, also where pages must be read again', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const tree: [string, Buffer][] = [];
  let path = '';
  for (let depth = 0; depth < 90; depth++) {
    for (let index = 0; index < 280; index++) tree.push([`${path}/${String(index).padStart(3, '0')}`, FILE]);
    path += '/000d';
    tree.push([path, DIRECTORY]);
  }
  writeBaseline(file, tree);
  const paths = listing(file).map(([shown]) => shown);
  const key = (text: string): string => text.replaceAll('/', '\0');
  expect(paths).toEqual(tree.map(([shown]) => shown).sort((left, right) => (key(left) < key(right) ? -1 : 1)));
});

test('an object with three digests and a name of usual length takes less than 200 bytes', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const bytes = encodeRecord({
    bytes: { crc32: Buffer.alloc(4, 1), md5: Buffer.alloc(16, 2), sha256: Buffer.alloc(32, 3) },
  });
  const tree = Array.from({ length: 20_000 }, (_, index): [string, Buffer] => [
    `/usr/share/package-${index % 2000}/file-name-${(index * 7919) % 20_000}.conf`,
    bytes,
  ]);
  writeBaseline(file, tree);
  expect(statSync(file).size / tree.length).toBeLessThan(200);
});

test('a reader that was opened by a relative name or through a link reads the same', () => {
  const directory = scratchDirectory();
  const file = join(directory, 'baseline.db');
  const { seal } = writeBaseline(file);
  symlinkSync('baseline.db', join(directory, 'link'));
  withReader(join(directory, 'link'), (reader) => expect(reader.seal).toBe(seal));
  const reader = BaselineReader.open(`${directory}/../${directory.split('/').at(-1)}/baseline.db`);
  expect(reader.seal).toBe(seal);
  reader.close();
});
