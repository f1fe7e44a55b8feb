/** A policy, or a part of one, that looks at nothing is never silently fine. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { box, expectFailure, reportOf } from '../support/integ.ts';

const rule = (name: string, keys: string): string => `  - { name: ${name}, ${keys} }\n`;

test('a rule whose paths a later one has, or ignore, is told by policy check and init with both places', () => {
  const it = box();
  it.file('etc/passwd');
  it.file('etc/ssh/config');
  it.file('usr/man/page');
  it.policyText(
    `version: 1\nignore: ['${it.path('etc/ssh')}']\nrules:\n` +
      rule('passwd', `paths: ['${it.path('etc/passwd')}']`) +
      rule('ssh', `paths: ['${it.path('etc/ssh/config')}']`) +
      rule('etc', `paths: ['${it.path('etc')}']`) +
      rule('man', `paths: ['${it.path('usr/man')}']`) +
      rule('all', `paths: ['${it.path('usr')}']`) +
      rule('none', `paths: ['${it.path('usr/man')}'], watch: nothing, mounts: cross`),
  );
  const file = it.policyFile;
  const told = [
    `Rule "ssh" (${file}:5:5): ${it.path('etc/ssh/config')} is ignored by ${it.path('etc/ssh')} (${file}:2:10)`,
    `Rule "passwd" (${file}:4:5) governs nothing: rule "etc" (${file}:6:5) comes later and covers it`,
    `Rule "man" (${file}:7:5) governs nothing: rule "none" (${file}:9:5) comes later and covers it, and watches nothing`,
  ];
  for (const { stdout } of [it.run(['policy', 'check']), it.init()]) {
    for (const line of told) expect(stdout).toContain(`${line}\n`);
  }
});

test('a rule that has something left is not told of', () => {
  const it = box();
  it.file('usr/bin/tool');
  it.file('usr/man/page');
  it.file('log');
  it.policyText(
    'version: 1\nrules:\n' +
      rule('parted', `paths: ['${it.path('usr')}', '${it.path('log')}']`) +
      rule('bin', `paths: ['${it.path('usr')}'], exclude: ['**/man']`) +
      rule('types', `paths: ['${it.path('usr')}'], types: [directory]`) +
      rule('depth', `paths: ['${it.path('usr')}'], depth: 1`) +
      rule('required', `paths: ['${it.path('log')}'], require: { mode: '0644' }`) +
      rule('last', `paths: ['${it.path('log')}']`),
  );
  expect(it.run(['policy', 'check']).stdout).not.toMatch(/governs nothing|is ignored/);
});

test('a policy that selects nothing makes no baseline, unless that is wanted', () => {
  const it = box();
  it.policyText(`version: 1\nrules:\n${rule('gone', `paths: ['${it.path('gone')}']`)}`);
  expectFailure(it.run(['init']), 78, /selects nothing here: Rule "gone" selects nothing here/);
  it.init('--allow-empty');
  expect(it.check()).toMatchObject({ exitCode: 16, errors: [{ code: 'NOTHING' }] });
});

test.each([
  ['no requirement', ''],
  ['one of what no glob matches', ', require: { owner: root }'],
])('policy check --live of a policy with %s is incomplete', (_, more) => {
  const it = box();
  it.file('kept');
  it.policyText(`version: 1\nrules:\n${rule('none', `paths: ['${it.path('none*')}']${more}`)}`);
  const report = reportOf(it.run(['policy', 'check', '--live', '--format', 'json']));
  expect(report).toMatchObject({ exitCode: 16, errors: [{ code: 'NOTHING' }] });
});

test('a check that examined nothing is incomplete, whatever the baseline holds', () => {
  const it = box();
  it.file('lost');
  it.policyText(`version: 1\nrules:\n${rule('lost', `paths: ['${it.path('lost')}']`)}`);
  it.init();
  rmSync(it.path('lost'));
  expect(it.check()).toMatchObject({ exitCode: 18, errors: [{ code: 'NOTHING' }] });
});

test('expressions among globs, and names with brackets, are told with what is meant', () => {
  const it = box();
  it.file('www/here/a.log');
  it.file('www/a.b');
  it.file('[old]/data');
  const rooted = ['--root', it.tree];
  const patterns = ["'/www/here/*.log$'", "'**/*.log$'", "'/spool/.*\\.swp'", "'/www/*.*'"].join(', ');
  it.policyText(
    `version: 1\nignore: [${patterns}]\nrules:\n` +
      rule('all', "paths: ['/[old]/data', '/www'], exclude: ['/www/here/\\S+.log']"),
  );
  const { code, stdout } = it.run([...rooted, 'policy', 'check']);
  expect(code).toBe(0);
  const looks = stdout.split('\n').filter((line) => line.includes('looks like a regular expression'));
  expect(looks.map((line) => /\): (\S+) looks/.exec(line)?.[1])).toEqual([
    '/www/here/*.log$',
    '**/*.log$',
    '/spool/.*\\\\.swp',
    '/www/here/\\\\S+.log',
  ]);
  expect(stdout).toMatch(/In paths of rule "all" .*\[old\]\/data does not match the path of this very name: write \S+/);
});

test('names that nobody has, one name for two rules and an open bracket are told', () => {
  const it = box();
  it.file('data');
  const data = `paths: ['${it.path('data')}']`;
  it.policyText(
    'version: 1\nrules:\n' +
      rule('twice', `${data}, require: { owner: nosuchuser, group: [nosuchgroup, root] }`) +
      rule('twice', `${data}, require: { group: nosuchgroup, owner: '4294967294' }`) +
      rule('absent', `paths: ['${it.path('none')}'], require: { owner: nosuchuser }`) +
      rule('open', `paths: ['${it.path('[a-')}']`),
  );
  const { code, stdout } = it.run(['policy', 'check']);
  expect(code).toBe(0);
  const file = it.policyFile;
  for (const line of [
    `Two rules have the name "twice": ${file}:3:5 and ${file}:4:5: reports tell them apart by it`,
    `Rule "twice" (${file}:3:5): nobody here has the owner it requires: nosuchuser`,
    `Rule "twice" (${file}:4:5): nobody here has the group it requires: nosuchgroup`,
  ]) {
    expect(stdout).toContain(`${line}\n`);
  }
  expect(stdout).toMatch(/In paths of rule "open" .* has a \[ that no \] closes/);
  expect(stdout.match(/nobody here has/g)).toHaveLength(2);
});
