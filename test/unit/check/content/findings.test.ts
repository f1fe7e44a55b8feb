/**
 * What a report says of the inside of files: what may be shown, why something is not, and what is kept to be accepted.
 */
import { describe, expect, test } from 'vitest';
import { type ContentFindings, type FoundText, findContents } from '../../../../src/check/content/findings.ts';
import { unpackContent } from '../../../../src/model/content.ts';
import type { ContentChange } from '../../../../src/model/report.ts';
import { compareTrees, READ_ONLY, rule, type Tree } from '../../../support/compared-trees.ts';

interface Given {
  readonly before: Tree;
  readonly now: Tree;
  readonly isPrivate?: boolean;
  /** Texts of the baseline. Missing: the content of the files before. */
  readonly recorded?: Readonly<Record<string, string>>;
  readonly found?: (path: string) => FoundText;
}

function contentOf(tree: Tree, path: string): string {
  const facts = tree[path];
  return facts !== undefined && 'content' in facts ? (facts.content ?? '') : '';
}

function find({ before, now, isPrivate = false, recorded, found }: Given) {
  const rules = [rule(READ_ONLY, { diff: { isPrivate, max: 1000 } })];
  const { findings, records } = compareTrees(before, now, { options: { rules } });
  const asked: string[] = [];
  const contents = findContents(findings, {
    rules,
    recordedRules: rules,
    records,
    recorded: (path) => {
      const text = recorded === undefined ? contentOf(before, path) : recorded[path];
      return text === undefined ? undefined : Buffer.from(text);
    },
    found: (path) => {
      asked.push(path);
      return found?.(path) ?? { text: Buffer.from(contentOf(now, path)) };
    },
  });
  return { contents, asked };
}

function only({ changes }: ContentFindings): ContentChange | undefined {
  expect(changes.size).toBeLessThanOrEqual(1);
  return [...changes.values()][0];
}

function kept({ texts }: ContentFindings): readonly (string | undefined)[] {
  return [...texts.values()].map((packed) => unpackContent(packed)?.toString());
}

const A = { content: 'a\n' };
const B = { content: 'b\n' };

describe('what is shown', () => {
  test('of a changed file are the lines that changed; its text is kept for who accepts it', () => {
    const { contents } = find({ before: { '/f': A }, now: { '/f': B } });
    expect(only(contents)).toEqual({ facts: [], diff: ['@@ -1,1 +1,1 @@', '-a', '+b'] });
    expect(kept(contents)).toEqual(['b\n']);
  });

  test('of a new file is its beginning, of a vanished one what stood in it', () => {
    const long = 'x\n'.repeat(60);
    const added = find({ before: {}, now: { '/f': { content: long } } }).contents;
    expect(only(added)?.diff).toHaveLength(50);
    expect(only(added)?.omitted).toBe('11 lines of the diff left out');
    expect(kept(added)).toEqual([long]);
    const removed = find({ before: { '/f': A }, now: {} });
    expect(only(removed.contents)).toEqual({ facts: [], diff: ['@@ -1,1 +0,0 @@', '-a'] });
    expect(removed.asked).toEqual([]);
  });

  test('of a file that became a directory is what stood in it', () => {
    const { contents } = find({ before: { '/f': A }, now: { '/f': { type: 'directory' } } });
    expect(only(contents)?.diff).toEqual(['@@ -1,1 +0,0 @@', '-a']);
  });

  test('of an empty file is that it is empty', () => {
    expect(only(find({ before: {}, now: { '/f': { content: '' } } }).contents)).toEqual({
      facts: [],
      omitted: 'it is empty',
    });
  });

  test('where only secrets differ is that nothing else does', () => {
    const { contents } = find({ before: { '/f': A }, now: { '/f': B }, found: () => ({ text: Buffer.from('a\n') }) });
    expect(only(contents)).toEqual({ facts: [], omitted: 'nothing differs but what is redacted' });
  });

  test('nothing where the content is the same, and no file is read for it', () => {
    const { contents, asked } = find({ before: { '/f': A }, now: { '/f': { ...A, mtime: 5 } } });
    expect(contents.changes.size + contents.texts.size + asked.length).toBe(0);
  });

  test('nothing of a file that only moved: the recorded text goes along', () => {
    const before = { '/old': { ...A, inode: 7 } };
    const { contents } = find({ before, now: { '/new': { ...A, inode: 7 } } });
    expect(contents.changes.size + contents.texts.size).toBe(0);
  });
});

describe('what is not shown', () => {
  const PRIVATE = 'the content of files that not everybody may read is not kept; diff: {private: true} changes that';

  test.each([
    ['was and is private', 0o600, 0o600],
    ['was private and is not any more', 0o640, 0o644],
    ['is private now', 0o644, 0o600],
  ])('of a file that %s is neither side', (_, was, is) => {
    const { contents } = find({ before: { '/f': { ...A, mode: was } }, now: { '/f': { ...B, mode: is } } });
    expect(only(contents)).toEqual({ facts: [], omitted: PRIVATE });
    expect(kept(contents)).toEqual(is === 0o644 ? ['b\n'] : []);
  });

  test('but with private: true it is', () => {
    const given = { before: { '/f': { ...A, mode: 0o600 } }, now: { '/f': { ...B, mode: 0o600 } }, isPrivate: true };
    expect(only(find(given).contents)?.diff).toContain('+b');
  });

  test.each<[string, FoundText, string]>([
    ['became binary', { none: 'binary' }, 'it was text and is not any more'],
    ['goes on changing', { none: 'changed' }, 'it changed again while it was read'],
    ['lies below a private directory', { none: 'private' }, PRIVATE],
    ['was examined over ssh', { none: 'elsewhere' }, 'it was examined over ssh: content is not fetched'],
  ])('of a file that %s is said', (_, found, omitted) => {
    const { contents } = find({ before: { '/f': A }, now: { '/f': B }, found: () => found });
    expect(only(contents)).toEqual({ facts: [], omitted });
    expect(kept(contents)).toEqual([]);
  });

  const SECRET = 'it is a file of secrets: its content is never kept or shown';

  test('of a file of secrets is said whatever its mode and rule, and it is not read', () => {
    for (const mode of [0o600, 0o644]) {
      const given = { before: { '/root/.pgpass': { ...A, mode } }, now: { '/root/.pgpass': { ...B, mode } } };
      const { contents, asked } = find({ ...given, isPrivate: true });
      expect(only(contents)).toEqual({ facts: [], omitted: SECRET });
      expect(kept(contents)).toEqual([]);
      expect(asked).toEqual([]);
    }
  });

  test('of what was a file of secrets and was moved and changed is neither side', () => {
    const before = { '/root/.netrc': { ...A, inode: 7 } };
    const { contents, asked } = find({ before, now: { '/tmp/x': { ...A, inode: 7 } }, isPrivate: true });
    expect([...contents.changes.values()].flatMap(({ diff }) => diff ?? [])).toEqual([]);
    expect(kept(contents)).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('of a text that an older version kept are the secrets that are known by now', () => {
    const recorded = { '/f': "define('DB_PASSWORD', 'swordfish7');\n" };
    const { contents } = find({ before: { '/f': A }, now: { '/f': B }, recorded });
    expect(only(contents)?.diff).toContain("-define('DB_PASSWORD', '<redacted>');");
  });

  test('of a file whose text is not in the baseline is said, and the new one is kept', () => {
    const { contents } = find({ before: { '/f': A }, now: { '/f': B }, recorded: {} });
    expect(only(contents)).toEqual({ facts: [], omitted: 'its text is not in the baseline' });
    expect(kept(contents)).toEqual(['b\n']);
  });

  test('of a file that was not read in time is said, and not that it changes', () => {
    const unread = { ...B, digests: [], size: 5 };
    const { contents, asked } = find({ before: { '/f': A }, now: { '/f': unread } });
    expect(only(contents)).toEqual({ facts: [], omitted: 'its content was not read' });
    expect(asked).toEqual([]);
  });

  test('of a file that is larger than its rule keeps is said without reading it', () => {
    const { contents, asked } = find({ before: {}, now: { '/f': { content: 'x'.repeat(1001) } } });
    expect(only(contents)?.omitted).toMatch(/^it is larger than what its rule keeps/);
    expect(asked).toEqual([]);
  });
});

test('a report is bounded whatever changed, and says where its diffs end', () => {
  const text = `${`${'x'.repeat(90)}\n`.repeat(100)}`;
  const names = Array.from({ length: 400 }, (_, index) => `/${index}`);
  const before = Object.fromEntries(names.map((name) => [name, { content: `${text}${name}` }]));
  const now = Object.fromEntries(names.map((name) => [name, { content: `${name}\n` }]));
  const rules = [rule(READ_ONLY, { diff: { isPrivate: false, max: 1 << 20 } })];
  const { findings, records } = compareTrees(before, now, { options: { rules } });
  const { changes } = findContents(findings, {
    rules,
    recordedRules: rules,
    records,
    recorded: (path) => Buffer.from(contentOf(before, path)),
    found: (path) => ({ text: Buffer.from(contentOf(now, path)) }),
  });
  const shown = [...changes.values()];
  expect(shown).toHaveLength(400);
  const length = shown.flatMap(({ diff = [] }) => diff).reduce((sum, line) => sum + line.length, 0);
  expect(length).toBeGreaterThan(2_000_000);
  expect(length).toBeLessThan(2_200_000);
  expect(shown.at(-1)).toEqual({ facts: [], omitted: 'the diffs of this report are full' });
});
