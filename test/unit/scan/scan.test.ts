import { createHash } from 'node:crypto';
import { appendFileSync, linkSync, renameSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { compilePolicy } from '../../../src/policy/load.ts';
import { scan } from '../../../src/scan/scan.ts';
import { scanTree, tree } from './tree.ts';

const ALL = '[{ paths: [/], watch: [read-only, sha1] }]';

test('a scan delivers every object of the tree once, with the attributes that its rule asks for', async () => {
  const root = tree({ 'a/file': 'text\n', 'b/c/d': '', top: 'x' });
  const { entries, failures, summary } = await scanTree(root, ALL);
  expect([...entries.keys()].toSorted()).toEqual(['/', '/a', '/a/file', '/b', '/b/c', '/b/c/d', '/top']);
  expect(failures).toEqual([]);
  expect(summary).toMatchObject({ examined: 7, bytes: 6n, failures: 0 });
  const sha1 = createHash('sha1').update('text\n').digest('hex');
  expect(entries.get('/a/file')).toMatchObject({ type: 'file', size: '5', sha1 });
  expect(entries.get('/a')).not.toHaveProperty('sha1');
});

test('paths that lie in one another are walked once; a name that begins like another is not below it', async () => {
  const root = tree({ 'a/b/c': '1', 'a-b/c': '2', 'a.b': '3' });
  const { entries } = await scanTree(root, '[{ paths: [/a/b, /a, /a-b, /a/b/c] }, { paths: [/a/**/c] }]');
  expect([...entries.keys()].toSorted()).toEqual(['/a', '/a-b', '/a-b/c', '/a/b', '/a/b/c']);
});

test('the names of one inode are read once and all get its digests', async () => {
  const root = tree({ first: 'shared content\n', 'other/file': 'y' });
  for (const name of ['second', 'other/third']) linkSync(join(root, 'first'), join(root, name));
  for (const jobs of [1, 3]) {
    const { entries, summary } = await scanTree(root, ALL, { jobs });
    expect(summary.bytes).toBe(16n);
    const shared = ['/first', '/second', '/other/third'].map((path) => entries.get(path));
    expect(shared[0]).toMatchObject({ nlink: '3', size: '15' });
    expect(shared[1]).toEqual(shared[0]);
    expect(shared[2]).toEqual(shared[0]);
  }
});

test('names of one inode under rules that ask for other digests each get their own', async () => {
  const root = tree({ 'a/file': 'shared\n', 'b/.keep': '' });
  linkSync(join(root, 'a/file'), join(root, 'b/file'));
  const { entries } = await scanTree(
    root,
    '[{ paths: [/a], watch: [type, sha1] }, { paths: [/b], watch: [type, md5] }]',
  );
  expect(entries.get('/a/file')).toHaveProperty('sha1');
  expect(entries.get('/a/file')).not.toHaveProperty('md5');
  expect(entries.get('/b/file')).toHaveProperty('md5');
  expect(entries.get('/b/file')).not.toHaveProperty('sha1');
});

test('the result does not depend on the number of workers', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`d${index % 150}/f${index}`, `${index}`]),
  );
  const root = tree({ ...files, large: 'x'.repeat(3 << 20) });
  const scans = [];
  for (const jobs of [1, 2, 4]) {
    const { entries } = await scanTree(root, ALL, { jobs });
    scans.push([...entries].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  }
  expect(scans[1]).toEqual(scans[0]);
  expect(scans[2]).toEqual(scans[0]);
});

/** How many threads this process has started so far. */
async function threadsStarted(): Promise<number> {
  const thread = new Worker('', { eval: true });
  const { threadId } = thread;
  await thread.terminate();
  return threadId;
}

test('a small tree is examined by one worker, and many directories by as many as there may be', async () => {
  const before = await threadsStarted();
  await scanTree(tree({ 'a/file': 'x', 'b/c/d': 'y' }), ALL, { jobs: 3 });
  const between = await threadsStarted();
  expect(between - before).toBe(1 + 1);
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`d${index}/file`, `${index}`]));
  await scanTree(tree(many), ALL, { jobs: 3 });
  expect((await threadsStarted()) - between).toBe(3 + 1);
});

test('a symbolic link is an object and no way, as a start and on the way to one', async () => {
  const root = tree({ 'real/file': 'x' });
  symlinkSync('real', join(root, 'link'));
  const { entries, failures } = await scanTree(root, '[{ paths: [/link, /link/file] }]');
  expect([...entries.keys()]).toEqual(['/link']);
  expect(entries.get('/link')).toMatchObject({ type: 'symlink', target: 'real' });
  // Who wrote /link/file meant something that nobody looked at.
  expect(failures.map(({ path }) => path)).toEqual(['/link', '/link/file']);
});

test('a start that does not exist is no failure, and one below a file neither', async () => {
  const root = tree({ file: 'x' });
  const { entries, failures } = await scanTree(root, '[{ paths: [/none, /none/below, /file/below] }]');
  expect([...entries.keys()]).toEqual([]);
  expect(failures).toEqual([]);
});

test('a sink that gives up ends the scan with its error', async () => {
  const root = tree({ a: '1', b: '2' });
  const { policy } = compilePolicy([{ name: 'test.yaml', text: 'version: 1\nrules: [{ paths: [/] }]\n' }]);
  const request = { root, policy, jobs: 2, startLinks: [], scope: undefined, portable: false, progress: undefined };
  const refuse = (): never => {
    throw new Error('the disk is full');
  };
  await expect(scan(request, { entry: refuse, listed: () => undefined, failure: () => undefined })).rejects.toThrow(
    'the disk is full',
  );
});

test('a tree whose files change while it is walked comes with failures or with whole records, never with halves', async () => {
  const root = tree({ log: 'x'.repeat(2 << 20), stays: 'y' });
  let isDone = false;
  const disturb = (async () => {
    for (let round = 0; !isDone; round += 1) {
      appendFileSync(join(root, 'log'), 'more');
      if (round % 7 === 0) truncateSync(join(root, 'log'), 2 << 20);
      renameSync(join(root, 'stays'), join(root, 'moved'));
      renameSync(join(root, 'moved'), join(root, 'stays'));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let round = 0; round < 3; round += 1) {
    const { entries, failures } = await scanTree(root, ALL);
    const failed = new Set(failures.map(({ path }) => String(path)));
    for (const [path, attributes] of entries) {
      if (attributes['type'] === 'file' && !failed.has(path)) expect(attributes).toHaveProperty('sha1');
    }
  }
  isDone = true;
  await disturb;
});
