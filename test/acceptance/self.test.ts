import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { installedFiles, MANIFEST, RUNTIME } from '../../src/app/installation/files.ts';
import { type Path, pathFromText } from '../../src/model/bytes.ts';
import { formatDigestList } from '../../src/model/digest-list.ts';
import { box, digestOf, expectFailure, type Outcome, REPOSITORY, reportOf } from '../support/integ.ts';
import { isRoot, NOBODY } from '../support/privileges.ts';
import { scratchDirectory, sharedDirectory } from '../support/scratch.ts';

const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
const shared = sharedDirectory();
const packed = join(shared, 'packed');
let root: string;
let tree: string;

// As a package installs it: /usr/lib/integ with a list of all, also of what lies beside it. The runtime is long, and
// its place is what counts here.
beforeAll(() => {
  const lib = join(packed, 'usr/lib/integ');
  const digests = new Map<Path, string>();
  const add = (name: string, mode: number, write: (file: string) => void): void => {
    const file = join(lib, name);
    mkdirSync(dirname(file), { recursive: true });
    write(file);
    chmodSync(file, mode);
    digests.set(pathFromText(name), digestOf(file));
  };
  for (const { from, to, mode } of installedFiles(REPOSITORY, { arch })) add(to, mode, (file) => cpSync(from, file));
  for (const name of [RUNTIME.node, '../../bin/integ']) add(name, 0o755, (file) => writeFileSync(file, '#!/bin/sh\n'));
  writeFileSync(join(lib, MANIFEST), formatDigestList(digests));
});

beforeEach(() => {
  root = scratchDirectory();
  cpSync(packed, root, { recursive: true });
  tree = join(root, 'usr/lib/integ');
});

function run(...args: readonly string[]): Outcome {
  const program = join(tree, 'bin/integ.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { code: status ?? 128, stdout, stderr };
}

function differences({ stdout }: Outcome): string[] {
  return stdout.split('\n').filter((line) => /^ {2}(?!list |digest |Compare )/.test(line));
}

test('an installed integ has what it needs to make a baseline and to check, and nothing of another platform', () => {
  const it = box();
  it.file('file');
  const globals = ['--policy', it.policyFile, '--baseline', it.baseline];
  expect(run('init', ...globals)).toMatchObject({ code: 0, stderr: '' });
  it.append('file', 'more\n');
  const report = reportOf(run('check', '--format', 'json', ...globals));
  expect(it.findings(report)).toEqual(['changed file']);
  expect(report.notes.join()).not.toContain('not examined');
  // What the kernel without libc would do without saying so: koffi is really there.
  const script = `require('${tree}/node_modules/koffi').load(null).func('int getpid()')()`;
  expect(spawnSync(process.execPath, ['-p', script], { encoding: 'utf8' }).stdout).toMatch(/^\d+\n$/);
  const native = installedFiles(REPOSITORY, { arch }).filter(({ to }) => to.endsWith('.node'));
  expect(native.map(({ to }) => to)).toEqual([
    `node_modules/@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`,
    `node_modules/better-sqlite3/prebuilds/linux-${arch}.node`,
  ]);
  expect(run('policy', 'check', 'builtin:linux-base')).toMatchObject({ code: 0 });
});

test('what is installed is a list of itself, also for sha256sum', () => {
  const outcome = run('self', 'verify');
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toContain('is what was installed');
  expect(outcome.stdout).toContain(digestOf(join(tree, MANIFEST)));
  const json = run('self', 'verify', '--format', 'json');
  expect(JSON.parse(json.stdout)).toMatchObject({ sha256: digestOf(join(tree, MANIFEST)), differences: [] });
  expect(spawnSync('sha256sum', ['-c', '--quiet', MANIFEST], { cwd: tree }).status).toBe(0);
});

test('every way in which it can differ is named', () => {
  appendFileSync(join(tree, 'dist/scan/worker.js'), '// more\n');
  appendFileSync(join(root, 'usr/bin/integ'), 'true\n');
  rmSync(join(tree, RUNTIME.node));
  renameSync(join(tree, 'policies'), join(root, 'policies'));
  symlinkSync(join(root, 'policies'), join(tree, 'policies'));
  mkdirSync(join(tree, 'node_modules/planted'));
  writeFileSync(join(tree, 'node_modules/planted/index.js'), '');
  writeFileSync(Buffer.from(join(tree, 'dist/\x1b[2J\xff'), 'latin1'), '');
  chmodSync(join(tree, 'dist/cli/main.js'), 0o664);
  chmodSync(join(tree, 'dist'), 0o777);
  const outcome = run('self', 'verify');
  expect(outcome).toMatchObject({ code: 65, stderr: '' });
  expect(differences(outcome)).toEqual([
    '  changed     ../../bin/integ',
    '  rights      dist: others may write it (mode 0777)',
    '  not listed  dist/\\x1b[2J\\xff',
    '  rights      dist/cli/main.js: others may write it (mode 0664)',
    '  changed     dist/scan/worker.js',
    '  not listed  node_modules/planted',
    '  other type  policies: it is a symbolic link',
    '  missing     runtime/bin/node',
  ]);
  expect(outcome.stdout).toContain('8 differences');
});

test.skipIf(!isRoot())('a file that belongs to somebody else is a difference (needs root)', () => {
  chownSync(join(tree, 'bin/integ.js'), NOBODY, NOBODY);
  expect(differences(run('self', 'verify'))).toEqual([`  rights      bin/integ.js: it belongs to uid ${NOBODY}`]);
});

test('a list that leads elsewhere is none, and without one nothing is claimed', () => {
  const list = join(tree, MANIFEST);
  const lines = readFileSync(list, 'utf8');
  writeFileSync(list, `${lines}${'a'.repeat(64)}  ../../../../etc/passwd\n`);
  expectFailure(run('self', 'verify'), 65, /manifest\.sha256:\d+: its name leads out of the folder/);
  rmSync(list);
  expectFailure(run('self', 'verify'), 66, /not installed from a package/);
  expectFailure(box().run(['self', 'verify']), 66, /not installed from a package/);
});

test('no kit is made of an integ that is not what was installed', () => {
  const it = box();
  it.init();
  appendFileSync(join(tree, 'dist/scan/worker.js'), '// more\n');
  expectFailure(run('kit', 'make', it.beside('kit'), '--baseline', it.baseline), 65, /not what its package installed/);
});
