/** Several schedules, what keeps a scheduled check from running, and who hears of one that could not begin. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Box, box, expectFailure, type Outcome, REPOSITORY } from '../support/integ.ts';
import { mailbox, noMailer, withMailer } from '../support/local-mailer.ts';
import { isRoot } from '../support/privileges.ts';
import { webhookServer } from '../support/webhook-server.ts';

const execFileAsync = promisify(execFile);
const UNITS = 'etc/systemd/system';
const mayMount =
  isRoot() && spawnSync('/usr/bin/unshare', ['-m', '/bin/mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** A system that has both schedulers, below a directory. */
function hostIn(it: Box): string {
  const root = it.beside('host');
  for (const directory of ['run/systemd/system', UNITS, 'etc/cron.d'])
    mkdirSync(join(root, directory), { recursive: true });
  return root;
}

test.skipIf(!isRoot())(
  'schedules of several names stand beside each other, each with files of its own (needs root)',
  () => {
    const it = box();
    const root = hostIn(it);
    const schedule = (...args: readonly string[]): Outcome => it.run(['schedule', ...args, '--root', root]);
    expect(schedule('install')).toMatchObject({ code: 0 });
    expect(schedule('install', '--name', 'web', '--at', '4:00')).toMatchObject({ code: 0 });
    expect(schedule('install', '--name', 'db', '--cron', '--at', '5:00')).toMatchObject({ code: 0 });
    const files = (directory: string) => readdirSync(join(root, directory)).sort();
    const units = ['integ-check.service', 'integ-check.timer', 'integ-failed.service'];
    const ofWeb = ['integ-check-web.service', 'integ-check-web.timer', 'integ-failed-web.service'];
    expect(files(UNITS)).toEqual([...units, ...ofWeb, 'timers.target.wants'].sort());
    expect(files(join(UNITS, 'timers.target.wants'))).toEqual(['integ-check-web.timer', 'integ-check.timer']);
    expect(files('etc/cron.d')).toEqual(['integ-db']);
    const service = readFileSync(join(root, UNITS, 'integ-check-web.service'), 'utf8');
    expect(service).toMatch(/^OnFailure=integ-failed-web\.service$/m);
    const { stdout } = schedule('show');
    for (const line of [
      'the check every day at 02:30',
      'the check web every day at 04:00',
      'cron runs the check db every day at 05:00',
    ]) {
      expect(stdout).toContain(line);
    }
    expect(schedule('show', '--name', 'web').stdout).not.toContain('02:30');
    // The other kind of schedule ends for this name alone.
    schedule('install', '--name', 'web', '--cron');
    expect(files(UNITS)).toEqual([...units, 'timers.target.wants']);
    expect(files('etc/cron.d')).toEqual(['integ-db', 'integ-web']);
    expect(schedule('remove', '--name', 'db').code).toBe(0);
    expect(files('etc/cron.d')).toEqual(['integ-web']);
    for (const name of ['../x', 'a b', 'a.b', '-a', '', 'x'.repeat(40)]) {
      expectFailure(schedule('install', `--name=${name}`), 64, /letters, digits/);
    }
  },
);

/** Integ where /etc/cron.d and /home are empty and its own, and the checkout lies in a home too. */
const ALONE = [
  '/usr/bin/unshare',
  ...['-m', '--propagation', 'private', '/bin/sh', '-c'],
  `set -e; mount -t tmpfs tmpfs /home; mkdir -p /home/ann/integ /etc/cron.d; mount --bind ${REPOSITORY} /home/ann/integ; mount -t tmpfs tmpfs /etc/cron.d; exec "$@"`,
  'sh',
];

describe.skipIf(!mayMount)('on this very system (needs root and the right to mount)', () => {
  test.each(['root', 'nobody at all'])('show --cron prints what install writes where %s gets mail', (who) => {
    const it = box();
    it.file('house');
    const notify = who === 'root' ? 'notify: { email: { to: [root] } }\n' : '';
    it.policyText(`version: 1\nname: test\nrules: [{ name: tree, paths: ['${it.tree}'] }]\n${notify}`);
    it.init();
    it.under = ALONE;
    const shown = it.run(['schedule', 'show', '--cron', '--at', '4:07']).stdout;
    const installed = it.run(['schedule', 'install', '--cron', '--at', '4:07']).stdout;
    const [file = expect.fail(installed)] = /^--- \/etc\/cron\.d\/integ\n[\s\S]*?^7 4 .*\n/m.exec(installed) ?? [];
    expect(shown).toContain(file);
    expect(file.includes('> /dev/null')).toBe(who === 'root');
  });

  test('show --cron prints what install writes although something else is installed', () => {
    const it = box();
    const root = hostIn(it);
    it.run(['schedule', 'install', '--root', root]);
    const shown = it.run(['schedule', 'show', '--cron', '--at', '4:07', '--root', root]).stdout;
    expect(shown).toMatch(/^integ schedule install --cron would write:\n\n--- .*\/etc\/cron\.d\/integ\n/);
    expect(shown).toMatch(/^7 4 \* \* \* root /m);
    expect(shown).not.toContain('OnCalendar');
  });

  test('a schedule without its baseline, its policy or with a runtime in a home says so', () => {
    const it = box();
    it.file('house');
    it.init();
    const inHome = { under: ALONE, program: '/home/ann/integ/bin/integ.js' };
    const installed = it.run(['schedule', 'install', '--cron'], inHome);
    expect(installed.code).toBe(0);
    expect(installed.stderr).toMatch(
      /warning: \/home\/ann\/integ\/bin\/integ\.js, which root will run every night, lies below \/home/,
    );
    const both = `"$@" >/dev/null 2>&1; rm -f '${it.policyFile}' '${it.baseline}'; exec '${it.node}' '${REPOSITORY}bin/integ.js' schedule show`;
    const shown = it.run(['schedule', 'install', '--cron'], { under: [...ALONE, '/bin/sh', '-c', both, 'sh'] });
    expect(shown.stdout).toMatch(
      new RegExp(`^WARNING: there is no baseline ${it.baseline}: integ init makes it$`, 'm'),
    );
    expect(shown.stdout).toMatch(new RegExp(`^WARNING: there is no policy ${it.policyFile}: `, 'm'));
    it.policy('watch: read-only');
    rmSync(it.policyFile);
    expect(it.run(['schedule', 'install', '--cron', '--dry-run'], { under: ALONE }).stderr).toContain(
      'there is no policy',
    );
  });
});

/** The words of ExecStart= as systemd hands them to the program. */
function wordsOf(unit: string): readonly string[] {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) =>
    word
      .replaceAll(/\\(["\\])/g, '$1')
      .replaceAll('%%', '%')
      .replaceAll('$$', '$'),
  );
}

describe.skipIf(!isRoot())('a check that could not begin (needs root)', () => {
  /** The unit for failures of a box whose policy tells a web server. */
  function unitOf(it: Box, notify: string): readonly string[] {
    const root = hostIn(it);
    it.file('house');
    it.policyText(`version: 1\nname: test\nrules: [{ name: tree, paths: ['${it.tree}'] }]\nnotify: ${notify}\n`);
    it.init();
    expect(it.run(['schedule', 'install', '--root', root]).code).toBe(0);
    return wordsOf(readFileSync(join(root, UNITS, 'integ-failed.service'), 'utf8'));
  }

  const monitored = (result: string, code: string, status: string) => ({
    MONITOR_UNIT: 'integ-check.service',
    MONITOR_SERVICE_RESULT: result,
    MONITOR_EXIT_CODE: code,
    MONITOR_EXIT_STATUS: status,
  });

  test.each([
    ['exit-code', 'exited', '203', true],
    ['exit-code', '', '', true],
    ['oom-kill', 'killed', 'KILL', true],
    ['exit-code', 'exited', '64', true],
    ['exit-code', 'exited', '71', true],
    ['exit-code', 'exited', '16', false],
    ['exit-code', 'exited', '21', false],
    ['exit-code', 'exited', '66', false],
    ['success', 'exited', '0', false],
  ])('and ended with %s %s %s is told by the channels: %s', async (result, code, status, isTold) => {
    const hook = await webhookServer([200]);
    const it = box();
    const words = unitOf(it, `{ webhook: { url: '${hook.url}' } }`);
    const [program = '', ...parameters] = words;
    const env = { ...it.environment(), ...monitored(result, code, status) };
    // Throws when it does not end with 0.
    await execFileAsync(program, parameters, { env });
    expect(hook.received).toHaveLength(isTold ? 1 : 0);
    if (!isTold) return;
    const report = JSON.parse(String(hook.received[0]?.body)) as {
      readonly status: string;
      readonly errors: readonly { readonly message: string }[];
    };
    expect(report.status).toBe('incomplete');
    expect(report.errors[0]?.message).toContain(`integ-check.service ended without a report: ${result}`);
  });

  test('is no success of the unit where the script is gone, whatever Node.js ends with', () => {
    const it = box();
    const root = hostIn(it);
    it.run(['schedule', 'install', '--root', root]);
    const service = readFileSync(join(root, UNITS, 'integ-check.service'), 'utf8');
    const [, line = ''] = /^ExecStartPre=(.*)$/m.exec(service) ?? [];
    const [program = '', ...words] = wordsOf(`ExecStart=${line}`);
    expect(existsSync(words.at(-1) ?? '')).toBe(true);
    expect(spawnSync(program, words).status).toBe(0);
    expect(spawnSync(program, [...words.slice(0, -1), '/nowhere/integ.js']).status).toBe(71);
  });

  test.skipIf(noMailer)(
    `and an integ that cannot be started are told to root${noMailer === undefined ? '' : ` (${noMailer})`}`,
    () => {
      const it = box();
      const words = unitOf(it, '{ email: { to: [root] } }').map((word) => (word === it.node ? '/nowhere/node' : word));
      expect(words).toContain('/nowhere/node');
      // The mailer hands the mail over as another user.
      chmodSync(it.directory, 0o755);
      const { status } = withMailer(it.directory, 1, words, it.environment());
      expect(status).toBe(1);
      const [mail = ''] = mailbox(it.directory).map(String);
      expect(mail).toMatch(
        /^Subject: INCOMPLETE: the check of this system could not be made, and integ could not tell so \(status 127\)/m,
      );
    },
  );
});
