import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, expectFailure } from '../support/integ.ts';
import { works } from '../support/programs.ts';

const MAY_MOUNT = works('unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /mnt');
const mountTest = test.skipIf(!MAY_MOUNT);

/** Runs integ where this shell command has been done in a mount name space of its own. */
function after(command: string): { readonly under: readonly string[] } {
  return { under: ['unshare', '-m', 'sh', '-c', `${command} && exec "$@"`, 'sh'] };
}

function home(): Box {
  const it = box();
  it.file('etc/passwd', 'root\n');
  it.file('etc/ssl/key', 'secret\n');
  it.file('elsewhere/passwd', 'evil\n');
  return it;
}

mountTest('a file system mounted over recorded files is a finding, and makes the run incomplete (needs mount)', () => {
  const it = home();
  it.init();
  const report = it.check([], after(`mount -t tmpfs none '${it.path('etc')}'`));
  expect(report.exitCode & (4 + 16)).toBe(4 + 16);
  expect(it.findings(report)).toEqual(['changed etc']);
  expect(it.change(report, 'etc').flags).toContain('mount-appeared');
  expect(it.change(report, 'etc').attributes.mount?.after).toContain('tmpfs');
  expect(report.errors).toMatchObject([{ path: it.path('etc'), code: 'SHADOWED', message: /^3 recorded objects/ }]);
});

mountTest('a directory of the same file system bound over another one is a finding of its own (needs mount)', () => {
  const it = home();
  it.init();
  const report = it.check([], after(`mount --bind '${it.path('elsewhere')}' '${it.path('etc')}'`));
  expect(it.change(report, 'etc').flags).toContain('mount-appeared');
  expect(report.errors).toMatchObject([{ path: it.path('etc'), code: 'SHADOWED' }]);
  expect(report.summary.removed).toBe(0);
});

mountTest('a single file bound over another one does not pass for it (needs mount)', () => {
  const it = home();
  it.init();
  const report = it.check([], after(`mount --bind '${it.path('elsewhere/passwd')}' '${it.path('etc/passwd')}'`));
  const change = it.change(report, 'etc/passwd');
  expect(change.flags).toContain('mount-appeared');
  expect(change.attributes.sha256?.before).not.toBe(change.attributes.sha256?.after);
  // Nobody looked at the file below.
  expect(report.errors).toMatchObject([
    { path: it.path('etc/passwd'), code: 'SHADOWED', message: /^1 recorded object/ },
  ]);
});

mountTest(
  'a file system over the path of a rule is one finding, and what lies below is not examined (needs mount)',
  () => {
    const it = home();
    it.policyText(
      `version: 1\nrules:\n  - { name: keys, severity: high, paths: ['${it.path('etc/ssl')}'], watch: read-only }\n` +
        `  - { name: names, severity: low, paths: ['${it.path('elsewhere')}'], watch: read-only }\n`,
    );
    it.init();
    const over = it.check([], after(`mount -t tmpfs none '${it.path('etc/ssl')}'`));
    expect(over.exitCode & 16).toBe(16);
    expect(it.findings(over)).toEqual(['changed etc/ssl']);
    expect(it.change(over, 'etc/ssl')).toMatchObject({ rule: 'keys', severity: 'high' });
    // Above all that is recorded: the rule below it names the mount.
    const above = it.check([], after(`mount -t tmpfs none '${it.path('etc')}'`));
    expect(above.changes.map(({ rule, flags }) => [rule, flags])).toEqual([['keys', ['mount-appeared']]]);
    expect(above.exitCode & 16).toBe(16);
  },
);

mountTest('where every path of a policy has a mount over it, the root has not vanished (needs mount)', () => {
  const it = home();
  it.init();
  const report = it.check([], after(`mount -t tmpfs none '${it.tree}'`));
  expect(report.changes.map(({ path, rule, flags }) => [path, rule, flags.includes('mount-vanished')])).toEqual([
    [it.tree, 'tree', false],
  ]);
  expect(report.exitCode & 16).toBe(16);
});

mountTest('by default a walk stays on its file system, and init says what it did not enter (needs mount)', () => {
  const it = home();
  it.directoryAt('disk');
  const mounted = after(`mount -t tmpfs none '${it.path('disk')}' && echo x > '${it.path('disk/file')}'`);
  const initial = it.run(['init'], mounted);
  expect(initial.code).toBe(0);
  expect(initial.stdout).toContain(`Not entered, another file system: ${it.path('disk')} (tmpfs)`);
  expect(it.run(['policy', 'check', it.policyFile], mounted).stdout).toContain(
    `Not entered, another file system: ${it.path('disk')}`,
  );
  expect(it.run(['baseline', 'entries']).stdout).not.toContain('disk/file');
  expect(existsSync(it.path('disk/file'))).toBe(false);
  const vanished = it.check();
  expect(it.change(vanished, 'disk').flags).toContain('mount-vanished');
});

mountTest('a rule that crosses mounts watches what is mounted, and misses it when it is gone (needs mount)', () => {
  const it = home();
  it.directoryAt('disk');
  it.policy('watch: [existence, sha256]', 'mounts: cross');
  const mounted = after(`mount -t tmpfs none '${it.path('disk')}' && echo x > '${it.path('disk/file')}'`);
  expect(it.run(['init'], mounted).code).toBe(0);
  expect(it.run(['baseline', 'entries']).stdout).toContain('disk/file');
  const gone = it.check();
  expect(it.findings(gone)).toEqual(['changed disk', 'removed disk/file']);
  expect(gone.exitCode).toBe(2 + 4);
});

mountTest('a mount whose options changed is a finding (needs mount)', () => {
  const it = home();
  it.directoryAt('disk');
  it.policy('watch: existence', 'mounts: cross');
  const mount = (options: string) => after(`mount -t tmpfs -o ${options} none '${it.path('disk')}'`);
  expect(it.run(['init'], mount('nosuid')).code).toBe(0);
  expect(it.check([], mount('nosuid')).exitCode).toBe(0);
  expect(it.change(it.check([], mount('suid')), 'disk').flags).toContain('mount-changed');
});

mountTest('without /proc the system lacks what is needed, in one line (needs mount)', () => {
  const it = home();
  it.file('kept');
  for (const command of [['init'], ['policy', 'check']]) {
    expectFailure(it.run(command, after('umount -l /proc')), 71, /cannot read the mount table: .*mount \/proc/);
  }
});
