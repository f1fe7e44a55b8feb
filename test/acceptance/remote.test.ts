import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BaselineReader } from '../../src/baseline/reader.ts';
import { pathBase64 } from '../../src/model/bytes.ts';
import { type Box, box, expectFailure, findingsOf, type Outcome, PROGRAM, REPOSITORY } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { sharedDirectory } from '../support/scratch.ts';
import { noSshd, type Sshd, startSshd } from '../support/sshd.ts';
import { until } from '../support/waiting.ts';

const OWN = `'${process.execPath}' '${PROGRAM}'`;

let server: Sshd;
let here: Box;

function inTree(...names: readonly string[]): string {
  return here.path(join(...names));
}

function odd(bytes: string): Buffer {
  return Buffer.concat([Buffer.from(inTree('etc')), Buffer.from(`/${bytes}`, 'latin1')]);
}

/** Arguments of a check of the other host. */
function over(command: string = OWN, host = 'examined'): string[] {
  return ['--host', host, '--ssh-config', server.config, '--remote-command', command];
}

/** A program of the other host that stands in the place of integ. */
function script(name: string, text: string): string {
  const file = here.beside(name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

function expectRefusal(outcome: Outcome, words: RegExp): void {
  expect(outcome.stderr).toMatch(words);
  expect(outcome.stderr).not.toContain('internal error');
  expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
  expect(outcome.stdout).toBe('');
  expect(outcome.code).toBe(74);
}

describe.skipIf(noSshd !== undefined)(`a check of another host (needs ${noSshd ?? 'nothing more'})`, () => {
  const keys = sharedDirectory();

  beforeAll(async () => {
    server = await startSshd(keys, `${process.execPath} ${PROGRAM} scan --stdin-policy --no-progress`);
  });

  afterAll(() => server.stop());

  beforeEach(() => {
    here = box();
    chmodSync(here.directory, 0o755);
    for (const name of ['bin', 'etc', 'log']) mkdirSync(inTree(name), { recursive: true });
    writeFileSync(inTree('bin', 'tool'), 'tool\n', { mode: 0o755 });
    writeFileSync(inTree('etc', 'conf'), 'conf\n', { mode: 0o644 });
    writeFileSync(inTree('etc', 'doomed'), 'doomed\n');
    writeFileSync(odd('line\nbreak \xff \\ end '), 'odd\n');
    symlinkSync('conf', inTree('etc', 'link'));
    writeFileSync(inTree('log', 'mail.log'), 'first\n');
    here.policyText(
      `version: 1
digests: [sha256, xxh64]
rules:
  - { name: Tree, severity: high, paths: ['${inTree()}'], watch: read-only }
  - { name: Link, paths: ['${inTree('etc', 'link')}'], watch: config }
  - { name: Logs, paths: ['${inTree('log')}'], watch: append-only }
  - { name: Conf, paths: ['${inTree('etc', 'conf')}'], watch: config, require: { owner: '${process.getuid?.()}', mode: '0644' } }
`,
    );
    expect(here.run(['init']).code).toBe(0);
  });

  test('is clean when nothing changed, and names the host that was examined', () => {
    const report = here.check(over());
    expect(report.exitCode).toBe(0);
    expect(report.host).toBe(here.check().host);
    expect(report.summary.examined).toBeGreaterThan(8);
    expect(report.notes.join('\n')).toContain('examined over ssh at examined');
  });

  test('finds what a check on the host itself finds, names of any bytes and violated requirements included', () => {
    writeFileSync(inTree('bin', 'new'), 'new\n', { mode: 0o755 });
    chmodSync(inTree('bin', 'new'), 0o4755);
    writeFileSync(inTree('etc', 'conf'), 'other\n');
    chmodSync(inTree('etc', 'conf'), 0o666);
    rmSync(inTree('etc', 'doomed'));
    writeFileSync(odd('new\x1b[31m \xfe\\'), 'odd\n');
    writeFileSync(odd('line\nbreak \xff \\ end '), 'odder\n');
    const there = here.check(over());
    expect(there.exitCode).toBe(1 + 2 + 4 + 8);
    expect(findingsOf(there)).toEqual(findingsOf(here.check()));
  });

  test('examines only what --paths covers', () => {
    writeFileSync(inTree('bin', 'new'), 'new\n');
    writeFileSync(inTree('etc', 'new'), 'new\n');
    const report = here.check([...over(), '--paths', inTree('etc')]);
    expect(report.changes.filter(({ consequence }) => consequence !== true).map(({ path }) => path)).toEqual([
      inTree('etc', 'new'),
    ]);
  });

  test('accepts a log that has grown', () => {
    appendFileSync(inTree('log', 'mail.log'), 'second\n');
    expect(here.check(over())).toMatchObject({ exitCode: 0, changes: [] });
  });

  test('sees a log whose recorded bytes were changed although it has grown', () => {
    writeFileSync(inTree('log', 'mail.log'), 'fIrst\nsecond\n');
    const report = here.check(over());
    expect(report.changes).toMatchObject([{ path: inTree('log', 'mail.log'), flags: ['rewritten'] }]);
    expect(findingsOf(report)).toEqual(findingsOf(here.check()));
  });

  test('recognises a rotated log', () => {
    appendFileSync(inTree('log', 'mail.log'), 'second\n');
    renameSync(inTree('log', 'mail.log'), inTree('log', 'mail.log.1'));
    writeFileSync(inTree('log', 'mail.log'), 'fresh\n');
    const report = here.check(over());
    expect(report.changes).toContainEqual(
      expect.objectContaining({ kind: 'moved', path: inTree('log', 'mail.log.1'), from: inTree('log', 'mail.log') }),
    );
    expect(report.changes.flatMap(({ flags }) => flags)).toEqual([]);
    expect(findingsOf(report)).toEqual(findingsOf(here.check()));
  });

  test.skipIf(!isRoot())('is incomplete where the other side may not read (needs root to be less)', () => {
    chmodSync(inTree('bin'), 0o700);
    const nobody = '/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups';
    const report = here.check(over(`${nobody} ${OWN}`));
    expect(report.status).toBe('incomplete');
    expect(report.errors).toMatchObject([{ path: inTree('bin'), code: 'EACCES' }]);
    expect(report.changes.filter(({ kind }) => kind === 'removed')).toEqual([]);
  });

  test('reads the baseline from standard input, and gives the examined host neither it nor its seal', () => {
    const spy = script('spy', `env >'${here.beside('env')}'; tee '${here.beside('request')}' | ${OWN} "$@"`);
    const baseline = readFileSync(here.baseline);
    const outcome = here.run(['check', '--baseline', '-', '--history', here.beside('history.db'), ...over(spy)], {
      bare: true,
      input: baseline,
    });
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    const reader = BaselineReader.open(baseline);
    const digest = [...reader.entries()].find(({ path }) => path.endsWith('/tool'))?.record.subarray(-32);
    const told = readFileSync(here.beside('request'), 'utf8');
    expect(told).toContain('Conf');
    expect(told).not.toContain(reader.seal);
    expect(told).not.toContain(Buffer.from(digest ?? '').toString('hex'));
    expect(readFileSync(here.beside('env'), 'utf8')).not.toContain('INTEG_');
    reader.close();
  });

  test('examines another root there', () => {
    const other = here.beside('other');
    mkdirSync(other);
    execFileSync('/bin/cp', ['-a', '--parents', inTree(), other], { cwd: '/' });
    writeFileSync(join(other, inTree('etc', 'conf')), 'changed\n');
    const report = here.check(['--root', other, ...over()]);
    expect(report.changes.map(({ path }) => path)).toContain(inTree('etc', 'conf'));
    expect(report.errors).toEqual([]);
  });

  test('needs a key for no more than the scan, whatever command it asks for', () => {
    expect(here.check(over(`touch '${here.beside('ran')}'; integ`, 'restricted')).exitCode).toBe(0);
    expect(existsSync(here.beside('ran'))).toBe(false);
  });

  test('says when integ is missing there', () => {
    expectRefusal(
      here.run(['check', ...over('/nonexistent/integ')]),
      /\/nonexistent\/integ is not found there.*--remote-command/,
    );
  });

  test('says when integ there is of another version, and names both', () => {
    const other = here.beside('other-version');
    for (const part of ['bin', 'dist', 'policies'])
      cpSync(join(REPOSITORY, part), join(other, part), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules'), join(other, 'node_modules'));
    const manifest: unknown = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    writeFileSync(join(other, 'package.json'), JSON.stringify({ ...(manifest as object), version: '99.0.1' }));
    const outcome = here.run(['check', ...over(`'${process.execPath}' '${other}/bin/integ.js'`)]);
    expectRefusal(outcome, /examined has integ 99\.0\.1, and this is integ \d+\.\d+\.\d+ \(hint: .*same version/);
  });

  test('refuses a host whose key nobody knows, without a question', () => {
    expectRefusal(here.run(['check', ...over(OWN, 'stranger')]), /Host key verification failed/);
  });

  test('runs nothing for a host that is an option of ssh', () => {
    const outcome = here.run([
      'check',
      `--host=-oProxyCommand=touch ${here.beside('ran')}`,
      '--ssh-config',
      server.config,
    ]);
    expect(outcome.code).toBe(64);
    expect(outcome.stderr).toContain('not [user@]host');
    expect(existsSync(here.beside('ran'))).toBe(false);
  });

  describe('never believes', () => {
    let lines: string[];

    beforeEach(() => {
      const record = script('record', `${OWN} "$@" | tee '${here.beside('scan')}'`);
      expect(here.run(['check', ...over(record)]).code).toBe(0);
      lines = readFileSync(here.beside('scan'), 'utf8').trimEnd().split('\n');
    });

    /** A check of a host that sends these lines instead of a scan. */
    function checkOf(forged: readonly string[], ending = 'exit 0') {
      writeFileSync(here.beside('forged'), forged.map((line) => `${line}\n`).join(''));
      return here.run([
        'check',
        ...over(script('forger', `cat '${here.beside('forged')}'; cat >/dev/null; ${ending}`)),
      ]);
    }

    test('a scan that was cut off, between lines or within one', () => {
      expectRefusal(checkOf(lines.slice(0, -1)), /the connection ended before the scan did/);
      const cut = script('cut', `head -c 900 '${here.beside('scan')}'`);
      expectRefusal(here.run(['check', ...over(cut)]), /the connection ended before the scan did/);
    });

    test('a connection that broke although everything had come', () => {
      expectRefusal(checkOf(lines, 'kill -9 $PPID'), /connection to examined failed|ended with/);
    });

    test('a program that failed although everything had come', () => {
      expectRefusal(checkOf(lines, 'echo broken >&2; exit 3'), /ended with exit code 3: broken/);
    });

    test('a greeting of the log-in shell, and says where it comes from', () => {
      expectRefusal(checkOf(['Welcome to mail1!', ...lines]), /line 1: it is not JSON.*shell profile/);
    });

    test('an object that comes twice', () => {
      const [header = '', ...rest] = lines;
      const summary = rest.pop() ?? '';
      const tool = rest.find((line) => line.includes('/tool"')) ?? '';
      const entry = JSON.stringify({ ...(JSON.parse(tool) as object), path: inTree('bin', 'new') });
      const more = summary.replace(/"examined":(\d+)/, (_, count: string) => `"examined":${Number(count) + 2}`);
      expectRefusal(checkOf([header, ...rest, entry, entry, more]), /an object comes twice/);
    });

    test('an object that the policy does not select, or by another rule', () => {
      const [header = '', ...rest] = lines;
      const tool = JSON.parse(rest.find((line) => line.includes('/tool"')) ?? '') as { readonly rule: number };
      for (const forged of [
        { ...tool, path: '/elsewhere' },
        { ...tool, rule: tool.rule + 1 },
      ]) {
        expectRefusal(checkOf([header, JSON.stringify(forged), ...rest]), /is not what the rule selects/);
      }
    });

    test('a line without end', () => {
      expectRefusal(here.run(['check', ...over(script('endless', 'cat /dev/zero'))]), /longer than \d+ bytes/);
    });

    test('control characters meant for the terminal', () => {
      const hostile = '\x1b]0;owned\x07';
      const header = JSON.stringify({ ...(JSON.parse(lines[0] ?? '') as object), host: hostile });
      expectRefusal(checkOf([header, ...lines.slice(1)]), /cannot be printed/);
      const words = here.run(['check', ...over(script('shouter', `printf '\\033]0;owned\\007' >&2; exit 3`))]);
      expect(words.stderr).not.toContain('\x1b');
      expectRefusal(words, /exit code 3/);
    });
  });
});

describe('integ scan', () => {
  beforeEach(() => {
    here = box();
    mkdirSync(inTree('etc'), { recursive: true });
    mkdirSync(here.beside('elsewhere'));
    for (let index = 0; index < 50; index += 1) writeFileSync(inTree('etc', `file${index}`), `content ${index}`);
    writeFileSync(odd('line\nbreak \xff \\ end '), 'odd\n');
    writeFileSync(here.beside('elsewhere', 'file'), 'x');
    symlinkSync('elsewhere', here.beside('linked'));
    here.policyText(
      `version: 1\nrules:\n  - { name: Tree, paths: ['${inTree()}', '${here.beside('linked')}'], watch: all }\n`,
    );
  });

  function linesOf(text: string): Record<string, unknown>[] {
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  test('prints exactly what a baseline would hold, then a summary', () => {
    expect(here.run(['init']).code).toBe(0);
    const outcome = here.run(['scan']);
    expect(outcome.code).toBe(0);
    const [header, ...lines] = linesOf(outcome.stdout);
    const summary = lines.pop();
    expect(header).toMatchObject({ schema: 'integ-scan/1', root: '/', rules: ['Tree', 'Tree'] });
    const printed = lines.map(({ path, pathBase64: exact, rule, record }) => {
      const bytes = exact === undefined ? Buffer.from(String(path)).toString('base64') : exact;
      return `${String(bytes)} ${String(rule)} ${withoutAccessTime(Buffer.from(String(record), 'base64'))}`;
    });
    const baseline = BaselineReader.open(here.baseline);
    const recorded = [...baseline.entries()].map(
      ({ path, rule, record }) => `${pathBase64(path)} ${rule} ${withoutAccessTime(record)}`,
    );
    baseline.close();
    expect(printed.sort()).toEqual(recorded.sort());
    expect(summary).toMatchObject({ summary: { examined: printed.length, failures: 0 } });
  });

  test('prints the attributes as text with --verbose', () => {
    const lines = linesOf(here.run(['scan', '--verbose']).stdout);
    expect(lines).toContainEqual(
      expect.objectContaining({
        path: inTree('etc', 'file7'),
        type: 'file',
        attributes: expect.objectContaining({ mode: expect.stringMatching(/^0[0-7]{3}$/), size: '9' }),
      }),
    );
  });

  test('needs no baseline and leaves nothing behind', () => {
    expect(here.run(['scan']).code).toBe(0);
    expect(readdirSync(here.state)).toEqual([]);
  });

  test('says what is wrong with a request', () => {
    for (const [request, words] of [
      ['', /not JSON/],
      ['[]', /not an object/],
      ['{"schema":"integ-scan-request/1","version":"0.0.1"}', /integ 0\.0\.1 asks for a scan, and this is integ/],
      ['{"schema":"other"}', /no request for a scan/],
    ] as const) {
      const outcome = here.run(['scan', '--stdin-policy'], { bare: true, input: request });
      expect(outcome.stderr).toMatch(words);
      expect([64, 74]).toContain(outcome.code);
    }
  });

  test('takes no request that is longer than any', () => {
    const shell = `head -c 70M /dev/zero | ${OWN} scan --stdin-policy`;
    const { status, stdout, stderr } = spawnSync('/bin/bash', ['-c', shell], { encoding: 'utf8' });
    expectFailure({ code: status ?? -1, stdout, stderr }, 64, /the request on standard input is longer than \d+ bytes/);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('that waits for a request which does not come is ended by %s', async (signal, code) => {
    const run = here.start(['scan', '--stdin-policy', '--verbose']);
    await until(() => handlesSignals(run.pid), 'it has handlers for signals');
    // Time to come to where it waits.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    run.kill(signal);
    expect((await run.ended).code).toBe(code);
  });

  test('stops when nobody reads any more, and does not call that a success', () => {
    const shell = `'${process.execPath}' '${PROGRAM}' scan --policy '${here.policyFile}'; echo "code $?" >&2`;
    const result = spawnSync('/bin/bash', ['-c', `{ ${shell}; } | true`], { encoding: 'utf8' });
    expect(result.stderr).toMatch(/^code (0|16)$/m);
    expect(result.stderr).not.toContain('internal error');
  });
});

/** Whether a process catches SIGTERM, by the mask in proc_pid_status(5). */
function handlesSignals(pid: number | undefined): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & (1n << 14n)) !== 0n;
}

/**
 * Reading directories and files changes their time of access, which `watch: all` records as the last time but btime.
 */
function withoutAccessTime(record: Uint8Array): string {
  const bytes = Buffer.from(record);
  const hasBirthTime = (bytes.readUInt32LE(0) & 4) !== 0;
  const hasAccessTime = (bytes.readUInt32LE(0) & 8) !== 0;
  if (hasAccessTime) bytes.fill(0, hasBirthTime ? 90 : 78, hasBirthTime ? 102 : 90);
  return bytes.toString('base64');
}
