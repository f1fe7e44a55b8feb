/** What a configuration manager does again and again: the second time nothing changes, and integ says so. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Box, box, digestOf, expectFailure, type Outcome, sealOf } from '../support/integ.ts';
import { AS_NOBODY, isRoot, NOBODY } from '../support/privileges.ts';
import { works } from '../support/programs.ts';

/** A box with a file in its tree, and no baseline. */
function withTree(): Box {
  const given = box();
  given.file('a');
  return given;
}

function expectNothingToDo(outcome: Outcome, what: RegExp): void {
  expect(outcome.stdout).toMatch(what);
  expect(outcome.stdout).toMatch(/^Nothing to do: /);
  expect(outcome.code).toBe(0);
}

describe('policy check, a second time,', () => {
  test('says the same and leaves everything as it was', () => {
    const given = withTree();
    const first = given.run(['policy', 'check', given.policyFile], { bare: true });
    expect(first.code).toBe(0);
    expect(given.run(['policy', 'check', given.policyFile], { bare: true })).toEqual(first);
    given.policy('watch: read-onyl');
    expect(given.run(['policy', 'check', given.policyFile], { bare: true }).code).toBe(78);
  });
});

describe('init, a second time,', () => {
  test('refuses with 73, and with --once has nothing to do', () => {
    const given = withTree();
    const seal = sealOf(given.init('--once'));
    const before = digestOf(given.baseline);
    expectFailure(given.run(['init']), 73, /there is a baseline already/);
    const again = given.run(['init', '--once']);
    expectNothingToDo(again, /a baseline is in force: .*baseline\.db, sequence 1\n {2}seal {2}[0-9a-f]{64}\n$/);
    expect(again.stdout).toContain(seal);
    expect(digestOf(given.baseline)).toBe(before);
  });

  test('makes none with --once where one was in force and is gone', () => {
    const given = withTree();
    const seal = given.seal();
    rmSync(given.baseline);
    const outcome = given.run(['init', '--once']);
    expectFailure(
      outcome,
      66,
      /there is no baseline .* any more: the history knows sequence 1.*find out who removed it/,
    );
    expect(outcome.stderr).toContain(seal);
    expect(existsSync(given.baseline)).toBe(false);
    expect(given.run(['init', '--force']).stdout).toMatch(/sequence {2}2/);
  });

  test('does not take with --once what is damaged, went back, or came into force on another host', () => {
    const given = withTree();
    given.init();
    const first = readFileSync(given.baseline);
    given.append('a', 'more');
    given.check();
    given.run(['accept', '--all', '--reason', 'more']);
    const second = readFileSync(given.baseline);
    writeFileSync(given.baseline, first);
    expectFailure(given.run(['init', '--once']), 65, /went back/);
    writeFileSync(given.baseline, second.subarray(0, -1));
    expectFailure(given.run(['init', '--once']), 65, /baseline/);
    // As in an image of a system from which other hosts are made.
    const clone = withTree();
    clone.policyText(readFileSync(given.policyFile, 'utf8'));
    writeFileSync(clone.baseline, second, { mode: 0o600 });
    expectFailure(clone.run(['init', '--once']), 65, /not known here/);
  });

  test.skipIf(isRoot() && !works('setpriv', '--version'))(
    'says with --once that the baseline is still incomplete',
    () => {
      const given = withTree();
      given.file('secret', 'x', 0o000);
      if (isRoot()) {
        given.give(NOBODY);
        given.under = AS_NOBODY;
      }
      expect(given.run(['init', '--once']).code).toBe(16);
      const again = given.run(['init', '--once']);
      expect(again.stdout).toMatch(/^Nothing to do: .* sequence 1, INCOMPLETE: 1 could not be examined\n/);
      expect(again.code).toBe(16);
    },
  );

  test('takes only one of --once and --force', () => {
    expectFailure(withTree().run(['init', '--once', '--force']), 64, /cannot be used with/);
  });
});

describe('accept, a second time,', () => {
  test('has nothing to do with the report that it was given, and writes no generation', () => {
    const given = withTree();
    given.init();
    given.append('a', 'more');
    const { id } = given.check();
    const accept = () => given.run(['accept', id, '--all', '--reason', 'more']);
    expect(accept().stdout).toMatch(/^Generation 2 is in force/);
    const before = digestOf(given.baseline);
    expectNothingToDo(accept(), new RegExp(`sequence 2 holds all that was chosen from report ${id} already\n$`));
    expect(digestOf(given.baseline)).toBe(before);
    expect(given.check().exitCode).toBe(0);
  });

  test('is refused when the newest report has nothing to accept, or nothing of what is named', () => {
    const given = withTree();
    given.init();
    given.check();
    expectFailure(given.run(['accept', '--all', '--reason', 'x']), 64, /no findings that can be accepted/);
    given.append('a', 'more');
    const { id } = given.check();
    expectFailure(given.run(['accept', id, '--path', '/b', '--reason', 'x']), 64, /matches no finding/);
  });
});

describe('policy update, a second time,', () => {
  test('has nothing to do', () => {
    const given = withTree();
    given.init();
    given.policy('watch: config');
    const update = () => given.run(['policy', 'update', '--reason', 'quieter']);
    expect(update().stdout).toMatch(/^Generation 2 is in force/);
    expectNothingToDo(update(), /the policy is in force already/);
  });
});

describe.skipIf(!isRoot())('schedule install, a second time,', () => {
  /** A system that is not running, and how its nightly check is installed. */
  function notRunning(): { readonly root: string; readonly install: (...args: readonly string[]) => Outcome } {
    const given = box();
    const root = given.beside('host');
    for (const directory of ['etc/systemd/system', 'etc/cron.d']) mkdirSync(join(root, directory), { recursive: true });
    return { root, install: (...args) => given.run(['schedule', 'install', '--root', root, ...args]) };
  }

  test.each(['--systemd', '--cron'])('has nothing to do with %s, and writes what is to be another', (scheduler) => {
    const { install } = notRunning();
    expect(install(scheduler).stdout).toMatch(/\nWritten: .* every day at 02:30\.\n/);
    expectNothingToDo(install(scheduler), /runs the check every day at 02:30 already/);
    expect(install(scheduler, '--at', '4:00').stdout).toMatch(/\nWritten: .* every day at 04:00\.\n/);
  });

  test('tells with --dry-run whether there is something to do, and writes nothing', () => {
    const { root, install } = notRunning();
    const file = join(root, 'etc/cron.d/integ');
    const wanted = install('--cron', '--dry-run');
    expect(wanted).toMatchObject({ code: 0, stderr: '' });
    expect(wanted.stdout).toMatch(
      /\nNothing was written\. Without --dry-run cron runs the check every day at 02:30\.\n$/,
    );
    expect(existsSync(file)).toBe(false);
    install('--cron');
    expect(wanted.stdout).toContain(readFileSync(file, 'utf8'));
    expectNothingToDo(install('--cron', '--dry-run'), /02:30 already/);
    writeFileSync(file, '# somebody else\n');
    expectFailure(install('--cron', '--dry-run'), 73, /was not written by integ/);
  });

  test('still ends a check of the other kind', () => {
    const { root, install } = notRunning();
    const file = join(root, 'etc/cron.d/integ');
    install('--cron');
    copyFileSync(file, `${root}/kept`);
    install('--systemd');
    copyFileSync(`${root}/kept`, file);
    expect(install('--systemd').stdout).toMatch(/\nWritten: systemd/);
    expect(existsSync(file)).toBe(false);
    expectNothingToDo(install('--systemd'), /^Nothing/);
  });

  test.skipIf(!works('unshare', '--mount', 'true') || !existsSync('/usr/bin/systemctl'))(
    'tries again where systemd did not take the units, which was a failure (needs systemctl)',
    () => {
      const given = box();
      // systemctl finds a directory that says that systemd runs, and nobody behind it.
      const script =
        'mount -t tmpfs none /run && mkdir -p /run/systemd/system && mount --bind "$0" /etc/systemd/system && exec "$@"';
      const units = given.directoryAt('units');
      const under = ['unshare', '--mount', 'sh', '-c', script, units];
      for (let time = 0; time < 2; time += 1) {
        const outcome = given.run(['schedule', 'install', '--systemd'], { under });
        expect(outcome.stderr).toMatch(
          /integ: the files are written, and systemd does not run the check: systemctl .*\n$/,
        );
        expect(outcome.stdout).toMatch(/^--- \/etc\/systemd\/system\/integ-check\.service\n/);
        expect(outcome.code).toBe(74);
      }
      expect(readFileSync(join(units, 'integ-check.timer'), 'utf8')).toContain('OnCalendar=');
    },
  );
});
