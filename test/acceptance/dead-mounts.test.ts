/** File systems that answer nothing: what hangs is never waited for without end, and never called unchanged. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Box, box, reportOf } from '../support/integ.ts';
import { HAS_BINDFS, type Mirror, mirror } from '../support/mirrored-folder.ts';
import { HAS_STRACE } from '../support/strace.ts';
import { until } from '../support/waiting.ts';

/** Hanging is the defect: a run that does not end is killed, and has no code that a test expects. */
const BOUNDED = ['timeout', '--signal=KILL', '60'];

interface Mounted {
  readonly it: Box;
  readonly served: Mirror;
}

/** A tree with a mount `dead` in it, of the given files, beside files of its own. */
async function tree(files: Readonly<Record<string, string | Buffer>> = { f: 'a\n', 'sub/g': 'b\n' }): Promise<Mounted> {
  const it = box();
  it.under = BOUNDED;
  it.file('etc/hosts');
  it.file('zoo/last');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(it.beside('source'), name, '..'), { recursive: true });
    writeFileSync(join(it.beside('source'), name), content);
  }
  return { it, served: await mirror(it.beside('source'), it.path('dead')) };
}

function policy(it: Box, ...lines: readonly string[]): void {
  it.policyText(['version: 1', ...lines, ''].join('\n'));
}

describe.skipIf(!HAS_BINDFS)('a mount that is dead (needs bindfs, /dev/fuse and root)', () => {
  test('and ignored is of no concern', async () => {
    const { it, served } = await tree();
    policy(it, `ignore: ['${it.path('dead')}']`, `rules: [{ paths: ['${it.tree}'], mounts: cross }]`);
    it.init();
    served.die();
    expect(it.check().status).toBe('clean');
    expect(it.run(['policy', 'check']).code).toBe(0);
    it.run(['init', '--force']);
    expect(it.check().status).toBe('clean');
  });

  test('and in a directory of which the policy names something else is of no concern', async () => {
    const { it, served } = await tree();
    policy(it, `rules: [{ paths: ['${it.tree}/*/hosts', '${it.path('zoo')}'] }]`, `ignore: ['${it.tree}/d*']`);
    it.init();
    served.die();
    expect(it.check().status).toBe('clean');
  });

  test('and ignored, where a watched link leads to it, is of no concern', async () => {
    const { it, served } = await tree();
    symlinkSync(it.path('dead/sub'), it.path('link'));
    policy(it, `ignore: ['${it.path('dead')}']`, `rules: [{ paths: ['${it.path('link')}', '${it.path('etc')}'] }]`);
    it.init();
    served.die();
    expect(it.check().status).toBe('clean');
  });

  test.each([
    ['the tree', ''],
    ['a path on it', '/dead/sub'],
    ['a path that leads to it', '/link'],
    ['a glob over it', '/d*/*'],
  ])('and watched makes the check incomplete, where the rule names %s', async (_, start) => {
    const { it, served } = await tree();
    symlinkSync(it.path('dead/sub'), it.path('link'));
    policy(it, `rules: [{ paths: ['${it.tree}${start}', '${it.path('etc')}'], mounts: cross }]`);
    it.init();
    served.die();
    it.file('etc/hosts', 'changed\n');
    const report = it.check(['--stall', '2s']);
    expect(report.errors).toEqual([
      expect.objectContaining({
        path: it.path('dead'),
        code: 'ETIME',
        message: expect.stringMatching(/fuse.*did not answer/),
      }),
    ]);
    // The rest is examined, and nothing is invented.
    expect(it.findings(report)).toEqual(['changed etc/hosts']);
    served.rise();
    expect(it.findings(it.check())).toEqual(['changed etc/hosts']);
  });

  test('and of which the policy knows nothing makes a check incomplete, once a watched link was turned to it', async () => {
    const { it, served } = await tree();
    symlinkSync(it.path('zoo'), it.path('link'));
    policy(it, `rules: [{ paths: ['${it.path('link')}', '${it.path('etc')}'] }]`);
    it.init();
    unlinkSync(it.path('link'));
    symlinkSync(it.path('dead/sub'), it.path('link'));
    served.die();
    const report = it.check(['--stall', '2s']);
    expect(report.errors.map(({ path, code }) => `${it.short(path)} ${code}`)).toContain('dead ETIME');
    expect(report.exitCode & 16).toBe(16);
  });

  test('and asked for a requirement leaves that unjudged', async () => {
    const { it, served } = await tree();
    policy(it, `rules: [{ paths: ['${it.path('dead/f')}'], watch: existence, require: { type: file } }]`);
    it.init();
    served.die();
    expect(it.check(['--stall', '2s']).exitCode).toBe(16);
  });

  test('ends neither init nor a check at its deadline nor one on a signal in any other way', async () => {
    const { it, served } = await tree();
    policy(it, `rules: [{ paths: ['${it.tree}'], mounts: cross }]`);
    it.init();
    served.die();
    const late = it.check(['--deadline', '4s']);
    expect(late.exitCode).toBe(16);
    expect(late.errors.map(({ code }) => code)).toEqual(['ETIME']);
    const initial = it.run(['init', '--force', '--stall', '2s']);
    expect(initial.code).toBe(16);
    expect(initial.stdout).toMatch(/dead: the file system mounted there \(fuse\) did not answer within 2 s/);
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      const run = it.start(['check'], { under: [] });
      await until(() => threads(run.pid, 'request_wait_answer') > 0, 'it waits for the mount');
      run.kill(signal);
      expect((await run.ended).code).toBe(code);
      expect(it.leftovers()).toEqual([]);
    }
  });
});

test.skipIf(!HAS_BINDFS)('a mount that answers is judged where only a link leads to it (needs bindfs)', async () => {
  const { it } = await tree();
  symlinkSync(it.path('dead/sub/g'), it.path('link'));
  const rule = "watch: existence, require: { type: file, content: { matches: '^b' }, follow: true }";
  policy(it, `rules: [{ paths: ['${it.path('l')}*'], ${rule} }]`);
  const report = reportOf(it.run(['policy', 'check', '--live', '--format', 'json']));
  expect(report).toMatchObject({ exitCode: 0, errors: [], violations: [] });
  it.init();
  expect(it.check().exitCode).toBe(0);
});

test.skipIf(!HAS_BINDFS)('a mount that refuses root is told as that (needs bindfs, /dev/fuse and root)', async () => {
  const it = box();
  mkdirSync(it.beside('source'));
  await mirror(it.beside('source'), it.path('private'), true);
  policy(it, `rules: [{ paths: ['${it.tree}'], mounts: cross }]`);
  expect(it.run(['init']).stdout).not.toMatch(/run as root/i);
  const { code, stdout } = it.run(['check']);
  expect(code).toBe(16);
  expect(stdout).toMatch(
    /private: lstat: EACCES: permission denied, even to root\n.*EACCES: .*squashes root.*allow_root/,
  );
  expect(stdout).not.toMatch(/run as root/);
});

/** How many threads of a process sit in a function of the kernel: wchan of proc_pid_wchan(5). */
function threads(pid: number | undefined, place: string): number {
  const found = spawnSync('sh', ['-c', `cat /proc/${pid}/task/*/wchan /proc/${pid}/task/*/stack 2>/dev/null`]);
  return String(found.stdout).split(place).length - 1;
}

/** Whether a process has a file of a directory open. */
function hasOpen(pid: number | undefined, directory: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(directory));
  } catch {
    return false;
  }
}

describe.skipIf(!HAS_BINDFS)('a mount that dies while it is examined (needs bindfs, /dev/fuse and root)', () => {
  const large = Buffer.alloc(1 << 22, 'x');

  async function dying(...args: readonly string[]) {
    const { it, served } = await tree({ large, 'sub/g': 'b\n' });
    policy(it, `rules: [{ paths: ['${it.tree}'], mounts: cross }]`);
    it.init();
    it.file('etc/hosts', 'changed\n');
    const run = it.start(['check', '--format', 'json', '--max-rate', '64K', ...args], { under: [] });
    await until(() => hasOpen(run.pid, it.path('dead/large')), 'it reads the large file');
    served.die();
    return { it, served, run };
  }

  test.each([
    ['--stall', '3s'],
    ['--deadline', '4s'],
  ])('is written off after %s %s, and the report is made', async (...limit) => {
    const { it, served, run } = await dying(...limit);
    const report = reportOf(await run.ended);
    expect(report.exitCode).toBe(4 + 16);
    expect(it.findings(report)).toEqual(['changed etc/hosts']);
    expect(report.errors.map(({ path, code }) => `${it.short(path)} ${code}`)).toContain('dead/large ETIME');
    served.rise();
    expect(it.findings(it.check())).toEqual(['changed etc/hosts']);
  });

  test('does not keep a signal from ending the check', async () => {
    const { it, run } = await dying();
    run.kill('SIGTERM');
    expect((await run.ended).code).toBe(143);
    expect(it.leftovers()).toEqual([]);
  });
});

test.skipIf(!HAS_STRACE)('no name that the policy leaves out is looked at (needs strace)', () => {
  const it = box();
  for (const name of ['ignored/x', 'other/y', 'kept/z', 'kept/.cache/w']) it.file(name);
  policy(it, `ignore: ['${it.path('ignored')}']`, 'rules:', `  - { paths: ['${it.tree}/k*'], exclude: ['**/.cache'] }`);
  it.init();
  const log = it.beside('trace');
  const trace = ['strace', '-f', '-qq', '-s', '4096', '-e', 'trace=statx,openat,openat2,readlinkat', '-o', log];
  expect(it.check([], { under: trace }).status).toBe('clean');
  const looked = spawnSync('grep', ['-oE', '"[^"]*"', log], { encoding: 'utf8' }).stdout;
  expect(looked).toContain('"kept"');
  for (const name of ['ignored', 'other', '.cache']) expect(looked).not.toContain(`"${name}"`);
});
