import { spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Box, box, sealOf } from '../support/integ.ts';
import { AS_NOBODY, isRoot, NOBODY } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';
import { until } from '../support/waiting.ts';

/** Runs a script in another process until the test ends; it says when it has begun by creating `flag`. */
async function inBackground(script: string, flag: string, ...args: readonly string[]): Promise<void> {
  const begun = `require('node:fs').writeFileSync(${JSON.stringify(flag)}, '');`;
  const child = spawn(process.execPath, ['-e', begun + script, ...args], { stdio: 'inherit' });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  await until(() => statSync(flag, { throwIfNoEntry: false }) !== undefined, 'the other process runs');
}

test('a fifo, a socket and a device are examined without being opened', async () => {
  const it = box();
  tool('mkfifo', it.path('fifo'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(it.path('socket'), resolve));
  if (isRoot()) tool('mknod', it.path('device'), 'c', '1', '3');
  const trace = `${it.directory}/trace`;
  it.init();
  const report = works('strace', '-V')
    ? it.check([], { under: ['strace', '-f', '-qq', '-e', 'trace=open,openat,openat2', '-o', trace] })
    : it.check();
  server.close();
  expect(report.exitCode).toBe(0);
  if (works('strace', '-V')) expect(readFileSync(trace, 'utf8')).not.toMatch(/"[^"]*(fifo|socket|device)"/);
});

test('a file whose size says nothing is digested to its end, and one that is another each time is unstable', () => {
  const it = box();
  const [told, random] = ['/proc/version', '/proc/sys/kernel/random/uuid'];
  it.policyText(`version: 1\nrules: [{ paths: [${told}], watch: [sha256] }]\n`);
  it.init();
  expect(it.check().exitCode).toBe(0);
  const shown = it.run(['baseline', 'entries', '--format', 'ndjson']).stdout;
  expect(shown).toContain(tool('sha256sum', told).slice(0, 64));
  it.policyText(`version: 1\nrules: [{ paths: [${random}], watch: [sha256] }]\n`);
  const { code, stdout } = it.run(['init', '--force']);
  expect(code).toBe(16);
  expect(stdout).toContain(`${random}: changed each time while it was being examined`);
});

test.skipIf(!isRoot())('another device under the same name is a change of the device number (needs root)', () => {
  const it = box();
  tool('mknod', it.path('disk'), 'b', '7', '1');
  it.policy('watch: device');
  it.init();
  unlinkSync(it.path('disk'));
  tool('mknod', it.path('disk'), 'b', '7', '2');
  const report = it.check();
  expect(it.change(report, 'disk').attributes.rdev).toEqual({ before: '7:1', after: '7:2' });
});

test('a sparse file is digested whole: no size is too large, and a byte in the middle is noticed', () => {
  const it = box();
  const path = it.file('sparse', '');
  truncateSync(path, 200 << 20);
  it.init();
  tool('dd', 'if=/dev/zero', 'bs=1', 'count=1', 'conv=notrunc', `seek=${100 << 20}`, `of=${path}`, 'status=none');
  const allocated = it.change(it.check(), 'sparse');
  expect(allocated.attributes.sha256).toBeUndefined();
  tool('sh', '-c', `printf x | dd bs=1 count=1 conv=notrunc seek=${100 << 20} of='${path}' status=none`);
  const report = it.check();
  expect(it.change(report, 'sparse').attributes.sha256).toBeDefined();
  expect(report.summary.bytes).toBe(200 << 20);
});

test('a size beyond 2^53 is exact to the byte', ({ skip }) => {
  if (!works('test', '-w', '/dev/shm')) skip('there is no /dev/shm to write to');
  const it = box('/dev/shm');
  const path = it.file('huge', '');
  if (!works('truncate', '-s', '9007199254740993', path)) skip('this file system has no such large files');
  it.policy('watch: [dynamic, size]');
  it.init();
  tool('truncate', '-s', '9007199254740995', path);
  expect(it.change(it.check(), 'huge').attributes.size).toEqual({
    before: '9007199254740993',
    after: '9007199254740995',
  });
});

/** A box whose tree belongs to an ordinary user who runs integ in it. */
function ordinary(make: (it: Box) => void): Box {
  const it = box();
  make(it);
  if (isRoot()) {
    it.give(NOBODY);
    it.under = AS_NOBODY;
  }
  return it;
}

test('an ordinary user gets what can be examined, and a list of what could not', () => {
  const it = ordinary((made) => {
    made.file('open', 'readable\n');
    made.file('closed', 'secret\n', 0o000);
    made.file('vault/inside', 'secret\n');
  });
  chmodSync(it.path('vault'), 0o000);
  const initial = it.run(['init']);
  expect(initial.code).toBe(16);
  expect(initial.stdout).toMatch(/^INCOMPLETE baseline written/);
  expect(initial.stdout).toContain(it.path('closed'));
  expect(initial.stdout).toContain(it.path('vault'));
  const report = it.check();
  expect(report).toMatchObject({ exitCode: 16, status: 'incomplete', changes: [] });
  expect(report.errors).toMatchObject([
    { path: it.path('closed'), operation: 'open', code: 'EACCES' },
    { path: it.path('vault'), operation: 'open', code: 'EACCES' },
  ]);
  const text = it.run(['check']);
  expect(text.code).toBe(16);
  expect(text.stdout).toMatch(/^INCOMPLETE: /);
  expect(text.stdout).not.toMatch(/no changes|clean|\bOK\b/i);
  chmodSync(it.path('vault'), 0o700);
});

test('what cannot be read any more is an error and not removed; what is below it too', () => {
  const it = ordinary((made) => {
    made.file('file', 'text\n', 0o644);
    made.file('vault/deep/inside', 'text\n');
  });
  it.init();
  chmodSync(it.path('file'), 0o000);
  chmodSync(it.path('vault'), 0o000);
  const report = it.check();
  chmodSync(it.path('vault'), 0o755);
  expect(report.exitCode).toBe(4 + 16);
  expect(it.findings(report)).toEqual(['changed file', 'changed vault']);
  expect(Object.keys(it.change(report, 'file').attributes).toSorted()).toEqual(['ctime', 'mode']);
  expect(report.errors.map(({ path }) => it.short(path))).toEqual(['file', 'vault']);
});

test('a file that never stands still is unstable: reported, and no half of it is stored', async () => {
  const it = box();
  const path = it.file('restless', Buffer.alloc(16 << 20));
  it.file('quiet');
  const write = `
    const { openSync, writeSync } = require('node:fs');
    const file = openSync(process.argv[1], 'r+');
    for (let count = 0; ; count += 1) writeSync(file, Buffer.from([count & 255]), 0, 1, count % 4096);
  `;
  await inBackground(write, `${it.directory}/begun`, path);
  const initial = it.run(['init']);
  expect(initial.code).toBe(16);
  expect(initial.stdout).toMatch(/restless: changed each time/);
  const entries = it.run(['baseline', 'entries', '--format', 'ndjson']).stdout;
  expect(entries).toContain('/quiet"');
  expect(entries).not.toContain('/restless"');
  const report = it.check();
  expect(report.exitCode & 16).toBe(16);
  expect(report.errors).toMatchObject([{ path, code: 'UNSTABLE' }]);
});

test('a log that is written to all the time is stable under append-only', async () => {
  const it = box();
  const path = it.file('mail.log', Buffer.alloc(4 << 20, 'line\n'));
  it.policy('watch: append-only');
  const write = `
    const { openSync, writeSync } = require('node:fs');
    const file = openSync(process.argv[1], 'a');
    for (;;) { writeSync(file, 'another line\\n'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); }
  `;
  await inBackground(write, `${it.directory}/begun`, path);
  it.init();
  const size = lstatSync(path).size;
  await until(() => lstatSync(path).size > size, 'the log has grown');
  expect(it.check()).toMatchObject({ exitCode: 0, changes: [], errors: [] });
});

test('a directory swapped for a symbolic link during the walk never leads out of the tree', async () => {
  const it = box();
  mkdirSync(`${it.directory}/outside/deep`, { recursive: true });
  writeFileSync(`${it.directory}/outside/deep/stolen`, 'not in the tree');
  it.file('victim/deep/mine', 'in the tree');
  for (let index = 0; index < 200; index += 1) it.file(`crowd/${index}/file`, 'text');
  const swap = `
    const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
    process.chdir(process.argv[1]);
    for (;;) {
      renameSync('victim', '../victim.aside');
      symlinkSync('../outside', 'victim');
      unlinkSync('victim');
      renameSync('../victim.aside', 'victim');
    }
  `;
  await inBackground(swap, `${it.directory}/begun`, it.tree);
  for (let round = 0; round < 4; round += 1) {
    const outcome = it.run(['init', '--force']);
    expect([0, 16]).toContain(outcome.code);
    expect(sealOf(outcome)).toHaveLength(64);
    const { stdout } = it.run(['baseline', 'entries']);
    expect(stdout).not.toContain('stolen');
    expect(stdout).toContain(`${it.tree}/crowd/199/file`);
  }
});

test('looking where a link leads, which integ does, is no change of its atime', () => {
  const it = box();
  symlinkSync('/etc/hosts', it.path('link'));
  it.policy('watch: all');
  it.init();
  expect(it.check().status).toBe('clean');
});
