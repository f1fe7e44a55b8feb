import { expect, test } from 'vitest';
import { baseName, parentPath, pathFromText, ROOT } from '../../../src/model/bytes.ts';
import type { DirectoryNode } from '../../../src/model/entry.ts';
import { directoryPath, entryPath } from '../../../src/model/entry.ts';
import { MOST_TIMES, Precedence } from '../../../src/model/skipped.ts';
import type { Pending } from '../../../src/scan/pending.ts';
import { type Reading, WorkQueue } from '../../../src/scan/work-queue.ts';

function node(path: string): DirectoryNode {
  const names = path.split('/').slice(1);
  return names.reduce<DirectoryNode>((parent, name) => ({ parent, name: pathFromText(name) }), {
    parent: undefined,
    name: pathFromText(''),
  });
}

function queue(skipped: Readonly<Record<string, number>> = {}): WorkQueue {
  return new WorkQueue(
    new Precedence(Object.entries(skipped).map(([path, times]) => ({ path: pathFromText(path), times }))),
  );
}

function addDirectory(to: WorkQueue, path: string): void {
  to.addDirectory({ node: node(path), mountRoot: ROOT, identity: undefined });
}

function addFile(to: WorkQueue, file: string, size: number): void {
  const path = pathFromText(file);
  to.addFile({
    directory: node(parentPath(path)),
    mountRoot: ROOT,
    name: baseName(path),
    rule: 0,
    size,
    key: undefined,
  });
}

function directories(pending: readonly Pending[]): readonly string[] {
  return pending.map((one) => (one.node === undefined ? '/' : directoryPath(one.node)));
}

function files({ files: taken }: Reading): readonly string[] {
  return taken.map(({ directory, name }) => entryPath(directory, name));
}

test('without anything left out, the newest directory comes first and the largest file', () => {
  const it = queue();
  for (const path of ['/a', '/b', '/c']) addDirectory(it, path);
  expect(directories(it.takeDirectories(1, 2))).toEqual(['/c', '/b']);
  addFile(it, '/c/small', 1);
  addFile(it, '/c/large', 9);
  expect(it.wantsListing).toBe(true);
  it.takeDirectories(1, 9);
  expect(it.wantsReading(true)).toBe(false);
  expect(it.wantsReading(false)).toBe(true);
  const reading = it.takeFiles();
  expect(files(reading)).toEqual(['/c/large', '/c/small']);
  expect(reading.oneByOne).toBe(false);
  expect(it.isEmpty).toBe(true);
});

test('what was left out more often comes first, with the way to it and all below it', () => {
  const it = queue({ '/srv/old/deep': 2, '/var/new': 1 });
  for (const path of ['/srv', '/srv/old/deep/below', '/var', '/var/new/below', '/etc']) addDirectory(it, path);
  const order: string[] = [];
  while (it.directoryCount > 0) order.push(...directories(it.takeDirectories(1, 1)));
  expect(order).toEqual(['/srv/old/deep/below', '/srv', '/var/new/below', '/var', '/etc']);
});

test('a file that was left out is read before other directories are listed, the smallest first', () => {
  const it = queue({ '/srv/large': 1, '/srv/small': 1 });
  addDirectory(it, '/etc');
  addFile(it, '/srv/large', 9);
  addFile(it, '/srv/other', 99);
  addFile(it, '/srv/small', 1);
  expect(it.wantsListing).toBe(false);
  const reading = it.takeFiles();
  expect(files(reading)).toEqual(['/srv/small', '/srv/large']);
  expect(reading.oneByOne).toBe(false);
  expect(it.wantsListing).toBe(true);
  it.takeDirectories(1, 1);
  expect(files(it.takeFiles())).toEqual(['/srv/other']);
});

test('files that several checks left out are read one by one', () => {
  const it = queue({ '/srv/image': MOST_TIMES, '/srv/log': 1 });
  addFile(it, '/srv/log', 1);
  addFile(it, '/srv/image', 9);
  const first = it.takeFiles();
  expect([files(first), first.oneByOne]).toEqual([['/srv/image'], true]);
  const second = it.takeFiles();
  expect([files(second), second.oneByOne]).toEqual([['/srv/log'], false]);
});

test('directories that there is no time for are handed out once', () => {
  const it = queue({ '/b': 2 });
  addDirectory(it, '/a');
  addDirectory(it, '/b');
  expect(directories(it.abandonDirectories())).toEqual(['/a', '/b']);
  expect(it.isEmpty).toBe(true);
});
