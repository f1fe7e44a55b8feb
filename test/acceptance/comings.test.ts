/** Archives, maildirs and spools: what comes and goes is no finding, what changes is. */
import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';

function archive(): Box {
  const given = box();
  for (const name of ['new', 'cur']) mkdirSync(given.path(name));
  for (const name of ['a', 'b', 'new/c', 'cur/d']) given.file(name, `${name}\n`, 0o600);
  given.policy('watch: read-only', 'new: false', 'gone: false');
  given.init();
  return given;
}

test('files that come, go and are renamed are no findings, and a note counts them', () => {
  const given = archive();
  rmSync(given.path('a'));
  renameSync(given.path('new/c'), given.path('cur/c:2,S'));
  given.file('new/e', 'e\n', 0o600);
  const report = given.check();
  expect(report).toMatchObject({ status: 'clean', exitCode: 0, changes: [] });
  expect(report.notes.join()).toContain('2 new, 2 gone');
});

test('one that changes is, and one with a flag that is new, and the directory itself that is gone', () => {
  const given = archive();
  given.append('b', 'more');
  given.file('trojan', 'x', 0o4755);
  const report = given.check();
  expect(given.findings(report)).toEqual(['added trojan', 'changed b']);
  expect(given.change(report, 'trojan')).toMatchObject({ severity: 'high' });
  rmSync(given.tree, { recursive: true });
  expect(given.findings(given.check())).toEqual(['removed .']);
});

test('what is new is recorded when it is reported and accepted, and watched from then on', () => {
  const given = archive();
  rmSync(given.path('a'));
  given.file('e', 'e\n', 0o600);
  expect(given.findings(given.check(['--new-and-gone']))).toEqual(['removed a', 'added e']);
  expect(given.run(['accept', '--all', '--reason', 'filed']).code).toBe(0);
  expect(given.check()).toMatchObject({ status: 'clean', notes: [] });
  chmodSync(given.path('e'), 0o640);
  expect(given.findings(given.check())).toEqual(['changed e']);
  expect(given.run(['policy', 'explain', given.path('e')]).stdout).toContain('what comes or goes below its paths');
});

test('two baselines are compared whole', () => {
  const given = archive();
  given.file('e', 'e\n', 0o600);
  given.check(['--new-and-gone']);
  given.run(['accept', '--all', '--reason', 'filed']);
  expect(given.run(['baseline', 'diff', '1', '2']).code).toBe(1 + 0);
});
