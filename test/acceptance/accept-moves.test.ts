/** A move has two ends: whoever chose one of them has not chosen the move, and nothing of it is accepted unseen. */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, expectFailure } from '../support/integ.ts';

/** A tree of what users may write and what root runs, each under its own rule. */
function host(): Box {
  const given = box();
  given.file('srv/job', '* * * * * root /srv/evil\n');
  given.file('usr/sshd', 'the real one\n');
  given.file('srv/other');
  given.directoryAt('etc/cron.d');
  given.policyText(
    [
      'version: 1',
      'rules:',
      `  - { name: data, severity: low, paths: ['${given.path('srv')}'] }`,
      `  - { name: binaries, severity: critical, paths: ['${given.path('usr')}'] }`,
      `  - { name: jobs, severity: critical, paths: ['${given.path('etc')}'] }`,
      '',
    ].join('\n'),
  );
  given.init();
  return given;
}

const accept = (given: Box, ...choice: readonly string[]) => given.run(['accept', ...choice, '--reason', 'data moved']);

test('a file moved from /srv into /etc/cron.d is not accepted by a pattern for /srv', () => {
  const given = host();
  renameSync(given.path('srv/job'), given.path('etc/cron.d/job'));
  given.check();
  const before = readFileSync(given.baseline);
  const outcome = accept(given, '--path', given.path('srv/**'));
  expectFailure(outcome, 64, /only one end of moved .*srv\/job -> .*etc\/cron\.d\/job, where it is now, is not chosen/);
  expect(readFileSync(given.baseline)).toEqual(before);
  expect(given.findings(given.check())).toEqual(['moved srv/job -> etc/cron.d/job']);
  expect(accept(given, '--path', given.path('srv/**'), given.path('etc/**')).code).toBe(0);
  expect(given.check().status).toBe('clean');
});

test('a program moved out of /usr is not accepted by a pattern for where it is now', () => {
  const given = host();
  renameSync(given.path('usr/sshd'), given.path('srv/sshd'));
  given.append('srv/other', 'more');
  given.check();
  const outcome = accept(given, '--path', given.path('srv/**'));
  expect(outcome.code).toBe(0);
  expect(outcome.stdout).toContain('1 of 2 findings: 1 changed');
  expect(outcome.stderr).toMatch(/not accepted: moved .*usr\/sshd, where it was, is not chosen/);
  expect(given.findings(given.check())).toEqual(['moved usr/sshd -> srv/sshd']);
});

test.each([
  ['srv/job', 'etc/cron.d/job', 'data', /the rule of where it is now, jobs, is not chosen/, 'jobs'],
  ['usr/sshd', 'srv/sshd', 'data', /the rule of .*usr\/sshd until now, binaries, is not chosen/, 'binaries'],
])('a move from %s to %s is not accepted by the rule of one end alone', (from, to, rule, message, other) => {
  const given = host();
  renameSync(given.path(from), given.path(to));
  given.check();
  expectFailure(accept(given, '--rule', rule), 64, message);
  expect(accept(given, '--rule', rule, other).code).toBe(0);
  expect(given.check().status).toBe('clean');
});

test('what moved along in a directory to a place of another rule is not accepted by the rule of the directory', () => {
  const given = box();
  for (const name of ['old/app/plain', 'old/app/lib/tool.so']) given.file(name);
  given.policyText(
    [
      'version: 1',
      'rules:',
      `  - { name: data, severity: low, paths: ['${given.tree}'] }`,
      `  - { name: libraries, severity: low, paths: ['${given.tree}/**/*.so'] }`,
      '',
    ].join('\n'),
  );
  given.init();
  mkdirSync(given.path('new'));
  renameSync(given.path('old/app'), given.path('new/app'));
  given.check();
  expect(accept(given, '--rule', 'data').code).toBe(0);
  expect(given.findings(given.check())).toEqual(['moved old/app/lib/tool.so -> new/app/lib/tool.so']);
  given.check();
  expect(accept(given, '--rule', 'libraries').code).toBe(0);
  expect(given.check().status).toBe('clean');
});

test('an object that came under another rule with its type is not accepted by the rule of what it became', () => {
  const given = box();
  given.file('tool', 'a program\n');
  given.policyText(
    [
      'version: 1',
      'rules:',
      `  - { name: binaries, severity: critical, paths: ['${given.tree}'] }`,
      `  - { name: links, severity: low, paths: ['${given.tree}'], types: [symlink] }`,
      '',
    ].join('\n'),
  );
  given.init();
  rmSync(given.path('tool'));
  symlinkSync('/srv/evil', given.path('tool'));
  given.check();
  expectFailure(accept(given, '--rule', 'links'), 64, /tool: the rule of .*tool until now, binaries, is not chosen/);
  expect(accept(given, '--rule', 'links', 'binaries').code).toBe(0);
  expect(given.check().status).toBe('clean');
});
