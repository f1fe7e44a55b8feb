import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { BaselineReader } from '../../../src/baseline/reader.ts';
import { BaselineWriter } from '../../../src/baseline/writer.ts';
import type { BaselineHeader } from '../../../src/model/baseline.ts';
import { ROOT } from '../../../src/model/bytes.ts';
import { runSteps } from '../../../src/system/turns.ts';
import { compareTrees, type Facts, feed, lines, rule, type Tree } from '../../support/compared-trees.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const HEADER: BaselineHeader = {
  host: 'h',
  version: '0.1.0',
  sequence: 1,
  createdAt: '2026-01-01T00:00:00.000000000Z',
  previousSeal: '',
  origin: { command: 'init', who: 'root', why: 'first' },
  root: ROOT,
  policyName: 'p',
  policySha256: '0'.repeat(64),
  policy: [{ name: 'p.yaml', text: 'version: 1' }],
  startLinks: [],
  packages: [],
  mounts: [],
  unavailable: [],
  failures: [],
};
const RULES = [rule()];
const DIRECTORY: Facts = { type: 'directory', mode: 0o755 };

let folder: string;
beforeEach(() => {
  folder = scratchDirectory();
});

/** A real baseline file that holds the tree. */
function baseline(name: string, tree: Tree): BaselineReader {
  const file = join(folder, name);
  const writer = BaselineWriter.create(file, RULES);
  feed(tree, (entry) => writer.add(entry));
  runSteps(writer.finish(HEADER));
  return BaselineReader.open(file);
}

function check(before: Tree, now: Tree): readonly string[] {
  const reader = baseline('baseline.db', before);
  const found = lines(compareTrees(reader, now));
  reader.close();
  return found;
}

test('a tree does not differ from the baseline that was made of it', () => {
  const tree = {
    '/': DIRECTORY,
    '/a': DIRECTORY,
    '/a-b/c/d/e': { content: '1' },
    '/a/b': DIRECTORY,
    '/a/b/\xff\n': { content: '2' },
    '/a/c/x': { content: '3' },
    '/z': { content: '4' },
  };
  expect(check(tree, tree)).toEqual([]);
});

test('differences from a real baseline are found like those from one in memory', () => {
  const before = { '/': DIRECTORY, '/e/a': { content: '1' }, '/e/b': { content: '2', inode: 2 } };
  const now = { '/': DIRECTORY, '/e/a': { content: '9', mtime: 5 }, '/f/g/c': { content: '3', inode: 3 } };
  expect(check(before, now)).toEqual(['/e/a: changed [mtime crc32 sha256]', '/e/b: removed', '/f/g/c: added']);
});

test('directories that are new or gone as a whole are found with everything in them', () => {
  expect(check({ '/d': DIRECTORY, '/d/e/f': { content: '1' } }, { '/g/h': { content: '2', inode: 4 } })).toEqual([
    '/d/e/f: removed',
    '/d: removed',
    '/g/h: added',
  ]);
});
