/** Texts that rules with `diff` keep: stored, sealed, shown by sqlite3, and following what is accepted. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { BaselineWriter } from '../../../src/baseline/writer.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { LONGEST_CONTENT, packContent, unpackContent } from '../../../src/model/content.ts';
import type { FindingState } from '../../../src/model/finding-state.ts';
import { runSteps } from '../../../src/system/turns.ts';
import { Generations } from '../../support/accepted-generations.ts';
import { ending, HEADER, openAndClose, RULES, SMALL_TREE, TreeSource, withReader } from '../../support/baselines.ts';
import { READ_ONLY, rule, type Tree } from '../../support/compared-trees.ts';
import { forge } from '../../support/forged-baselines.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const HOSTILE = '/etc/mail/\xff\xfe';
const TEXTS: readonly (readonly [path: string, text: string])[] = [
  [HOSTILE, 'two\n'],
  ['/bin/ls', 'one\n'],
  ['/etc/mail/new\nline', ''],
];

function written(texts = TEXTS): { readonly file: string; readonly seal: string } {
  const file = join(scratchDirectory(), 'baseline.db');
  const writer = BaselineWriter.create(file, RULES);
  const source = new TreeSource();
  for (const [path, bytes] of SMALL_TREE) writer.add(source.entry(path, bytes));
  for (const [path, text] of texts) writer.keepContent(pathFromLatin1(path), packContent(Buffer.from(text)));
  return { file, seal: runSteps(writer.finish(HEADER)).seal };
}

test('texts come back as they were kept, in byte order of paths', () => {
  withReader(written().file, (reader) => {
    expect(reader.contentCount).toBe(3);
    expect([...reader.contents()].map(({ path, content }) => [path, unpackContent(content)?.toString()])).toEqual([
      ['/bin/ls', 'one\n'],
      ['/etc/mail/new\nline', ''],
      [HOSTILE, 'two\n'],
    ]);
    const packed = reader.contentOf(pathFromLatin1(HOSTILE));
    expect(packed && unpackContent(packed)?.toString()).toBe('two\n');
    expect(reader.contentOf(pathFromLatin1('/bin'))).toBeUndefined();
  });
});

test('the seal covers every text and does not depend on their order', () => {
  const { seal } = written();
  expect(written(TEXTS.toReversed()).seal).toBe(seal);
  const others = [[], TEXTS.slice(1), TEXTS.with(0, [HOSTILE, 'twö\n']), TEXTS.with(1, ['/bin-x', 'one\n'])];
  expect(new Set([seal, ...others.map((texts) => written(texts).seal)]).size).toBe(5);
});

const hasPython =
  spawnSync('python3', ['-c', 'import sqlite3; assert sqlite3.sqlite_version_info >= (3, 37)']).status === 0;

test.skipIf(!hasPython)('a verifier in Python finds the same seal (needs python3)', () => {
  const { file, seal } = written();
  const verifier = join(import.meta.dirname, '../../support/verify-baseline.py');
  expect(execFileSync('python3', [verifier, file], { encoding: 'utf8' }).trim()).toBe(seal);
});

test.each([
  "UPDATE contents SET content = x'4b040a00' WHERE path = CAST('/bin/ls' AS BLOB)",
  "DELETE FROM contents WHERE path = CAST('/bin/ls' AS BLOB)",
  "INSERT INTO contents VALUES (CAST('/bin-x' AS BLOB), x'0300')",
])('a text that was edited on purpose is noticed by the seal: %s', (sql) => {
  const { file } = written();
  forge(file, sql);
  expect(ending(() => openAndClose(file))).toMatchObject({ exit: 65, line: expect.stringContaining('the seal does') });
});

test('sqlite3 shows which texts are kept', () => {
  const database = new SqliteDatabase(written().file, { readonly: true });
  const rows = database.prepare('SELECT path_text, stored_bytes FROM kept_contents ORDER BY path').raw(true).all();
  database.close();
  expect(rows).toEqual([
    ['/bin/ls', expect.any(Number)],
    ['/etc/mail/new\\nline', expect.any(Number)],
    ['/etc/mail/��', expect.any(Number)],
  ]);
});

describe('what is unpacked', () => {
  test('is never longer than any text that is kept', () => {
    expect(unpackContent(packContent(Buffer.alloc(LONGEST_CONTENT)))).toHaveLength(LONGEST_CONTENT);
    expect(unpackContent(packContent(Buffer.alloc(LONGEST_CONTENT + 1)))).toBeUndefined();
  });

  test('is nothing when the bytes are damaged', () => {
    expect(unpackContent(Buffer.from('no deflate'))).toBeUndefined();
    expect(unpackContent(packContent(Buffer.from('a long enough text')).subarray(0, 8))).toBeUndefined();
  });
});

describe('accepting', () => {
  const rules = [rule(READ_ONLY, { diff: { isPrivate: false, max: 1000 } })];
  const BEFORE: Tree = { '/a': { content: 'a', inode: 1 }, '/b': { content: 'b', inode: 2 } };

  /** A generation in which both texts are kept. */
  function recorded(): Generations {
    const generations = new Generations(scratchDirectory(), BEFORE, {}, rules);
    const states = generations.check({ ...BEFORE, '/c': { content: 'c', inode: 3 } });
    generations.accept(states.map((state) => ({ ...state, content: packContent(Buffer.from('c')) })));
    return generations;
  }

  function texts(generations: Generations): readonly string[] {
    return generations.read((present) =>
      [...present.contents()].map(({ path, content }) => `${path}: ${unpackContent(content)}`),
    );
  }

  const NOW: Tree = { ...BEFORE, '/c': { content: 'c', inode: 3 } };

  function accepted(now: Tree, content?: string): readonly string[] {
    const generations = recorded();
    expect(texts(generations)).toEqual(['/c: c']);
    const states = generations
      .check(now)
      .map(
        (state): FindingState =>
          content === undefined ? state : { ...state, content: packContent(Buffer.from(content)) },
      );
    generations.accept(states);
    return texts(generations);
  }

  test('a change puts the reported text in the place of the recorded one', () => {
    expect(accepted({ ...NOW, '/c': { content: 'new', inode: 3 } }, 'new')).toEqual(['/c: new']);
  });

  test('a change of which the text was not to be had leaves none', () => {
    expect(accepted({ ...NOW, '/c': { content: 'new', inode: 3 } })).toEqual([]);
  });

  test('a change elsewhere keeps the text', () => {
    expect(accepted({ ...NOW, '/a': { content: 'new', inode: 1 } })).toEqual(['/c: c']);
  });

  test('a change of other attributes keeps the text, but not of a file that is private now', () => {
    expect(accepted({ ...NOW, '/c': { content: 'c', inode: 3, mtime: 9 } })).toEqual(['/c: c']);
    expect(accepted({ ...NOW, '/c': { content: 'c', inode: 3, mode: 0o600 } })).toEqual([]);
  });

  test('a move takes the text along', () => {
    expect(accepted({ ...BEFORE, '/d': { content: 'c', inode: 3 } })).toEqual(['/d: c']);
  });

  test('a removal removes the text', () => {
    expect(accepted(BEFORE)).toEqual([]);
  });
});
