import { appendFileSync, chmodSync, existsSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, expectFailure } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { until } from '../support/waiting.ts';

interface LearnedRule {
  readonly behaviour: string;
  readonly rule: {
    readonly paths?: readonly string[];
    readonly match?: readonly string[];
    readonly types: readonly string[];
    readonly watch: readonly string[];
    readonly severity: string;
    readonly depth?: number;
    readonly notify?: readonly string[];
  };
  readonly evidence: { readonly checks: number; readonly members: readonly { readonly path: string }[] };
}

interface Learned {
  readonly checks: number;
  readonly comparisons: number;
  readonly notes: readonly string[];
  readonly proposals: readonly LearnedRule[];
  readonly notProposed: readonly { readonly path: string; readonly reasons: readonly string[] }[];
  readonly policy: string;
}

/** What is learned from the stored checks, as JSON. */
function learned(it: Box, ...args: readonly string[]): Learned {
  const { code, stdout, stderr } = it.run(['policy', 'learn', '--format', 'json', ...args]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

/** Rules by the paths they select, shortened. */
function rulesOf(it: Box, { proposals }: Learned): Readonly<Record<string, string>> {
  return Object.fromEntries(
    proposals.map(({ rule }) => [
      (rule.paths ?? rule.match ?? []).map((path) => it.short(path)).join(' '),
      `${rule.types.join(',')}: ${rule.watch.join(' ')}`,
    ]),
  );
}

function reasonsOf(it: Box, { notProposed }: Learned): Readonly<Record<string, string>> {
  return Object.fromEntries(notProposed.map(({ path, reasons }) => [it.short(path), reasons.join('; ')]));
}

/** Runs a number of checks, each after something happened. */
function trial(it: Box, checks: number, happens: (check: number) => void): void {
  for (let check = 0; check < checks; check += 1) {
    happens(check);
    it.check();
  }
}

function busyBox(): Box {
  const it = box();
  it.policy('watch: read-only', 'severity: critical');
  it.file('log/app.log', 'begun\n');
  it.file('log/status', 'a'.repeat(100));
  it.file('data/stable', 'never touched\n');
  it.file('data/once', 'as recorded\n');
  it.file('data/program', '#!/bin/sh\n', 0o755);
  it.file('daily/app-2026-11-20.log', 'old\n');
  it.file('daily/readme', 'stays\n');
  it.init();
  return it;
}

function aDay(it: Box, check: number): void {
  it.append('log/app.log', `line ${check}\n`);
  writeFileSync(it.path('log/status'), 'x'.repeat(check % 2 === 0 ? 50 : 200));
  writeFileSync(it.path(`daily/app-2026-11-${21 + check}.log`), `day ${check}\n`);
  unlinkSync(it.path(`daily/app-2026-11-${20 + check}.log`));
  if (check === 1) writeFileSync(it.path('data/once'), 'changed once\n');
  if (check === 2) chmodSync(it.path('data/program'), 0o4755);
  if (check > 0) it.append('data/program', `echo ${check}\n`);
}

test('what keeps changing is proposed with the narrowest watch that fits, and nothing else is', () => {
  const it = busyBox();
  trial(it, 4, (check) => aDay(it, check));
  const result = learned(it);
  expect(result).toMatchObject({ checks: 4, comparisons: 4 });
  expect(rulesOf(it, result)).toEqual({
    daily: 'directory: dynamic',
    'daily/app-[0-9]*.log': 'file: nothing',
    'log/app.log': 'file: append-only',
    'log/status': 'file: dynamic',
  });
  // The severity stays what it was.
  expect(new Set(result.proposals.map(({ rule }) => rule.severity))).toEqual(new Set(['critical']));
  const reasons = reasonsOf(it, result);
  expect(Object.keys(reasons).sort()).toEqual(['data/once', 'data/program']);
  expect(reasons['data/once']).toMatch(/^it changed once, found at \d{4}-/);
  expect(reasons['data/program']).toMatch(/flag setuid-added.*rights or identity changed: mode.*it is executable/);
});

test('the text can be appended to the policy, which then is quiet about the noise and about nothing else', () => {
  const it = busyBox();
  trial(it, 3, (check) => aDay(it, check));
  const { code, stdout, stderr } = it.run(['policy', 'learn']);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/append it to .*policy\.yaml/) });
  expect(stdout).toMatch(
    /# changed in 3 of 3 checks: .*sha256.*; last 20[^;]*; governed now\s+#\s+by "tree" \(critical\)/,
  );
  expect(stdout).toMatch(/# Not proposed \(2\): look at these\.\n.*# - \S+data\/once: it changed once/s);
  // Nothing is put into force by it.
  expect(readFileSync(it.policyFile, 'utf8')).not.toContain('learned');
  appendFileSync(it.policyFile, stdout);
  expect(it.run(['policy', 'check'])).toMatchObject({ code: 0 });
  expect(it.run(['accept', '--all', '--reason', 'trial']).code).toBe(0);
  expect(it.run(['policy', 'update', '--reason', 'learned']).code).toBe(0);
  expect(it.findings(it.check())).toEqual([]);
  aDay(it, 3);
  expect(it.findings(it.check())).toEqual(['changed data/program']);
  writeFileSync(it.path('log/app.log'), 'tidied up\n');
  expect(it.findings(it.check())).toContain('changed log/app.log');
});

test('each habit gets the rule that fits it: rotation, counting, touching, passing by', () => {
  const it = box();
  for (const name of ['app.log', 'app.log.1', 'app.log.2']) it.file(`log/${name}`, `${name}\n`);
  it.file('counter', '1\n');
  it.file('stamp', 'the same\n');
  it.file('jobs/job-1.out', 'a result that stays\n');
  it.policy('watch: read-only', 'notify: [ann@example.org]');
  // The checks tell nobody: there may be no mailer here.
  appendFileSync(it.policyFile, 'notify: { email: { to: [root], when: never } }\n');
  it.init();
  trial(it, 4, (check) => {
    renameSync(it.path('log/app.log.1'), it.path('log/app.log.2'));
    renameSync(it.path('log/app.log'), it.path('log/app.log.1'));
    writeFileSync(it.path('log/app.log'), `begun anew ${'.'.repeat(4 - check)}\n`);
    writeFileSync(it.path('counter'), `${'9'.repeat(check + 3)}\n`);
    writeFileSync(it.path('stamp'), 'the same\n');
    writeFileSync(it.path(`jobs/job-${check + 10}.out`), 'passing\n');
    if (check > 0) unlinkSync(it.path(`jobs/job-${check + 9}.out`));
  });
  const result = learned(it);
  expect(rulesOf(it, result)).toEqual({
    // It only grew, but its recorded bytes are not the first ones any more: it is no log.
    counter: 'file: growing',
    log: 'directory: dynamic',
    'log/app.log': 'file: dynamic',
    'log/app.log.[0-9]*': 'file: dynamic',
    // It keeps its digests.
    stamp: 'file: config -mtime',
  });
  // Who gets mail of a rule gets it of the one in its place.
  expect(new Set(result.proposals.map(({ rule }) => rule.notify?.join()))).toEqual(new Set(['ann@example.org']));
  expect(reasonsOf(it, result)['jobs/job-12.out']).toMatch(/would hide what stays/);
});

test('names that no reader can see are proposed exactly, and no name breaks out of a comment', () => {
  const it = box();
  const names = ['it\'s\n- name: evil\n  paths: ["/"]', 'new\x1b[2Jline', '# x: [', "quote'd"];
  for (const name of names) it.file(name, '0');
  it.init();
  trial(it, 3, (check) => {
    for (const name of names) writeFileSync(it.path(name), '1'.repeat(3 - check));
  });
  const result = learned(it);
  expect(result.proposals).toHaveLength(names.length);
  appendFileSync(it.policyFile, result.policy);
  it.run(['accept', '--all', '--reason', 'trial']);
  expect(it.run(['policy', 'update', '--reason', 'learned']).code).toBe(0);
  for (const name of names) writeFileSync(it.path(name), 'anything');
  expect(it.findings(it.check())).toEqual([]);
});

test('a policy whose rules are not last or are indented otherwise gets rules that fit, or is told where they go', () => {
  const it = box();
  it.policyText(`version: 1\nrules:\n- paths: ['${it.tree}']\n`);
  it.file('state', '0');
  it.init();
  trial(it, 3, (check) => writeFileSync(it.path('state'), `${9 - check}`));
  appendFileSync(it.policyFile, learned(it).policy);
  expect(it.run(['policy', 'check']).code).toBe(0);
  it.policyText(`version: 1\nrules: [{ paths: ['${it.tree}'] }]\n`);
  expect(it.run(['policy', 'learn']).stderr).toMatch(/put what you want of it at the end of the rules/);
});

test('fewer than three checks say so and how to get more; those with --paths do not count', () => {
  const it = box();
  it.file('state', '0');
  it.init();
  expectFailure(it.run(['policy', 'learn']), 66, /there is no report|0 checks are stored|no history/);
  it.check();
  it.check(['--paths', it.tree]);
  it.check(['--paths', it.tree]);
  expectFailure(it.run(['policy', 'learn', '--for', '1h']), 66, /1 check is stored of the last .*--every 1h/);
  expectFailure(it.run(['policy', 'learn', '--for', 'ever']), 64, /such as 90m, 24h or 7d/);
  expectFailure(it.run(['policy', 'learn', '--for', '1h', '--every', '40m']), 64, /no 3 checks at a distance/);
});

test('with --every it makes the checks itself, and one that is interrupted keeps those that were made', async () => {
  const it = box();
  it.file('state', '0');
  it.init();
  const made = it.run(['policy', 'learn', '--for', '2s', '--every', '1s', '--format', 'json']);
  expect(made.code, made.stderr).toBe(0);
  expect(made.stderr).toMatch(/NO CHANGES on/);
  const { checks } = JSON.parse(made.stdout) as Learned;
  expect(checks).toBeGreaterThanOrEqual(3);
  const run = it.start(['policy', 'learn', '--for', '1h', '--every', '30m']);
  await until(() => run.said.includes('NO CHANGES'), 'the first check is made');
  run.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  expect(learned(it).checks).toBe(checks + 1);
});

test.skipIf(!isRoot() || !existsSync('/etc'))('nothing below /etc is proposed, however often it changes', () => {
  const it = box();
  it.file('etc/motd', '0');
  it.policyText(`version: 1\nrules:\n  - paths: [/etc]\n`);
  expect(it.run(['init', '--root', it.tree]).code).toBe(0);
  for (let check = 0; check < 3; check += 1) {
    writeFileSync(it.path('etc/motd'), `${9 - check}`);
    it.run(['check', '--root', it.tree]);
  }
  const result = learned(it, '--root', it.tree);
  expect(result.proposals).toEqual([]);
  expect(result.notProposed).toMatchObject([
    { path: '/etc/motd', reasons: [expect.stringMatching(/decides what runs/)] },
  ]);
});
