/** Whatever happens while a baseline is written, the old one stays valid and nothing is left lying about. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BaselineWriter } from '../../../src/baseline/writer.ts';
import { ending, FILE, listing, RULES, SMALL_TREE, TreeSource, writeBaseline } from '../../support/baselines.ts';
import { asOrdinaryUser, isRoot } from '../../support/privileges.ts';
import { scratchDirectory } from '../../support/scratch.ts';

function many(count: number): [string, Buffer][] {
  return Array.from({ length: count }, (_, index) => [`/d${index % 100}/file-${index}`, FILE]);
}

test('a baseline is private and stands alone', () => {
  const directory = scratchDirectory();
  const file = join(directory, 'baseline.db');
  writeBaseline(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['baseline.db']);
});

test('until it is finished the old baseline is in place, and an aborted one leaves nothing', () => {
  const directory = scratchDirectory();
  const file = join(directory, 'baseline.db');
  writeBaseline(file);
  const before = readFileSync(file);
  const writer = BaselineWriter.create(file, RULES);
  const source = new TreeSource();
  for (const [path, bytes] of many(1000)) writer.add(source.entry(path, bytes));
  expect(readFileSync(file)).toEqual(before);
  writer.abort();
  writer.abort();
  expect(readFileSync(file)).toEqual(before);
  expect(readdirSync(directory)).toEqual(['baseline.db']);
});

test('a new baseline takes the place of the old one', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(file);
  writeBaseline(file, many(10));
  expect(listing(file)).toHaveLength(10);
});

test('a run that is killed leaves the old baseline valid, and the next one clears up after it', async () => {
  const directory = scratchDirectory();
  const file = join(directory, 'baseline.db');
  writeBaseline(file);
  const before = readFileSync(file);
  const child = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { createServer } from 'vite';
     const vite = await createServer({ root: ${JSON.stringify(process.cwd())}, configFile: false, appType: 'custom', logLevel: 'error', server: { middlewareMode: true, hmr: false, ws: false, watch: null } });
     const { BaselineWriter } = await vite.ssrLoadModule('/src/baseline/writer.ts');
     const { RULES, TreeSource, FILE } = await vite.ssrLoadModule('/test/support/baselines.ts');
     const writer = BaselineWriter.create(${JSON.stringify(file)}, RULES);
     const source = new TreeSource();
     for (let index = 0; ; index++) {
       writer.add(source.entry('/d/' + index, FILE));
       if (index === 50000) console.log('busy');
     }`,
  ]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(readdirSync(directory)).toHaveLength(2);
  expect(readFileSync(file)).toEqual(before);
  expect(listing(file)).toHaveLength(SMALL_TREE.length);
  writeBaseline(file, many(3));
  expect(readdirSync(directory)).toEqual(['baseline.db']);
});

function smallFileSystem(kilobytes: number): string {
  const directory = scratchDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'integ-test', directory]);
  onTestFinished(() => {
    execFileSync('umount', [directory]);
  });
  return directory;
}

const mayMount = isRoot() && spawnSync('unshare', ['--mount', 'true']).status === 0;

test.skipIf(!mayMount).each([400, 1500, 1800, 2500, 3100])(
  'a full disk of %i kB: the old baseline is valid and no temporary is left (needs the right to mount)',
  (kilobytes) => {
    const directory = smallFileSystem(kilobytes);
    const file = join(directory, 'baseline.db');
    writeBaseline(file);
    const before = readFileSync(file);
    const end = ending(() => writeBaseline(file, many(15_000)));
    expect([73, 74]).toContain(end?.exit);
    expect(end?.line).toContain('no space left');
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(directory)).toEqual(['baseline.db']);
    expect(listing(file)).toHaveLength(SMALL_TREE.length);
  },
);

test.skipIf(!mayMount)('a read-only file system says so (needs the right to mount)', () => {
  const directory = smallFileSystem(1000);
  const file = join(directory, 'baseline.db');
  writeBaseline(file);
  execFileSync('mount', ['-o', 'remount,ro', directory]);
  expect(ending(() => writeBaseline(file))).toMatchObject({ exit: 73, line: expect.stringContaining('read-only') });
  expect(listing(file)).toHaveLength(SMALL_TREE.length);
});

test.skipIf(!isRoot())('a directory that the user may not write says so (needs root to become another user)', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  expect(asOrdinaryUser(() => ending(() => writeBaseline(file)))?.exit).toBe(77);
});

test('a directory that does not exist says so', () => {
  const file = join(scratchDirectory(), 'none', 'baseline.db');
  expect(ending(() => writeBaseline(file))?.exit).toBe(73);
});

test('a directory, a link or a device in the place of the baseline is not replaced', () => {
  const directory = scratchDirectory();
  const folder = join(directory, 'folder');
  const link = join(directory, 'link');
  mkdirSync(folder);
  writeFileSync(join(directory, 'victim'), 'precious');
  symlinkSync('victim', link);
  for (const target of [folder, link, '/dev/null']) expect(ending(() => writeBaseline(target))?.exit).toBe(73);
  expect(readFileSync(join(directory, 'victim'), 'utf8')).toBe('precious');
  expect(readlinkSync(link)).toBe('victim');
});

test('one object handed over twice is a defect, not a baseline', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const writer = BaselineWriter.create(file, RULES);
  const source = new TreeSource();
  writer.add(source.entry('/a'));
  expect(() => writer.add(source.entry('/a'))).toThrow(/UNIQUE/);
  expect(readdirSync(join(file, '..'))).toEqual([]);
});
