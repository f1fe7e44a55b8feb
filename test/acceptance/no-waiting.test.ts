/** Names under which something waits that never ends, wherever integ reads a small file: it says so and ends. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Box, box, expectFailure, type Outcome, type RunOptions } from '../support/integ.ts';
import { tool, works } from '../support/programs.ts';

/** Hanging is the defect: a run that does not end is killed, and has no code that a test expects. */
const BOUNDED = ['timeout', '--signal=KILL', '60'];

function run(it: Box, args: readonly string[], options: RunOptions = {}): Outcome {
  return it.run(args, { under: BOUNDED, ...options });
}

/**
 * What is put in the place of a file: nobody ever writes into the fifo, and the device, that of /dev/zero, has no end.
 */
const ENDLESS: readonly (readonly [what: string, program: readonly [string, ...string[]]])[] = [
  ['a fifo', ['mkfifo', '--mode=600']],
  ...(works('sh', '-c', 'd=$(mktemp -d) && mknod "$d/zero" c 1 5; e=$?; rm -r "$d"; exit $e')
    ? [['a device', ['mknod', '--mode=600']] as const]
    : []),
];

function initialized(...notify: readonly string[]): Box {
  const it = box();
  it.file('house');
  const lines = notify.length === 0 ? '' : `notify:\n${notify.map((line) => `  ${line}\n`).join('')}`;
  it.policyText(`version: 1\nname: test\nrules: [{ name: tree, paths: ['${it.tree}'] }]\n${lines}`);
  it.init();
  return it;
}

describe.each(ENDLESS)('%s', (what, [program, mode = '']) => {
  const instead = (file: string): void => {
    rmSync(file, { force: true });
    mkdirSync(dirname(file), { recursive: true });
    tool(program, mode, file, ...(what === 'a device' ? ['c', '1', '5'] : []));
  };

  test('as a policy is refused', () => {
    const it = box();
    instead(it.policyFile);
    expectFailure(run(it, ['policy', 'check']), 78, /policy .*policy\.yaml: it is a .*, not a regular file \(hint: /);
    expectFailure(run(it, ['init']), 78, /not a regular file/);
  });

  test('as an include is a mistake at its place in the policy', () => {
    const it = box();
    instead(it.beside('more.yaml'));
    it.policyText(`version: 1\ninclude: [more.yaml]\nrules: [{ name: tree, paths: ['${it.tree}'] }]\n`);
    const outcome = run(it, ['policy', 'check']);
    expect(outcome.code).toBe(78);
    expect(outcome.stderr).toMatch(/policy\.yaml:2:11: cannot include 'more\.yaml': .*not a regular file/);
  });

  test('where the policy was that a baseline was made from leaves the check as it is, with a warning', () => {
    const it = initialized();
    instead(it.policyFile);
    const outcome = run(it, ['check', '--baseline', it.baseline], { bare: true });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/WARNING: the policy file is not the policy in the baseline/);
  });

  test('as a list of signers is refused', () => {
    const it = initialized();
    instead(it.beside('signers'));
    expectFailure(run(it, ['check', '--signers', it.beside('signers')]), 74, /list of signers .*not a regular file/);
  });

  test('as a key or a signature is refused', () => {
    const it = initialized();
    instead(it.beside('key'));
    expectFailure(run(it, ['baseline', 'sign', '--key', it.beside('key')]), 74, /key .*not a regular file/);
    expectFailure(run(it, ['baseline', 'sign', '--signature', it.beside('key')]), 74, /signature .*not a regular/);
  });

  test('as a baseline is refused', () => {
    const it = initialized();
    instead(it.baseline);
    expectFailure(run(it, ['check']), 65, /not a regular file/);
    expectFailure(run(it, ['baseline', 'export', it.beside('copy')]), 65, /not a regular file/);
  });

  test('as a history makes the check incomplete, and is written by nothing', () => {
    const it = initialized();
    instead(it.beside('history'));
    const outcome = run(it, ['check', '--history', it.beside('history')]);
    expect(outcome.code & 16).toBe(16);
    expect(outcome.stderr).toMatch(/not a regular file/);
    expectFailure(run(it, ['report', 'list', '--history', it.beside('history')]), 65, /not a regular file/);
  });

  test('as the lock of a baseline is refused', () => {
    const it = box();
    it.file('house');
    instead(`${it.baseline}.lock`);
    const outcome = run(it, ['init'], { mayLeave: true });
    expectFailure(outcome, 73, /cannot lock .*\.lock/);
  });

  test('as a secret or a list of authorities keeps each message in the outbox', () => {
    const secret = '$BOX/secret';
    const smtp = 'to: [root], transport: smtp, smtp: { host: 127.0.0.1, port: 9';
    for (const lines of [
      [
        `webhook: { url: 'https://127.0.0.1:9/', ca: ${secret} }`,
        `email: { ${smtp}, user: me, password: { file: ${secret} } } }`,
        `syslog: { server: 'tls://127.0.0.1:9', ca: ${secret} }`,
      ],
      [`webhook: { url: 'https://127.0.0.1:9/', secret: { file: ${secret} } }`, `email: { ${smtp}, ca: ${secret} } }`],
    ]) {
      const it = box();
      it.file('house');
      const notify = lines.map((line) => `  ${line.replaceAll('$BOX', it.directory)}\n`).join('');
      it.policyText(`version: 1\nrules: [{ name: tree, paths: ['${it.tree}'] }]\nnotify:\n${notify}`);
      it.init();
      instead(it.beside('secret'));
      it.append('house', 'changed\n');
      const outcome = run(it, ['check']);
      expect(outcome.code).toBe(69);
      for (const line of lines) {
        const [channel = ''] = line.split(':');
        expect(outcome.stderr).toMatch(new RegExp(`${channel}.*not a regular file`));
      }
      expect(run(it, ['notify', 'queue']).stdout).toContain(`${lines.length} messages wait`);
    }
  });

  test('in the outbox is set aside', () => {
    const it = initialized();
    mkdirSync(`${it.baseline}.outbox`, { mode: 0o700 });
    instead(`${it.baseline}.outbox/${'0'.repeat(32)}.message`);
    const outcome = run(it, ['notify', 'queue']);
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringMatching(/set aside.*not a regular file/) });
  });

  test('in the configuration of AIDE or as a policy of Tripwire is refused', () => {
    const it = box();
    instead(it.beside('endless'));
    writeFileSync(it.beside('aide.conf'), `@@include ${it.beside('endless')}\n/etc p\n`);
    writeFileSync(it.beside('more.conf'), `@@x_include ${it.beside('endless')}\n/etc p\n`);
    for (const [from, file] of [
      ['aide', 'aide.conf'],
      ['aide', 'more.conf'],
      ['aide', 'endless'],
      ['tripwire', 'endless'],
    ] as const) {
      const outcome = run(it, ['policy', 'import', '--from', from, it.beside(file)], { bare: true });
      expect(outcome.stderr, file).toMatch(/^integ: .*not a regular file[^\n]*\n$/);
      expect(outcome.code, file).toBeGreaterThan(63);
    }
  });

  test('in the place of system files of an examined root is looked past', () => {
    const it = box();
    const root = it.beside('root');
    for (const file of ['etc/os-release', 'etc/passwd', 'etc/group', 'var/lib/dpkg/status', 'lib/apk/db/installed']) {
      instead(`${root}/${file}`);
    }
    it.policyText('version: 1\nrules: [{ paths: [/etc] }]\n');
    expect(run(it, ['init', '--root', root]).code).toBe(0);
    expect(run(it, ['policy', 'new', '--root', root], { bare: true }).code).toBe(0);
    instead(`${root}/etc/cron.d/integ`);
    const shown = run(it, ['schedule', 'show', '--cron', '--root', root]);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('was not written by integ') });
  });

  test('is not digested by integ hash', () => {
    const it = box();
    instead(it.beside('endless'));
    expectFailure(run(it, ['hash', it.beside('endless')], { bare: true }), 74, /not a regular file \(hint: .*hash -\)/);
  });
});

test.skipIf(!works('bash', '-c', ':'))('a policy through a pipe is refused in one line that says what to do', () => {
  const it = box();
  it.file('house');
  const text = readFileSync(it.policyFile, 'utf8');
  const outcome = run(it, ['policy', 'check', '/dev/stdin'], { input: text });
  expectFailure(outcome, 78, /it is .*not a regular file \(hint: write its text into a regular file and name that\)/);
});
