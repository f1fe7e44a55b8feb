import { readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, expectFailure, reportOf } from '../support/integ.ts';
import { breaches } from '../support/json-schema.ts';
import { tool } from '../support/programs.ts';

function tampered(): Box {
  const it = box();
  for (const name of ['etc/passwd', 'etc/motd', 'bin/ls', 'log/old']) it.file(name);
  it.policyText(`version: 1
name: two rules
rules:
  - { name: everything, severity: low, paths: ['${it.tree}'], watch: config }
  - { name: programs, severity: critical, paths: ['${it.tree}/bin'], watch: config }
  - { name: demand, severity: info, paths: ['${it.tree}/log'], watch: existence, require: { mode: '0123' } }
`);
  it.init();
  it.append('etc/passwd', 'evil\n');
  it.append('bin/ls', 'payload\n');
  it.file('etc/new');
  unlinkSync(it.path('log/old'));
  return it;
}

test('the published schema is that of the reports, and of nothing else', () => {
  const it = tampered();
  const schema = JSON.parse(it.run(['report', 'schema'], { bare: true }).stdout);
  const report = it.check();
  expect(breaches(schema, report)).toEqual([]);
  expect(breaches(schema, { ...report, extra: 1 })).not.toEqual([]);
  expect(report).toMatchObject({
    schema: 'integ-report/1',
    exitCode: 15,
    policy: { name: 'two rules', matchesFile: true },
    summary: { added: 1, removed: 1, changed: 2, violations: 1, bySeverity: { critical: 1, low: 2, info: 2 } },
  });
  for (const time of [report.startedAt, report.finishedAt]) {
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  }
});

test('text, json and ndjson tell the same, and the worst comes first', () => {
  const it = tampered();
  const report = it.check();
  const text = it.run(['check']);
  const ndjson = it.run(['check', '--format', 'ndjson']);
  expect([text.code, ndjson.code]).toEqual([report.exitCode, report.exitCode]);
  expect(text.stdout).toMatch(/^CHANGED: .*1 added, 1 removed, 2 changed, 1 violation; highest severity critical\n/);
  const sections = [...text.stdout.matchAll(/^([A-Z]+): \d+ findings?$/gm)].map(([, severity]) => severity);
  expect(sections).toEqual(['CRITICAL', 'LOW', 'INFO']);
  const lines = ndjson.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ record }) => record)).toEqual([...report.changes.map(() => 'change'), 'violation', 'summary']);
  expect(lines.at(-1)).toMatchObject({ summary: report.summary, status: 'changed', exitCode: 15 });
  for (const line of lines) expect(line).toMatchObject({ schema: 'integ-report/1', host: report.host });
});

test('--output writes the report whole or not at all, and nothing to standard output', () => {
  const it = tampered();
  const file = `${it.directory}/report.json`;
  writeFileSync(file, 'the old report');
  const outcome = it.run(['check', '--format', 'json', '--output', file]);
  expect(outcome).toMatchObject({ code: 15, stdout: '', stderr: '' });
  expect(reportOf({ ...outcome, stdout: readFileSync(file, 'utf8') }).exitCode).toBe(15);
  expect(statSync(file).mode & 0o077).toBe(0);
  expectFailure(it.run(['check', '--output', `${it.directory}/none/report`]), 73, /none/);
  expectFailure(it.run(['check', '--output', it.tree]), 73, /tree/);
  expect(readdirSync(it.directory).filter((name) => name.includes('tmp'))).toEqual([]);
});

test('--paths examines what it covers, and says that it did', () => {
  const it = tampered();
  const report = it.check(['--paths', `${it.tree}/etc/**`, it.path('bin/none')]);
  expect(it.findings(report)).toEqual(['added etc/new', 'changed etc/passwd']);
  expect(report).toMatchObject({ exitCode: 5, violations: [] });
  expect(report.notes.join('\n')).toContain('--paths');
  expect(report.notes.join('\n')).toContain(`--paths covers nothing at ${it.path('bin/none')}`);
  expect(it.findings(it.check(['--paths', it.path('bin')]))).toEqual(['changed bin/ls']);
});

test('a pattern of --paths that covers nothing is an error, and not a run without changes', () => {
  const it = tampered();
  expectFailure(it.run(['check', '--paths', it.path('ect'), `${it.tree}/nib/**`]), 64, /covers nothing.*ect.*nib/);
  expect(it.findings(it.check(['--paths', it.path('etc/new')]))).toEqual(['added etc/new']);
  expect(it.check(['--paths', it.path('log')])).toMatchObject({ violations: [{ path: it.path('log') }] });
});

test('--severity leaves out what is below it, and says how much that is', () => {
  const it = tampered();
  const report = it.check(['--severity', 'high']);
  expect(it.findings(report)).toEqual(['changed bin/ls']);
  expect(report.notes.join('\n')).toMatch(/4 findings below severity high left out/);
  expect(report.limits).toEqual(['--severity high']);
  expect(breaches(JSON.parse(it.run(['report', 'schema'], { bare: true }).stdout), report)).toEqual([]);
  const motd = it.run(['check', '--paths', it.path('etc/new'), '--severity', 'high']).stdout;
  expect(motd).toMatch(/^NO CHANGES on .*: 1 object examined \(only --paths .*etc\/new, --severity high\)\n/);
});

test('what a check says of itself: objects, bytes and the baseline', () => {
  const it = box();
  it.file('one', 'x'.repeat(1000));
  it.file('two', 'y'.repeat(234));
  const seal = it.seal();
  const outcome = it.run(['check', '--format', 'json']);
  expect(outcome.stderr).toBe('');
  expect(reportOf(outcome)).toMatchObject({
    summary: { examined: 3, bytes: 1234 },
    baseline: { file: it.baseline, sequence: 1, seal, signature: { status: 'none' } },
  });
});

test('a reader of the report that goes away early is no error of integ', () => {
  const it = box();
  for (let index = 0; index < 2000; index += 1) it.file(`file${index}`, '');
  it.policy('watch: existence');
  it.init();
  for (let index = 0; index < 2000; index += 1) unlinkSync(it.path(`file${index}`));
  const script = '{ { "$@"; echo "code $?" >&3; } | head -c 10 > /dev/null; } 3>&1';
  expect(tool('sh', '-c', script, 'sh', ...it.command(['check', '--format', 'ndjson']))).toBe('code 2\n');
});
