import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Box, box, expectFailure, type Outcome, PROGRAM, type RunOptions, reportOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';
import { scratchDirectory, sharedDirectory } from '../support/scratch.ts';
import { CAN_SIGN, makeKey } from '../support/ssh-keys.ts';
import { HAS_STRACE } from '../support/strace.ts';
import { until } from '../support/waiting.ts';

const MAY_MOUNT = isRoot() && works('unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /mnt');
const HAS_XORRISO = works('/usr/bin/xorriso', '-version');

/** Runs a script of a kit, with this environment alone. */
function runKit(script: string, args: readonly string[] = [], options: RunOptions = {}): Outcome {
  const [program = '', ...rest] = [...(options.under ?? []), script, ...args];
  const { status, stdout, stderr, error } = spawnSync(program, rest, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...options.env },
    cwd: options.cwd ?? '/',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { code: status ?? 128, stdout, stderr };
}

function digestIn({ stdout }: Outcome): string {
  return /^ *digest +([0-9a-f]{64})$/m.exec(stdout)?.[1] ?? expect.fail(`no digest in ${stdout}`);
}

const shared = sharedDirectory();
const kit = join(shared, 'kit');
const check = join(kit, 'check');
let site: Box;
let made: Outcome;

// Of a kit there are many megabytes, so that most tests share one. It has signers where there is ssh-keygen.
beforeAll(() => {
  site = new Box(shared);
  site.policy('watch: [config, -mtime]');
  site.file('kept');
  site.file('changed');
  site.init();
  const signers = join(shared, 'signers');
  if (CAN_SIGN) {
    const key = makeKey(shared, 'key');
    writeFileSync(signers, `alice@example.org ${key.publicKey}\n`);
    expect(site.run(['baseline', 'sign', '--key', key.file])).toMatchObject({ code: 0 });
  }
  made = site.run(['kit', 'make', kit, ...(CAN_SIGN ? ['--signers', signers] : [])]);
  expect(made).toMatchObject({ code: 0, stderr: '' });
});

beforeEach(() => {
  site.file('changed');
});

describe('the check of a kit', () => {
  test('examines the system that it stands in, and takes options', () => {
    expect(runKit(check)).toMatchObject({ code: 0, stderr: '' });
    site.append('changed', 'more\n');
    const output = join(scratchDirectory(), 'report.json');
    const written = runKit(check, ['--format', 'json', '--output', basename(output)], { cwd: join(output, '..') });
    expect(written).toMatchObject({ code: 4, stdout: '', stderr: '' });
    const report = reportOf({ ...written, stdout: readFileSync(output, 'utf8') });
    expect(site.findings(report)).toEqual(['changed changed']);
    expect(report.baseline.signature.status).toBe(CAN_SIGN ? 'valid' : 'none');
    // From within, as `sh check`, too.
    expect(runKit('sh', ['check'], { cwd: kit })).toMatchObject({ code: 4 });
    expect(site.run(['kit', 'verify', kit, '--expect', digestIn(made)])).toMatchObject({ code: 0, stderr: '' });
  });

  test('leaves no history, and asks none', () => {
    const before = readdirSync(site.state);
    runKit(check);
    expect(readdirSync(site.state)).toEqual(before);
    expect(readdirSync(kit).sort()).toEqual(
      [
        ...['README.txt', 'baseline.db', 'check', 'integ', 'manifest.sha256', 'run-integ', 'runtime', 'seal.txt'],
        ...(CAN_SIGN ? ['allowed_signers'] : []),
      ].sort(),
    );
  });

  test('takes nothing from the environment', () => {
    const planted = scratchDirectory();
    const trace = join(planted, 'trace');
    for (const name of ['env', 'node', 'ssh-keygen', 'uname', 'dirname', 'cat']) {
      writeFileSync(join(planted, name), `#!/bin/sh\necho ${name} >> ${trace}\n`, { mode: 0o755 });
    }
    const module = join(planted, 'module.cjs');
    writeFileSync(module, `require('node:fs').appendFileSync('${trace}', 'module');\n`);
    const library = join(planted, 'library.so');
    const outcome = runKit(check, ['--format', 'json'], {
      env: {
        PATH: planted,
        NODE_OPTIONS: `--require ${module}`,
        NODE_PATH: planted,
        NODE_DEBUG: 'module',
        LD_PRELOAD: library,
        LD_LIBRARY_PATH: planted,
        LD_DEBUG: 'all',
        OPENSSL_CONF: module,
        INTEG_BASELINE: module,
        INTEG_DEBUG: '1',
        // Names of what the script itself uses, and lines that look like what it reads.
        left: 'x',
        line: 'y\nexport name=z',
        name: 'left',
        newline: ' ',
        kit: planted,
      },
    });
    expect(existsSync(trace)).toBe(false);
    const report = reportOf(outcome);
    expect(report.exitCode).toBe(0);
    expect(report.notes.join()).not.toContain('environment');
    // The shell that reads the script is one of the system, which says on whose behalf it looks for what.
    const complaints = outcome.stderr.split('\n').filter((text) => text.includes('from LD_PRELOAD'));
    expect(complaints).toHaveLength(1);
  });

  test('loads nothing that /etc/ld.so.preload names', ({ skip }) => {
    if (!MAY_MOUNT) skip('needs root and mount namespaces');
    const etc = scratchDirectory();
    for (const file of ['passwd', 'group']) cpSync(`/etc/${file}`, join(etc, file));
    writeFileSync(join(etc, 'ld.so.preload'), '/planted/library.so\n');
    writeFileSync(join(etc, 'nsswitch.conf'), 'passwd: planted files\n');
    const under = ['unshare', '-m', 'sh', '-c', `mount --bind ${etc} /etc && exec "$@"`, 'sh'];
    const complaint = /object '\/planted\/library\.so' from \/etc\/ld\.so\.preload/g;
    // So it is with any program of the system,
    const ordinary = runKit('/bin/true', [], { under });
    expect(ordinary.stderr.match(complaint)).toHaveLength(1);
    // and with the shell, but with nothing that the kit starts.
    const outcome = runKit(check, ['--format', 'json'], { under });
    expect(outcome.stderr.match(complaint)).toHaveLength(1);
    expect(reportOf(outcome).exitCode).toBe(0);
  });

  test('finds what a preloaded library hides from every program of the system', ({ skip }) => {
    if (!MAY_MOUNT || !works('cc', '--version')) skip('needs root, mount namespaces and a C compiler');
    const here = scratchDirectory();
    const library = join(here, 'hide.so');
    writeFileSync(join(here, 'hide.c'), HIDE);
    tool('cc', '-shared', '-fPIC', '-o', library, join(here, 'hide.c'), '-ldl');
    const etc = join(here, 'etc');
    mkdirSync(etc);
    for (const file of ['passwd', 'group']) cpSync(`/etc/${file}`, join(etc, file));
    writeFileSync(join(etc, 'ld.so.preload'), `${library}\n`);
    const under = ['unshare', '-m', 'sh', '-c', `mount --bind ${etc} /etc && exec "$@"`, 'sh'];
    const hidden = site.file('hidden-tool');
    try {
      expect(runKit('/bin/ls', [site.tree], { under }).stdout).not.toContain('hidden-tool');
      const installed = site.run(['check', '--report-only', '--format', 'json'], { under });
      expect(site.findings(reportOf(installed))).toEqual([]);
      expect(site.findings(reportOf(runKit(check, ['--format', 'json'], { under })))).toEqual(['added hidden-tool']);
    } finally {
      rmSync(hidden);
    }
  });

  test('opens nothing but what it examines, the kernel and the kit', ({ skip }) => {
    if (!HAS_STRACE) skip('needs strace');
    const log = join(scratchDirectory(), 'log');
    const under = ['strace', '-f', '-qq', '-s', '4096', '-o', log, '-e', 'trace=execve,open,openat,openat2,connect'];
    expect(runKit(check, [], { under })).toMatchObject({ code: 0 });
    const lines = readFileSync(log, 'utf8').split('\n');
    // Before, it is the shell.
    const start = lines.findIndex((text) => text.includes(`execve("${kit}/runtime/ld-linux`));
    const absolute = lines.slice(start).flatMap((text) => /(?:"|sun_path=")(\/[^"]*)"/.exec(text)?.[1] ?? []);
    const isExpected = (path: string): boolean =>
      path.startsWith(`${kit}/`) || path.startsWith(shared) || KERNEL.test(path) || EXAMINED.has(path);
    expect(absolute.length).toBeGreaterThan(100);
    expect([...new Set(absolute.filter((path) => !isExpected(path)))]).toEqual([]);
    const programs = lines.slice(start).flatMap((text) => / execve\("([^"]*)"/.exec(text)?.[1] ?? []);
    expect(new Set(programs).size).toBe(1);
  });

  test('knows no baseline but the one that was put into it', () => {
    const copy = join(scratchDirectory(), 'kit');
    cpSync(kit, copy, { recursive: true });
    const other = box();
    other.file('file');
    other.init();
    cpSync(other.baseline, join(copy, 'baseline.db'));
    expectFailure(runKit(join(copy, 'check')), 65, /sign|seal/);
  });
});

/** What userland rootkits do: directories are read through a library that leaves names out. */
const HIDE = `
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct dirent64 *readdir64(DIR *directory) {
  static struct dirent64 *(*real)(DIR *);
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "readdir64");
  struct dirent64 *entry;
  while ((entry = real(directory)) && strncmp(entry->d_name, "hidden-", 7) == 0);
  return entry;
}

struct dirent *readdir(DIR *directory) {
  return (struct dirent *)readdir64(directory);
}

ssize_t getdents64(int fd, void *buffer, size_t length) {
  long all = syscall(SYS_getdents64, fd, buffer, length), kept = 0;
  if (all <= 0) return all;
  for (long at = 0; at < all;) {
    struct dirent64 *entry = (struct dirent64 *)((char *)buffer + at);
    long size = entry->d_reclen;
    at += size;
    if (strncmp(entry->d_name, "hidden-", 7) == 0) continue;
    memmove((char *)buffer + kept, entry, size);
    kept += size;
  }
  return kept;
}
`;

/** Answered by the kernel, or made by it; files without a name that ssh-keygen is given lie in memory. */
const KERNEL = /^\/(?:proc|sys)\/|^\/dev\/(?:null|urandom|fd\/\d+|shm\/integ-[0-9a-f]+)$/;
/** Read as data, whatever they hold. */
const EXAMINED: ReadonlySet<string> = new Set([
  ...['/', '/etc/passwd', '/etc/group', '/etc/machine-id', '/var/lib/dbus/machine-id', '/run/dbus/machine-id'],
  ...['/var/lib/dpkg/status', '/var/run/nscd/socket', '/etc/selinux/config'],
]);

describe('integ kit verify', () => {
  test('names each difference', () => {
    const copy = join(scratchDirectory(), 'kit');
    cpSync(kit, copy, { recursive: true });
    appendFileSync(join(copy, 'integ/bin/integ.js'), '// more\n');
    rmSync(join(copy, 'seal.txt'));
    writeFileSync(join(copy, 'integ/node_modules/koffi/planted\x1b.js'), '');
    mkdirSync(join(copy, 'integ/dist/planted'));
    rmSync(join(copy, 'README.txt'));
    symlinkSync('/etc/passwd', join(copy, 'README.txt'));
    const outcome = site.run(['kit', 'verify', copy, '--expect', digestIn(made)]);
    expect(outcome).toMatchObject({ code: 65, stderr: '' });
    expect(outcome.stdout).toContain('does not agree with its list: 5 differences');
    expect(outcome.stdout.split('\n').filter((line) => /^ {2}(?!list|digest|The)/.test(line))).toEqual([
      '  other type  README.txt: it is a symbolic link',
      '  changed     integ/bin/integ.js',
      '  not listed  integ/dist/planted',
      '  not listed  integ/node_modules/koffi/planted\\x1b.js',
      '  missing     seal.txt',
    ]);
    const json = site.run(['kit', 'verify', copy, '--format', 'json']);
    expect(json.code).toBe(65);
    expect(JSON.parse(json.stdout)).toMatchObject({ sha256: digestIn(made), differences: { length: 5 } });
  });

  test('tells a kit from another one by its digest', () => {
    const wrong = site.run(['kit', 'verify', kit, '--expect', 'ab'.repeat(32)]);
    expect(wrong).toMatchObject({ code: 65, stderr: '' });
    expect(wrong.stdout).toContain('NOT THE EXPECTED ONE');
    expectFailure(site.run(['kit', 'verify', kit, '--expect', '0123']), 64, /no digest/);
    expectFailure(site.run(['kit', 'verify', shared]), 66, /manifest\.sha256/);
  });

  test('of a kit runs from itself too, and as sha256sum', () => {
    const self = runKit(join(kit, 'run-integ'), ['kit', 'verify', kit, '--expect', digestIn(made).slice(0, 16)]);
    expect(self).toMatchObject({ code: 0, stderr: '' });
    expect(runKit(join(kit, 'run-integ'), ['self', 'verify'])).toMatchObject({ code: 0 });
    expect(runKit('sha256sum', ['-c', '--quiet', 'manifest.sha256'], { cwd: kit })).toMatchObject({ code: 0 });
  });
});

test('a kit starts no program of the system, and is not scheduled', ({ skip }) => {
  const run = (...args: readonly string[]): Outcome => runKit(join(kit, 'run-integ'), args);
  const globals = ['--baseline', join(kit, 'baseline.db'), '--history', join(scratchDirectory(), 'history.db')];
  expectFailure(run('check', '--host', 'root@127.0.0.1', ...globals), 74, /ssh/);
  expectFailure(run('kit', 'make', '/tmp/another', ...globals), 71, /runs from one/);
  const root = scratchDirectory();
  mkdirSync(join(root, 'etc/cron.d'), { recursive: true });
  expectFailure(run('schedule', 'install', '--cron', '--root', root), 71, /every night/);
  // With a history it does what integ does.
  expect(run('check', ...globals).code).toBe(0);
  expect(run('report', 'list', ...globals)).toMatchObject({ code: 0 });
  if (!HAS_STRACE) skip('needs strace to see which programs it starts');
  const log = join(scratchDirectory(), 'log');
  runKit(check, ['--nice'], { under: ['strace', '-f', '-qq', '-o', log, '-e', 'trace=execve'] });
  const programs = [...readFileSync(log, 'utf8').matchAll(/ execve\("([^"]*)".* = 0$/gm)].map(([, path]) => path);
  expect(programs.slice(1).filter((path) => path?.startsWith(`${kit}/`) !== true)).toEqual([]);
});

describe('integ kit make', () => {
  test('writes into no directory that holds anything, and over no file', () => {
    const there = scratchDirectory();
    writeFileSync(join(there, 'precious'), '');
    expectFailure(site.run(['kit', 'make', there]), 73, /not empty/);
    writeFileSync(join(there, 'image.iso'), 'precious');
    expectFailure(site.run(['kit', 'make', join(there, 'image.iso')]), 73, /exists/);
    expectFailure(site.run(['kit', 'make', join(there, 'a:b')]), 73, /character/);
    expect(readdirSync(there).sort()).toEqual(['image.iso', 'precious']);
  });

  test('takes the baseline of another host from standard input, and goes by its seal', () => {
    const it = box();
    it.file('file');
    const seal = it.seal();
    const target = it.beside('kit');
    const input = readFileSync(it.baseline);
    const outcome = it.run(['kit', 'make', target, '--baseline', '-', '--expect-seal', seal], { bare: true, input });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(target, 'seal.txt'), 'utf8')).toBe(`${seal}\n`);
    expect(readFileSync(join(target, 'README.txt'), 'utf8')).toContain(seal);
    it.append('file', 'more\n');
    expect(runKit(join(target, 'check'))).toMatchObject({ code: 4, stderr: '' });
    // Nothing but names, digests and what is public: no key, and no history.
    const names = readdirSync(target, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /history|outbox|id_|secret/.test(basename(name)))).toEqual([
      ...names.filter((name) => /^integ\/dist\/chunks\/.*\.js$/.test(name) && /history|outbox|secret/.test(name)),
    ]);
    const other = box();
    other.file('file');
    other.init();
    cpSync(other.baseline, join(target, 'baseline.db'));
    expectFailure(runKit(join(target, 'check')), 65, /seal/);
  });

  test('takes no baseline that is damaged or not the expected one, and leaves nothing', () => {
    const it = box();
    it.init();
    const target = it.beside('kit');
    expectFailure(it.run(['kit', 'make', target, '--expect-seal', 'ab'.repeat(32)]), 65, /seal/);
    const bytes = readFileSync(it.baseline);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    writeFileSync(it.baseline, bytes);
    expectFailure(it.run(['kit', 'make', target]), 65, /damaged|trailer|checksum/);
    rmSync(it.baseline);
    expectFailure(it.run(['kit', 'make', target]), 66, /baseline/);
    expect(existsSync(target)).toBe(false);
  });

  test('leaves nothing when it is interrupted, and an empty directory empty', async () => {
    const it = box();
    it.init();
    const target = it.directoryAt('../kit');
    const running = it.start(['kit', 'make', target]);
    await until(() => existsSync(join(target, 'integ/bin')), 'the first file is written');
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 143 });
    expect(readdirSync(target)).toEqual([]);
  });

  test('without xorriso makes no image, and says what is missing', ({ skip }) => {
    if (!MAY_MOUNT || !HAS_XORRISO) skip('needs root, mount namespaces and xorriso');
    const it = box();
    it.init();
    const under = ['unshare', '-m', 'sh', '-c', 'mount --bind /dev/null /usr/bin/xorriso && exec "$@"', 'sh'];
    expectFailure(it.run(['kit', 'make', it.beside('kit.iso')], { under }), 71, /xorriso/);
    expect(existsSync(it.beside('kit.iso'))).toBe(false);
  });

  test('makes the same kit and the same image again, where the time is given', ({ skip }) => {
    if (!HAS_XORRISO) skip('needs xorriso');
    const it = box();
    it.file('file');
    it.init();
    const env = { SOURCE_DATE_EPOCH: '1767323045' };
    const [first, second] = ['first.iso', 'second.iso'].map((name) => {
      const outcome = it.run(['kit', 'make', it.beside(name)], { env });
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      return { digest: digestIn(outcome), bytes: readFileSync(it.beside(name)) };
    });
    expect(second?.digest).toBe(first?.digest);
    expect(second?.bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect(readdirSync(it.directory).filter((name) => name.includes('.tmp-'))).toEqual([]);
    expectFailure(it.run(['kit', 'make', it.beside('kit')], { env: { SOURCE_DATE_EPOCH: 'now' } }), 64, /SOURCE_DATE/);
  });
});

test('a kit on a CD checks a disk that somebody changed', ({ skip }) => {
  if (!MAY_MOUNT || !HAS_XORRISO) skip('needs root, mount namespaces and xorriso');
  const it = box();
  const root = it.beside('disk');
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  for (const name of ['login', 'su', 'passwd']) writeFileSync(join(root, 'usr/bin', name), name, { mode: 0o755 });
  it.policyText('version: 1\nname: disk\nrules:\n  - { name: Programs, paths: [/usr/bin], watch: read-only }\n');
  const options = ['--policy', it.policyFile, '--baseline', it.baseline, '--root', root];
  expect(it.run(['init', ...options], { bare: true })).toMatchObject({ code: 0 });
  const image = it.beside('kit.iso');
  const outcome = it.run(['kit', 'make', image]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  const cd = it.beside('cd');
  mkdirSync(cd);
  // What is in the image, read-only, also where the kernel knows no CD or there is no loop device.
  const extracted = it.beside('extracted');
  tool('xorriso', '-osirrox', 'on', '-indev', image, '-extract', '/', extracted);
  const mount =
    `mount -o loop,ro ${image} ${cd} 2>/dev/null || ` +
    `{ mount --bind ${extracted} ${cd} && mount -o remount,bind,ro ${cd}; }`;
  const under = ['unshare', '-m', 'sh', '-c', `{ ${mount}; } && exec "$@"`, 'sh'];
  const onCd = (args: readonly string[]): Outcome =>
    runKit(join(cd, 'check'), ['--root', root, '--format', 'json', ...args], { under });
  const untouched = reportOf(onCd([]));
  expect(untouched).toMatchObject({ exitCode: 0, policy: { matchesFile: true } });
  expect(untouched.notes.join('\n')).toContain('not compared with a file');
  writeFileSync(join(root, 'usr/bin/login'), 'tampered');
  chmodSync(join(root, 'usr/bin/su'), 0o4755);
  rmSync(join(root, 'usr/bin/passwd'));
  const report = reportOf(onCd([]));
  expect(report.exitCode).toBe(2 + 4);
  expect(
    report.changes.filter((change) => change.consequence !== true).map(({ kind, path }) => `${kind} ${path}`),
  ).toEqual(expect.arrayContaining(['changed /usr/bin/login', 'changed /usr/bin/su', 'removed /usr/bin/passwd']));
  const verify = runKit(process.execPath, [PROGRAM, 'kit', 'verify', cd, '--expect', digestIn(outcome)], { under });
  expect(verify).toMatchObject({ code: 0, stderr: '' });
});
