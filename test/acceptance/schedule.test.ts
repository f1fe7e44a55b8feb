import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packagedJob } from '../../src/app/schedule/job.ts';
import { serviceUnit, timerUnit } from '../../src/app/schedule/systemd.ts';
import { type Box, box, expectFailure, type Outcome, PROGRAM } from '../support/integ.ts';
import { AS_NOBODY, isRoot } from '../support/privileges.ts';
import { works } from '../support/programs.ts';

const SERVICE = 'etc/systemd/system/integ-check.service';
const TIMER = 'etc/systemd/system/integ-check.timer';
const FAILURE = 'etc/systemd/system/integ-failed.service';
const CRON = 'etc/cron.d/integ';
const ENABLED = 'etc/systemd/system/timers.target.wants/integ-check.timer';
const SHIPPED = 'usr/lib/systemd/system';

/** A system without anything but what schedulers leave for others. */
class Host {
  readonly box: Box = box();
  readonly root = join(this.box.directory, 'host');

  constructor(...directories: readonly string[]) {
    for (const directory of ['etc', ...directories]) mkdirSync(join(this.root, directory), { recursive: true });
  }

  schedule(...args: readonly string[]): Outcome {
    return this.box.run(['schedule', ...args, '--root', this.root]);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  /** All that is no directory. */
  files(): readonly string[] {
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1))
      .sort();
  }
}

const withSystemd = () => new Host('run/systemd/system', 'etc/systemd/system', 'etc/cron.d');
const withCron = () => new Host('etc/cron.d');

test.skipIf(isRoot() === false)(
  'where systemd runs, a timer is written and enabled, and removed without a trace',
  () => {
    const host = withSystemd();
    const shown = host.schedule('show', '--at', '3:05');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(host.files()).toEqual([]);

    const installed = host.schedule('install', '--at', '3:05', '--max-rate', '50M', '--deadline', '4h');
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    const link = 'etc/systemd/system/timers.target.wants/integ-check.timer';
    expect(host.files()).toEqual([SERVICE, TIMER, FAILURE, link]);
    expect(host.read(SERVICE)).toMatch(/^OnFailure=integ-failed\.service$/m);
    expect(readlinkSync(join(host.root, link))).toBe('/etc/systemd/system/integ-check.timer');
    expect(host.read(TIMER)).toMatch(/^OnCalendar=\*-\*-\* 03:05:00$/m);
    expect(host.read(TIMER)).toMatch(/^Persistent=true$/m);
    expect(host.read(SERVICE)).toMatch(
      /^ExecStart="\/.*" "check" "--unattended" "--max-rate" "52428800" "--deadline" "14400s"/m,
    );
    expect(host.read(SERVICE)).toMatch(/^IOSchedulingClass=idle$/m);
    expect(host.read(SERVICE)).not.toMatch(/^(Protect|Private|NoNewPrivileges|MemoryDeny)/m);
    expect(statSync(join(host.root, SERVICE)).mode & 0o777).toBe(0o644);
    // What was written is what was printed before.
    expect(installed.stdout).toContain(host.read(SERVICE));
    expect(installed.stdout).toContain(host.read(TIMER));
    expect(installed.stdout).toContain('integ accept --path');

    expect(host.schedule('show').stdout).toMatch(/^systemd runs the check every day at 03:05; next: \d{4}-/);
    expect(host.schedule('remove')).toMatchObject({ code: 0, stderr: '' });
    expect(host.files()).toEqual([]);
    expect(existsSync(join(host.root, 'etc/systemd/system/timers.target.wants'))).toBe(false);
    expect(host.schedule('remove').stdout).toBe('Nothing to do: no check is scheduled.\n');
  },
);

test.skipIf(isRoot() === false)('where only cron is, a file of cron is written; another time replaces it', () => {
  const host = withCron();
  host.schedule('install');
  expect(host.files()).toEqual([CRON]);
  expect(host.read(CRON)).toMatch(/^30 2 \* \* \* root \/.* check .*--nice$/m);
  const before = host.read(CRON);
  const again = host.schedule('install');
  expect(again.stdout).toBe('Nothing to do: cron runs the check every day at 02:30 already.\n');
  expect(host.read(CRON)).toBe(before);
  host.schedule('install', '--at', '23:59');
  expect(host.read(CRON)).toMatch(/^59 23 \* \* \* root /m);
  expect(host.schedule('show').stdout).toMatch(/^cron runs the check every day at 23:59; next: .*\n--- .*\n/);
});

test.skipIf(isRoot() === false)('one night has one check: the other kind of schedule ends', () => {
  const host = withSystemd();
  host.schedule('install', '--cron');
  const changed = host.schedule('install', '--systemd');
  expect(changed.stderr).toMatch(/removed: .*etc\/cron\.d\/integ/);
  expect(host.files()).not.toContain(CRON);
});

test.skipIf(isRoot() === false)('a file that somebody else wrote or edited is neither replaced nor removed', () => {
  const host = withCron();
  const theirs = '17 3 * * * root integ check\n';
  host.write(CRON, theirs);
  expectFailure(
    host.schedule('install'),
    73,
    /etc\/cron\.d\/integ was not written by integ, or was edited since.*--force/,
  );
  expectFailure(host.schedule('remove'), 73, /was not written by integ/);
  expect(host.read(CRON)).toBe(theirs);
  expect(host.schedule('show').stdout).toMatch(/etc\/cron\.d\/integ was not written by integ/);
  expect(host.schedule('install', '--force').code).toBe(0);
  host.write(CRON, host.read(CRON).replace('MAILTO=root', 'MAILTO=admins'));
  expectFailure(host.schedule('install', '--at', '4:00'), 73, /or was edited since/);
  expect(host.read(CRON)).toContain('MAILTO=admins');
  expect(host.schedule('remove', '--force').code).toBe(0);
  expect(host.files()).toEqual([]);
});

/** A system with units that a package brought, as `systemctl enable` leaves it. */
function withShippedTimer(): Host {
  const host = new Host('run/systemd/system', 'etc/systemd/system/timers.target.wants', 'etc/cron.d', SHIPPED);
  host.write(join(SHIPPED, 'integ-check.service'), serviceUnit(packagedJob()));
  host.write(join(SHIPPED, 'integ-check.timer'), timerUnit(packagedJob()));
  symlinkSync(`/${SHIPPED}/integ-check.timer`, join(host.root, ENABLED));
  return host;
}

test.skipIf(isRoot() === false)(
  'the timer that a package brought is shown when it is enabled, and can be ended',
  () => {
    const host = withShippedTimer();
    const shown = host.schedule('show');
    expect(shown.stdout).toMatch(/^systemd runs the check every day at 02:30, by the units of the package; next: /);
    expect(shown.stdout).toContain(`/${SHIPPED}/integ-check.service\n`);
    expect(host.schedule('remove').stdout).toBe('Disabled: the timer that the package brought\n');
    expect(host.files()).toEqual([join(SHIPPED, 'integ-check.service'), join(SHIPPED, 'integ-check.timer')]);
    expect(host.schedule('show').stdout).toMatch(/^integ runs no nightly check here/);
  },
);

test.skipIf(isRoot() === false)('a schedule of one kind takes the place of the timer that a package brought', () => {
  const shipped = [join(SHIPPED, 'integ-check.service'), join(SHIPPED, 'integ-check.timer')];
  const own = withShippedTimer();
  own.schedule('install', '--at', '4:00');
  expect(readlinkSync(join(own.root, ENABLED))).toBe('/etc/systemd/system/integ-check.timer');
  expect(own.schedule('show').stdout).toMatch(/^systemd runs the check every day at 04:00; next: /);
  own.schedule('remove');
  expect(own.files()).toEqual(shipped);
  const cron = withShippedTimer();
  expect(cron.schedule('install', '--cron').stderr).toBe('integ: disabled: the timer that the package brought\n');
  expect(cron.files()).toEqual([CRON, ...shipped]);
});

test.skipIf(isRoot() === false)('a schedule whose program is gone says so', () => {
  for (const scheduler of ['--systemd', '--cron']) {
    const host = new Host('run/systemd/system', 'etc/systemd/system', 'etc/cron.d');
    host.schedule('install', scheduler);
    for (const program of [process.execPath, PROGRAM]) {
      expect(host.schedule('show').stdout).toContain(`GONE: no check can run without ${program}: `);
      mkdirSync(join(host.root, dirname(program)), { recursive: true });
      host.write(program, '');
    }
    expect(host.schedule('show').stdout).not.toContain('GONE');
  }
});

test.skipIf(isRoot() === false)('a link in a mounted system leads no command to the files of another one', () => {
  const other = withSystemd();
  other.schedule('install', '--systemd');
  const files = other.files();
  for (const linked of ['etc/systemd/system', 'etc/systemd/system/timers.target.wants', 'etc/cron.d']) {
    const host = new Host('etc/systemd/system', ...(linked === 'etc/cron.d' ? [] : ['etc/cron.d']));
    rmSync(join(host.root, linked), { recursive: true, force: true });
    symlinkSync(join(other.root, linked), join(host.root, linked));
    for (const command of [['install', '--systemd', '--at', '4:00'], ['install', '--cron'], ['remove']]) {
      expectFailure(host.schedule(...command), 73, /leads out of /);
    }
  }
  expect(other.files()).toEqual(files);
  expect(other.read(TIMER)).toContain('02:30');
});

test.skipIf(isRoot() === false)('a host with neither, a bad time and a baseline from a pipe are told', () => {
  const host = new Host();
  expectFailure(host.schedule('install'), 73, /systemd does not run here, and there is no \/etc\/cron\.d/);
  expectFailure(host.schedule('install', '--cron'), 73, /there is no directory .*etc\/cron\.d/);
  expectFailure(host.schedule('install', '--at', '25:00'), 64, /time of day/);
  expectFailure(host.schedule('install', '--cron', '--systemd'), 64, /cannot be used with/);
  const piped = withCron();
  const outcome = piped.box.run(['schedule', 'install', '--root', piped.root, '--baseline', '-'], { bare: true });
  expectFailure(outcome, 64, /standard input/);
});

test.skipIf(!isRoot() || !works('setpriv', '--version'))('only root may schedule a check (needs setpriv)', () => {
  const host = withCron();
  for (const command of ['install', 'remove']) {
    expectFailure(host.box.run(['schedule', command], { under: AS_NOBODY, bare: true }), 77, /only root.*crontab -e/);
  }
});

test.skipIf(!isRoot() || !works('systemd-analyze', '--version'))(
  'systemd understands the units without a complaint (needs systemd-analyze)',
  () => {
    const host = withSystemd();
    const strange = join(host.box.state, 'a %n$HOME "\'\\ é.db');
    host.box.run(['schedule', 'install', '--root', host.root, '--baseline', strange], { bare: true });
    const units = [SERVICE, TIMER, FAILURE].map((file) => join(host.root, file));
    const verified = spawnSync('systemd-analyze', ['verify', ...units], { encoding: 'utf8' });
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    const calendar = /^OnCalendar=(.*)$/m.exec(host.read(TIMER))?.[1] ?? '';
    expect(spawnSync('systemd-analyze', ['calendar', calendar]).status).toBe(0);
  },
);

test.skipIf(isRoot() === false)('the line of cron runs a check as cron would, whatever the names are', () => {
  const host = withCron();
  const it = host.box;
  it.file('watched');
  const state = join(it.directory, "st%a te's $HOME \\");
  mkdirSync(state, { mode: 0o700 });
  const baseline = join(state, 'b.db');
  expect(it.run(['init', '--policy', it.policyFile, '--baseline', baseline], { bare: true }).code).toBe(0);
  it.run(['schedule', 'install', '--root', host.root, '--baseline', baseline, '--policy', it.policyFile], {
    bare: true,
  });
  it.file('watched', 'changed');
  const line = /^30 2 \* \* \* root (.*)$/m.exec(host.read(CRON))?.[1] ?? '';
  // cron ends the command at a % without a backslash, and takes the backslash away.
  expect(line.replaceAll('\\%', '')).not.toContain('%');
  const command = line.replaceAll('\\%', '%');
  const run = spawnSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    cwd: '/',
    env: { HOME: '/root', LOGNAME: 'root', SHELL: '/bin/sh', PATH: '/usr/bin:/bin' },
  });
  expect(run).toMatchObject({ status: 4, stderr: '' });
  expect(run.stdout).toMatch(/^CHANGED: .* 1 changed/);
  expect(host.schedule('show', '--baseline', baseline).stdout).toContain('Last check: ');
});
