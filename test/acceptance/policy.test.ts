import { chmodSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, expectFailure } from '../support/integ.ts';
import { tool } from '../support/programs.ts';

/** Paths that are in the baseline, without that of the tree. */
function watched(it: Box): readonly string[] {
  const { stdout } = it.run(['baseline', 'entries', '--format', 'ndjson']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => it.short(String(JSON.parse(line).path)))
    .toSorted();
}

function rulesOf(it: Box): ReadonlyMap<string, string> {
  const { stdout } = it.run(['baseline', 'entries', '--format', 'ndjson']);
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return new Map(entries.map(({ path, rule }) => [it.short(String(path)), String(rule)]));
}

function policy(it: Box, ...lines: readonly string[]): void {
  it.policyText(['version: 1', ...lines].join('\n').replaceAll('$T', it.tree));
}

function town(): Box {
  const it = box();
  for (const name of ['etc/passwd', 'etc/ssl/a.pem', 'etc/ssl/b.key', 'var/cache/x', 'var/log/mail', 'top'])
    it.file(name);
  symlinkSync('etc', it.path('link'));
  return it;
}

test('the last rule that selects an object governs it, and ignore wins over every rule', () => {
  const it = town();
  policy(
    it,
    "ignore: ['$T/var/cache/**', '**/*.key']",
    'rules:',
    "  - { name: all, paths: ['$T'] }",
    "  - { name: configuration, paths: ['$T/etc'] }",
    "  - { name: certificates, paths: ['$T/etc/**/*.{pem,key}', '$T/var/cache/x'] }",
  );
  it.init();
  const rules = rulesOf(it);
  expect(Object.fromEntries(rules)).toEqual({
    '.': 'all',
    etc: 'configuration',
    'etc/passwd': 'configuration',
    'etc/ssl': 'configuration',
    'etc/ssl/a.pem': 'certificates',
    link: 'all',
    top: 'all',
    var: 'all',
    'var/cache': 'all',
    'var/log': 'all',
    'var/log/mail': 'all',
  });
  writeFileSync(it.path('etc/ssl/b.key'), 'changed');
  writeFileSync(it.path('var/cache/y'), 'new');
  const report = it.check();
  // Only the time of the directory tells that something came into it; nobody names what is ignored.
  expect(JSON.stringify(report)).not.toMatch(/b\.key|cache\/y/);
});

test('depth, types and exclude select as they say; what a rule excludes an earlier one may have', () => {
  const it = town();
  policy(
    it,
    'rules:',
    "  - { name: top, paths: ['$T'], depth: 1, types: [directory, symlink] }",
    "  - { name: ssl, paths: ['$T/etc'], exclude: ['**/*.key', '$T/etc/passwd'] }",
    "  - { name: itself, paths: ['$T/var/log'], depth: 0 }",
  );
  it.init();
  expect(watched(it)).toEqual(['.', 'etc', 'etc/ssl', 'etc/ssl/a.pem', 'link', 'var', 'var/log'].toSorted());
});

test('? is one character of any length, * stays in a component, ** crosses, and names need not be UTF-8', () => {
  const it = box();
  const names = ['é', 'ab', '.hidden', 'a[b', 'x{y}'];
  for (const name of names) it.file(`flat/${name}`);
  writeFileSync(Buffer.concat([Buffer.from(`${it.tree}/flat/`), Buffer.from([0xff, 0xfe])]), 'x');
  it.file('deep/one/two/lib.so.1');
  const select = (pattern: string): readonly string[] => {
    policy(it, `rules: [{ name: r, watch: existence, paths: ['$T/${pattern}'] }]`);
    it.init('--force');
    return watched(it);
  };
  expect(select('flat/?')).toEqual(['flat/é']);
  expect(select('flat/*')).toHaveLength(names.length + 1);
  expect(select('**/*.so*')).toEqual(['deep/one/two/lib.so.1']);
  expect(select('flat/a\\[b')).toEqual(['flat/a[b']);
  expect(select('{flat,deep}/{.h*,one}')).toEqual([
    'deep/one',
    'deep/one/two',
    'deep/one/two/lib.so.1',
    'flat/.hidden',
  ]);
});

test('includes count as written at their place: a builtin policy and a file beside this one', () => {
  const it = town();
  mkdirSync(`${it.directory}/parts`);
  const part =
    "version: 1\nignore: ['/usr', '/etc', '/bin', '/sbin', '/lib*', '/boot', '/var', '/home', '/root', '/dev', '/opt', '/srv']\n";
  writeFileSync(`${it.directory}/parts/quiet.yaml`, part);
  policy(
    it,
    'include: [builtin:linux-base, parts/quiet.yaml]',
    "rules: [{ name: own, paths: ['$T'], watch: existence }]",
  );
  const checked = it.run(['policy', 'check', it.policyFile]);
  expect(checked).toMatchObject({ code: 0, stderr: '' });
  const explained = it.run(['policy', 'explain', it.path('top'), '/usr/bin/env']).stdout;
  expect(explained).toContain('governed by rule "own"');
  expect(explained).toContain('/usr/bin/env');
  expect(explained).toMatch(/ignored by \/usr$/m);
});

test.each([
  ['version: 1\nruels: []\n', /policy\.yaml:2:1: unknown key 'ruels'.*did you mean 'rules'.*allowed: .*ignore/],
  [
    "version: 1\nrules:\n  - paths: ['/etc']\n    wach: config\n",
    /policy\.yaml:4:5: unknown key 'wach'.*did you mean 'watch'/,
  ],
  [
    "version: 1\nrules:\n  - paths: ['/etc']\n    watch: [confg]\n",
    /policy\.yaml:4:13: unknown template or attribute 'confg'.*did you mean 'config'/,
  ],
  ['version: 1\nrules:\n  - paths: [etc]\n', /policy\.yaml:3:13: .*'etc'/],
  ["version: 1\nrules:\n  - paths: ['/etc']\n    severity: hgih\n", /policy\.yaml:4:15: .*did you mean 'high'/],
  ["version: 1\nrules:\n  - paths: ['/etc']\n    require: { mode: 0644 }\n", /policy\.yaml:4:22: .*mode: '0644'/],
  ["version: 2\nrules: [{ paths: ['/etc'] }]\n", /policy\.yaml:1:10: 'version' must be 1/],
  ['version: 1\ninclude: [missing.yaml]\n', /policy\.yaml:2:11: .*missing\.yaml/],
  ['version: 1\ninclude: [policy.yaml]\n', /policy\.yaml:2:11: /],
  [
    "version: 1\ninclude: ['builtin:debain-base']\n",
    /policy\.yaml:2:11: .*did you mean 'builtin:debian-base'|debian-base/,
  ],
  ['version: 1\nrules: [\n', /policy\.yaml:\d+:\d+: /],
  ['', /policy\.yaml:1:1: the policy is empty/],
])('an invalid policy is told with file, line and column (%#)', (text, message) => {
  const it = box();
  it.policyText(text);
  const outcome = it.run(['policy', 'check', it.policyFile]);
  expect(outcome).toMatchObject({ code: 78, stdout: '' });
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr).toMatch(/^integ: /);
});

test('all that is wrong with a policy is told in one go, each on a line that is a whole message', () => {
  const it = box();
  it.policyText('rules:\n  - paths: [*.conf]\n    recurse: yes\n    watch: confg\n');
  const lines = it.run(['init']).stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).toMatch(/^integ: \S+policy\.yaml:\d+:\d+: \S/);
  expect(lines[0]).toMatch(/:2:13: \*\.conf without quotes .*\(hint: put it in quotes: '\*\.conf'\)$/);
});

test('the configuration of another program given as a policy is told to be one, with the command that reads it', () => {
  const it = box();
  it.policyText('database_in=file:/var/lib/aide/aide.db\n/etc p+i+n+sha256\n');
  expectFailure(
    it.run(['init']),
    78,
    /policy\.yaml:1:1: .* AIDE.*\(hint: integ policy import --from aide \S+policy\.yaml\)/,
  );
});

test('init takes no invalid policy and leaves nothing behind', () => {
  const it = box();
  it.policyText('version: 1\nrule: []\n');
  expect(it.run(['init']).code).toBe(78);
  expect(it.leftovers()).toEqual([]);
  expect(tool('ls', '-A', it.state)).toBe('');
  expectFailure(it.run(['policy', 'check', `${it.directory}/none.yaml`]), 66, /none\.yaml/);
});

test('a symbolic link as a starting point is no blind spot: the link and what it leads to are watched', () => {
  const it = box();
  it.file('usr/bin/ls', 'program\n', 0o755);
  symlinkSync('usr/bin', it.path('bin'));
  policy(it, "rules: [{ name: programs, paths: ['$T/bin'], severity: critical }]");
  const { stdout } = it.init();
  expect(stdout).toContain(`${it.tree}/bin leads through a symbolic link to ${it.tree}/usr/bin`);
  expect(watched(it)).toEqual(['bin', 'usr/bin', 'usr/bin/ls']);
  it.append('usr/bin/ls', 'payload\n');
  const report = it.check();
  expect(it.change(report, 'usr/bin/ls')).toMatchObject({ rule: 'programs', severity: 'critical' });
  unlinkSync(it.path('bin'));
  symlinkSync('../evil', it.path('bin'));
  expect(it.change(it.check(), 'bin').attributes.target).toEqual({ before: 'usr/bin', after: '../evil' });
});

test('a rule that selects nothing and a path that does not exist are told by init and by policy check', () => {
  const it = town();
  policy(
    it,
    'rules:',
    "  - { name: ghosts, paths: ['$T/nowhere', '$T/*.ghost'] }",
    "  - { name: half, paths: ['$T/etc', '$T/gone'] }",
  );
  for (const { stdout } of [it.run(['policy', 'check', it.policyFile]), it.init()]) {
    expect(stdout).toContain(`Rule "ghosts" selects nothing here: ${it.tree}/nowhere, ${it.tree}/*.ghost`);
    expect(stdout).toContain(`Rule "half": does not exist here: ${it.tree}/gone`);
  }
  it.file('nowhere', 'it came later\n');
  expect(it.findings(it.check())).toEqual(['added nowhere']);
});

test('the policy that was promised is the one that is checked, and the report says first that the file differs', () => {
  const it = town();
  it.policy('watch: config');
  it.init();
  expect(it.check().policy.matchesFile).toBe(true);
  it.append('etc/passwd', 'evil\n');
  policy(it, "ignore: ['$T/etc']", "rules: [{ paths: ['$T'], watch: existence }]");
  const report = it.check();
  expect(report.policy.matchesFile).toBe(false);
  expect(it.findings(report)).toEqual(['changed etc/passwd']);
  const [first, second] = it.run(['check']).stdout.split('\n');
  expect(first).toMatch(/^CHANGED: /);
  expect(second).toMatch(/^WARNING: the policy file is not the policy in the baseline/);
  unlinkSync(it.policyFile);
  expect(it.check().policy.matchesFile).toBe(false);
});

test('templates add up from left to right, and digests stands for those of the policy', () => {
  const it = town();
  policy(
    it,
    'digests: [sha512]',
    'templates: { strict: [read-only, -ctime, +sha1, -mtime, +mtime] }',
    "rules: [{ paths: ['$T/top'], watch: [strict, -inode] }]",
  );
  it.init();
  chmodSync(it.path('top'), 0o600);
  it.append('top', 'more\n');
  const { attributes } = it.change(it.check(), 'top');
  expect(Object.keys(attributes).toSorted()).toEqual(['mode', 'mtime', 'sha1', 'sha512', 'size']);
  const { stdout } = it.run(['policy', 'templates', '--format', 'json']);
  const templates: readonly { name: string }[] = JSON.parse(stdout);
  expect(templates.map(({ name }) => name)).toEqual([
    'read-only',
    'config',
    'dynamic',
    'growing',
    'append-only',
    'device',
    'existence',
    'all',
  ]);
  expect(JSON.parse(it.run(['policy', 'schema']).stdout)).toMatchObject({ type: 'object' });
});

test('a check without --policy is held against the file that the baseline was made from, wherever that is', () => {
  const it = box();
  it.file('a');
  it.init();
  const check = () => it.check(['--baseline', it.baseline], { bare: true }).policy.matchesFile;
  expect(check()).toBe(true);
  it.policy('watch: existence');
  expect(check()).toBe(false);
});
