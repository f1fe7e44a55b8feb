/** A path of a rule is a link, which a deploy, or somebody else, turns to another place. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';

function relink(it: Box, link: string, target: string): void {
  unlinkSync(it.path(link));
  symlinkSync(target, it.path(link));
}

/** current -> releases/1, beside releases/2. */
function deployed(watch = 'read-only'): Box {
  const it = box();
  it.file('releases/1/run', 'one\n');
  it.file('releases/2/run', 'two\n');
  symlinkSync('releases/1', it.path('current'));
  it.policyText(`version: 1\nrules: [{ name: app, paths: ['${it.path('current')}'], watch: ${watch} }]\n`);
  return it;
}

const errorsOf = (it: Box) => it.check().errors.map(({ path, code }) => [it.short(path), code]);

test('a link turned elsewhere makes checks incomplete until what it leads to is recorded', () => {
  const it = deployed();
  it.init();
  relink(it, 'current', 'releases/2');
  const report = it.check();
  expect(it.findings(report)).toEqual(['changed current']);
  const [error, ...others] = report.errors;
  expect(others).toEqual([]);
  expect(error?.message).toContain(`leads to ${it.path('releases/2')} now and was recorded to lead to`);
  const accepted = it.run(['accept', '--all', '--reason', 'deploy']);
  expect(accepted.code).toBe(0);
  expect(accepted.stderr).toContain(`records what ${it.path('current')} leads to now`);
  writeFileSync(it.path('releases/2/run'), 'evil\n');
  expect(errorsOf(it)).toEqual([['current', 'ELOOP']]);

  const update = it.run(['policy', 'update', '--reason', 'deploy']);
  expect(update).toMatchObject({ code: 0, stderr: '' });
  expect(update.stdout).toContain('Newly selected and examined: 2');
  expect(it.check()).toMatchObject({ status: 'clean', errors: [] });
  chmodSync(it.path('releases/2/run'), 0o4755);
  expect(it.findings(it.check())).toEqual(['changed releases/2/run']);
  expect(it.run(['policy', 'update', '--reason', 'again']).stdout).toContain('in force already');
});

test('policy update takes no link that was not accepted', () => {
  const it = deployed();
  it.init();
  relink(it, 'current', 'releases/2');
  const update = it.run(['policy', 'update', '--reason', 'none']);
  expect(update.stdout).toMatch(/^Nothing to do: /);
  expect(update.stderr).toContain(`${it.path('current')} leads elsewhere than recorded: accept the change of its link`);
  expect(errorsOf(it)).toEqual([['current', 'ELOOP']]);
});

test.each(['[mode, sha256]', '[size]'])('where a link leads is watched under %s too', (watch) => {
  const it = deployed(watch);
  it.init();
  relink(it, 'current', 'releases/2');
  const change = it.change(it.check(), 'current');
  expect(change.attributes.target).toEqual({ before: 'releases/1', after: 'releases/2' });
  expect(change.rule).toBe('app');
});

test('a link to a file, the second link of a chain, and one whose old target is gone', () => {
  const it = box();
  for (const name of ['a', 'b', 'c']) it.file(name, `${name}\n`);
  mkdirSync(it.path('d'));
  symlinkSync('a', it.path('file'));
  symlinkSync('middle', it.path('chain'));
  symlinkSync('b', it.path('middle'));
  symlinkSync('c', it.path('orphan'));
  const paths = ['file', 'chain', 'orphan'].map((name) => `'${it.path(name)}'`).join(', ');
  it.policyText(`version: 1\nrules: [{ name: links, paths: [${paths}], watch: [mode, sha256] }]\n`);
  it.init();
  expect(it.check().status).toBe('clean');
  for (const name of ['new-a', 'new-b', 'new-c']) writeFileSync(join(it.tree, 'd', name), 'new\n');
  relink(it, 'file', 'd/new-a');
  relink(it, 'middle', 'd/new-b');
  rmSync(it.path('c'));
  relink(it, 'orphan', 'd/new-c');
  expect(errorsOf(it)).toEqual([
    ['chain', 'ELOOP'],
    ['file', 'ELOOP'],
    ['orphan', 'ELOOP'],
  ]);
  expect(it.run(['accept', '--all', '--reason', 'meant']).code).toBe(0);
  expect(it.run(['policy', 'update', '--reason', 'meant']).code).toBe(0);
  expect(it.check().status).toBe('clean');
  writeFileSync(join(it.tree, 'd/new-b'), 'evil\n');
  expect(it.findings(it.check())).toEqual(['changed d/new-b']);
});

test('a link turned to what another rule watches needs no word', () => {
  const it = deployed();
  it.policyText(
    `version: 1\nrules:\n  - { name: app, paths: ['${it.path('current')}'] }\n  - { name: all, paths: ['${it.path('releases')}'] }\n`,
  );
  it.init();
  relink(it, 'current', 'releases/2');
  const report = it.check();
  expect(report.errors).toEqual([]);
  expect(it.findings(report)).toEqual(['changed current']);
});

test('a directory that became a link is incomplete, and recorded when that was accepted', () => {
  const it = box();
  it.file('app/run', 'one\n');
  it.file('elsewhere/run', 'two\n');
  it.policyText(`version: 1\nrules: [{ name: app, paths: ['${it.path('app')}'] }]\n`);
  it.init();
  rmSync(it.path('app'), { recursive: true });
  symlinkSync('elsewhere', it.path('app'));
  expect(errorsOf(it)).toEqual([['app', 'ELOOP']]);
  expect(it.run(['accept', '--all', '--reason', 'meant']).code).toBe(0);
  expect(it.run(['policy', 'update', '--reason', 'meant']).code).toBe(0);
  expect(it.check().status).toBe('clean');
  writeFileSync(it.path('elsewhere/run'), 'evil\n');
  expect(it.findings(it.check())).toEqual(['changed elsewhere/run']);
});
