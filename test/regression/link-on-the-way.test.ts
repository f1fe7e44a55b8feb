import { symlinkSync, unlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';

/** A program that a rule names through links: tools -> current -> usr. */
function linked(watch: string): Box {
  const it = box();
  it.file('usr/ls', 'program\n');
  it.file('evil/ls', 'program\n');
  symlinkSync('usr', it.path('current'));
  symlinkSync('current', it.path('tools'));
  it.policyText(
    `version: 1\nrules: [{ name: programs, paths: ['${it.path('tools/ls')}'], watch: ${watch}, types: [file] }]\n`,
  );
  return it;
}

test.each(['read-only', 'dynamic'])('a link turned on the way to a watched file is found under %s', (watch) => {
  const it = linked(watch);
  const { stdout } = it.init();
  expect(stdout).toContain(
    `leads through a symbolic link to ${it.path('usr/ls')}, which init and policy update record too`,
  );
  expect(stdout).toContain(`the links on the way: ${it.path('tools')}, ${it.path('current')}\n`);
  expect(it.check().exitCode).toBe(0);
  unlinkSync(it.path('current'));
  symlinkSync('evil', it.path('current'));
  const change = it.change(it.check(), 'current');
  expect(change.attributes.target).toEqual({ before: 'usr', after: 'evil' });
  expect(change.rule).toBe('programs');
});

test('a glob behind a link that no rule covers is incomplete and says which path to write', () => {
  const it = linked('read-only');
  it.policyText(`version: 1\nrules: [{ name: programs, paths: ['${it.path('tools')}/*'] }]\n`);
  const { code, stdout } = it.run(['init']);
  expect(code).toBe(16);
  expect(stdout).toContain(`which leads to ${it.path('usr')}: write that path instead`);
  expect(it.check().status).toBe('incomplete');
});

test('a link that appears on the way to a path that was not there makes a check incomplete', () => {
  const it = box();
  it.file('srv/bin/tool', 'program\n');
  it.file('opt/kept');
  const paths = ['opt/app/bin', 'opt/kept'].map((name) => `'${it.path(name)}'`);
  it.policyText(`version: 1\nrules: [{ name: programs, paths: [${paths.join(', ')}] }]\n`);
  it.init();
  expect(it.check().status).toBe('clean');
  symlinkSync('../srv', it.path('opt/app'));
  const report = it.check();
  expect(report.exitCode).toBe(16);
  expect(report.errors.map(({ path, code }) => [path, code])).toEqual([[it.path('opt/app/bin'), 'ELOOP']]);
});
