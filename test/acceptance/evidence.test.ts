/**
 * What integ evidence says of a history is what truly happened, and it says so when the history is not to be believed.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/report/evidence/document.ts';
import { FRAMEWORK_NAMES } from '../../src/report/evidence/framework.ts';
import { FRAMEWORKS } from '../../src/report/evidence/frameworks.ts';
import { EVIDENCE } from '../support/evidence-schema.ts';
import { HAS_PYTHON, parsePages } from '../support/html-skeleton.ts';
import { type Box, box, expectFailure } from '../support/integ.ts';
import { breaches } from '../support/json-schema.ts';
import { AS_NOBODY, isRoot, NOBODY } from '../support/privileges.ts';
import { tool } from '../support/programs.ts';
import { CAN_SIGN, makeKey } from '../support/ssh-keys.ts';

const HAS_SQLITE = existsSync('/usr/bin/sqlite3');

function gathered(given: Box, code = 0, ...args: readonly string[]): Evidence {
  const outcome = given.run(['evidence', '--framework', 'pci-dss', '--since', '1d', '--format', 'json', ...args]);
  expect(outcome.code, outcome.stderr).toBe(code);
  const parsed: unknown = JSON.parse(outcome.stdout);
  expect(breaches(EVIDENCE, parsed)).toEqual([]);
  // Just held to the schema of this type.
  return parsed as Evidence;
}

/** `changed a: accepted 2`. */
function fates(given: Box, { findings }: Evidence): readonly string[] {
  return findings.map(({ kind, path, from, fate }) => {
    const generation = fate.is === 'accepted' || fate.is === 'superseded' ? ` ${fate.generation.sequence}` : '';
    const move = from === undefined ? '' : `${given.short(from)} -> `;
    return `${kind} ${move}${given.short(path)}: ${fate.is}${generation}`;
  });
}

/** Directories are watched for their rights alone, so that each change of a file is one finding. */
function recorded(...more: readonly string[]): Box {
  const given = box();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) given.file(name);
  given.policyText(policyOf(given, ...more));
  given.init();
  return given;
}

function policyOf(given: Box, ...more: readonly string[]): string {
  const files = `  - { name: files, severity: high, paths: ['${given.tree}'], watch: config, types: [file] }`;
  return ['version: 1', 'name: test', ...more, 'rules:', files, ''].join('\n');
}

function accept(given: Box, ...names: readonly string[]): void {
  const paths = names.map((name) => given.path(name));
  const outcome = given.run(['accept', '--path', ...paths, '--reason', `new ${names.join()}`, '--ticket', 'CHG-7']);
  expect(outcome).toMatchObject({ code: 0 });
}

describe('evidence', () => {
  test('says of every finding what became of it', () => {
    const given = recorded();
    given.check();
    for (const name of ['a', 'c']) given.append(name, 'more');
    const old = given.path('b');
    renameSync(old, given.path('kept'));
    given.check();
    renameSync(given.path('kept'), old);
    rmSync(given.path('d'));
    given.file('new');
    renameSync(given.path('e'), given.path('moved'));
    given.check();
    accept(given, 'a', 'd', 'new', 'e', 'moved');
    given.check();
    given.append('a', 'again');
    given.check();
    const evidence = gathered(given);
    expect([...fates(given, evidence)].sort()).toEqual([
      'added new: accepted 2',
      'changed a: accepted 2',
      'changed a: open',
      'changed c: open',
      'moved b -> kept: undone',
      'moved e -> moved: accepted 2',
      'removed d: accepted 2',
    ]);
    expect(evidence.summary.findings).toEqual({
      open: 2,
      accepted: 4,
      undone: 1,
      superseded: 0,
      'no longer reported': 0,
      'reported otherwise': 0,
      total: 7,
    });
    const first = evidence.findings.find(({ path, fate }) => path === given.path('a') && fate.is === 'accepted');
    expect(first).toMatchObject({
      runs: '2-3',
      rule: 'files',
      severity: 'high',
      fate: { generation: { command: 'accept', why: 'new a,d,new,e,moved', ticket: 'CHG-7' } },
    });
    expect(evidence.chain).toMatchObject({ intact: true, runs: 5, firstRun: 1, lastRun: 5, pruned: false });
    expect(evidence.runs.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(evidence.rules).toMatchObject([{ name: 'files', objects: 6, notify: [] }]);
  });

  test('does not say accepted where the file of the generation is gone, nor where another policy came', () => {
    const given = recorded();
    given.append('a', 'more');
    given.append('b', 'more');
    given.check();
    accept(given, 'a');
    given.append('c', 'more');
    given.check();
    accept(given, 'c');
    unlinkSync(`${given.baseline}.gen-2`);
    given.policyText(policyOf(given, `ignore: ['${given.path('b')}']`));
    expect(given.run(['policy', 'update', '--reason', 'b is noise'])).toMatchObject({ code: 0 });
    given.check();
    const evidence = gathered(given);
    expect(fates(given, evidence)).toEqual([
      'changed a: no longer reported',
      'changed b: no longer reported',
      'changed c: accepted 3',
    ]);
    const [a, b] = evidence.findings.map(({ fate }) => (fate.is === 'no longer reported' ? fate.generations : []));
    expect(a).toMatchObject([{ sequence: 2, command: 'accept', why: 'new a' }]);
    expect(b?.at(-1)).toMatchObject({ sequence: 4, command: 'policy update', why: 'b is noise' });
    expect(evidence.policy.changes.map(({ command }) => command)).toEqual(['init', 'policy update']);
    expect(evidence.generations.map(({ source }) => source)).toEqual(['sealed', 'remembered', 'sealed', 'sealed']);
  });

  test('says superseded when the baseline was made anew', () => {
    const given = recorded();
    given.append('a', 'more');
    given.check();
    expect(given.run(['init', '--force'])).toMatchObject({ code: 0 });
    expect(given.check().exitCode).toBe(0);
    const [finding] = gathered(given).findings;
    expect(finding?.fate).toMatchObject({ is: 'superseded', generation: { sequence: 2, command: 'init' } });
  });

  test('does not take a restricted check for one that ended a finding, nor for one of the schedule', () => {
    const given = recorded();
    given.append('a', 'more');
    given.check();
    given.check(['--paths', given.path('b')]);
    const evidence = gathered(given);
    expect(evidence.findings[0]?.fate).toMatchObject({ is: 'open', doubt: 'restricted' });
    expect(evidence.schedule).toMatchObject({ completeRuns: 1, kept: true });
  });

  test('names what could not be examined, and counts no incomplete check', () => {
    const given = box();
    for (const name of ['a', 'c']) given.file(name);
    given.policyText(policyOf(given));
    if (isRoot()) {
      given.give(NOBODY);
      given.under = AS_NOBODY;
    }
    given.init();
    given.append('a', 'more');
    given.check();
    for (const name of ['a', 'c']) chmodSync(given.path(name), 0);
    expect(given.check().status).toBe('incomplete');
    const evidence = gathered(given);
    const unexamined = evidence.runs[1]?.unexamined ?? [];
    expect(unexamined.map(({ path, code }) => [given.short(path), code])).toEqual([
      ['a', 'EACCES'],
      ['c', 'EACCES'],
    ]);
    expect(evidence.schedule).toMatchObject({ completeRuns: 1, kept: true });
    const open = evidence.findings.find(({ path, fate }) => path === given.path('a') && fate.is === 'open');
    expect(open).toBeDefined();
  });

  test('tells violated requirements until they are mended', () => {
    const given = recorded();
    const rule = `  - { paths: ['${given.path('f')}'], watch: existence, require: { mode: '0600' } }\n`;
    given.policyText(`${policyOf(given)}${rule}`);
    given.run(['policy', 'update', '--reason', 'f is secret']);
    given.check();
    expect(gathered(given).violations).toMatchObject([{ path: given.path('f'), fate: { is: 'open' } }]);
    chmodSync(given.path('f'), 0o600);
    given.check();
    expect(gathered(given).violations).toMatchObject([{ expected: { mode: '0600' }, fate: { is: 'mended', run: 2 } }]);
  });

  test.skipIf(!CAN_SIGN)('says who signed each generation and each check (needs ssh-keygen)', () => {
    const given = box();
    given.file('a');
    const { file: key, publicKey } = makeKey(given.directory, 'key');
    const signer = `ann@example.org ${publicKey}`;
    given.policyText(policyOf(given, `baseline: { signers: ['${signer}'] }`));
    expect(given.run(['init']).code).toBe(0);
    expect(given.run(['baseline', 'sign', '--key', key])).toMatchObject({ code: 0 });
    given.append('a', 'more');
    given.check();
    given.run(['accept', '--all', '--reason', 'new a']);
    expect(gathered(given).notes.join()).toContain('waits for its signature');
    expect(given.run(['baseline', 'sign', '--key', key])).toMatchObject({ code: 0 });
    const evidence = gathered(given);
    const valid = { status: 'valid', signer: 'ann@example.org' };
    expect(evidence.baseline.signature).toEqual(valid);
    expect(evidence.generations.map(({ signature }) => signature)).toEqual([valid, valid]);
    expect(evidence.runs.map(({ signature }) => signature)).toEqual([valid]);
    expect(fates(given, evidence)).toEqual(['changed a: accepted 2']);
  });

  test('tells gaps that are longer than what was asked for, and only then', async () => {
    const given = recorded();
    given.check();
    await new Promise((resolve) => setTimeout(resolve, 2100));
    given.check();
    expect(gathered(given, 0, '--max-gap', '1h').schedule).toMatchObject({
      kept: true,
      maxGapFrom: 'option',
      gaps: [],
    });
    const { kept, gaps } = gathered(given, 0, '--max-gap', '1s').schedule;
    expect(kept).toBe(false);
    expect(gaps.some(({ after, before }) => after === 1 && before === 2)).toBe(true);
    const { schedule } = gathered(given, 0, '--framework', 'nist');
    expect(schedule).toMatchObject({ maxGapFrom: 'nobody', gaps: [] });
    expect(schedule.kept).toBeUndefined();
  });

  test('tells who is told, without the secret part of an address, and what still waits', () => {
    const webhook = "  webhook: { url: 'https://hooks.example.org/secret-token' }";
    const email = '  email: { to: [root], transport: smtp, smtp: { host: 127.0.0.1, port: 1, security: none } }';
    const given = recorded('notify:', email, webhook.replace('https://hooks.example.org', 'http://127.0.0.1:1'));
    given.append('a', 'more');
    expect(given.run(['check']).code).toBe(69);
    const evidence = gathered(given);
    expect(evidence.delivery.channels).toEqual([
      { channel: 'email', destination: 'root', when: 'changes' },
      { channel: 'webhook', destination: '127.0.0.1:1', when: 'changes' },
    ]);
    expect(evidence.delivery.waiting).toHaveLength(2);
    expect(evidence.delivery.waiting[0]?.report).toBe(evidence.runs[0]?.report);
    expect(evidence.delivery.remarks.join()).toContain('not recorded');
  });

  test('is there for every framework', () => {
    const given = recorded();
    given.check();
    for (const framework of FRAMEWORK_NAMES) {
      const outcome = given.run(['evidence', '--framework', framework]);
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      for (const { id } of FRAMEWORKS[framework].controls) expect(outcome.stdout).toContain(`  ${id}: `);
      expect(outcome.stdout).toContain('AIDE');
    }
  });

  test('is written to a file whole', () => {
    const given = recorded();
    given.check();
    const file = join(given.directory, 'evidence.html');
    expect(given.run(['evidence', '--framework', 'cis', '--format', 'html', '--output', file])).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^<!DOCTYPE html>.*<\/html>\n$/s);
  });
});

describe('evidence that cannot be trusted', () => {
  test.skipIf(!HAS_SQLITE)(
    'says so first, and ends with 65, when a report was removed or edited (needs sqlite3)',
    () => {
      const given = recorded();
      given.check();
      given.append('a', 'more');
      given.check();
      given.check();
      const history = `${given.baseline}.history`;
      const sound = readFileSync(history);
      for (const sql of [
        'DELETE FROM runs WHERE number = 2',
        "UPDATE runs SET status = 'clean', exitCode = 0 WHERE number = 2",
        'DELETE FROM parts WHERE run = 2',
      ]) {
        writeFileSync(history, sound);
        tool('/usr/bin/sqlite3', history, sql);
        const outcome = given.run(['evidence', '--framework', 'pci-dss']);
        expect(outcome.code).toBe(65);
        expect(outcome.stdout).toMatch(/^NOT TO BE TRUSTED: the chain of reports is broken at run [23]/);
        expect(outcome.stderr).toContain('not to be trusted');
        const evidence = gathered(given, 65);
        expect(evidence.chain.intact).toBe(false);
        expect(evidence.problems).not.toEqual([]);
      }
    },
  );

  test('says so when an older generation was edited or replaced', () => {
    const given = recorded();
    given.append('a', 'more');
    given.check();
    accept(given, 'a');
    const other = recorded();
    renameSync(other.baseline, `${given.baseline}.gen-1`);
    const evidence = gathered(given, 65);
    expect(evidence.problems.join()).toContain('it was replaced');
    expect(fates(given, evidence)).toEqual(['changed a: accepted 2']);
  });

  test('is not made of a baseline that went back or is damaged', () => {
    const given = recorded();
    given.append('a', 'more');
    given.check();
    accept(given, 'a');
    renameSync(`${given.baseline}.gen-1`, given.baseline);
    expectFailure(given.run(['evidence', '--framework', 'iso']), 65, /went back/);
  });

  test('without a check in the period, says that and ends with 66', async () => {
    const given = recorded();
    expectFailure(box().run(['evidence', '--framework', 'iso']), 66, /no such|missing|does not exist|there is no/);
    const none = given.run(['evidence', '--framework', 'iso']);
    expect(none.code).toBe(66);
    expect(none.stdout).toMatch(/^NO CHECKS in the period/);
    given.check();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const old = gathered(given, 66, '--since', '1s');
    expect(old).toMatchObject({ runs: [], chain: { intact: true, runs: 1 } });
  });

  test('without a framework is a mistake', () => {
    expectFailure(recorded().run(['evidence']), 64, /--framework/);
    expectFailure(recorded().run(['evidence', '--framework', 'iso', '--since', 'ever']), 64, /such as 24h/);
  });
});

test.skipIf(!HAS_PYTHON)('names are shown and are no markup, and HTML and JSON count the same (needs python3)', () => {
  const given = recorded();
  const names = ['<script>alert(1)', 'new\nline', '\x1b[2Jcleared', '\u202egpj', '"onload="x', 'long'.repeat(60)];
  for (const name of names) given.file(name);
  given.append('a', 'more');
  given.check();
  accept(given, 'a');
  const evidence = gathered(given);
  expect(evidence.findings).toHaveLength(names.length + 1);
  const page = given.run(['evidence', '--framework', 'pci-dss', '--since', '1d', '--format', 'html']).stdout;
  const [parsed] = parsePages([page]);
  expect(parsed?.elements.filter((element) => /^(script|img|iframe|a href onload)/.test(element))).toEqual([]);
  for (const { path } of evidence.findings) expect(parsed?.texts.some((text) => text.endsWith(path))).toBe(true);
  const texts = parsed?.texts ?? [];
  expect(texts.filter((text) => text.startsWith('STILL OPEN'))).toHaveLength(evidence.summary.findings.open);
  expect(texts.filter((text) => text.startsWith('accepted: '))).toHaveLength(evidence.summary.findings.accepted);
  const text = given.run(['evidence', '--framework', 'pci-dss', '--since', '1d']).stdout;
  expect(text).not.toMatch(/[\x1b\u202e]/);
  expect(text).toContain('new\\nline');
});

describe.skipIf(spawnSync('faketime', ['--version']).status !== 0)('over days that never were (needs faketime)', () => {
  /** Runs as so many days ago. */
  const ago = (days: number): { readonly under: readonly string[] } => ({ under: ['faketime', '-f', `-${days}d`] });

  test('the age of a finding and the gaps are those of the calendar', () => {
    const given = box();
    for (const name of ['a', 'b']) given.file(name);
    given.policyText(policyOf(given));
    expect(given.run(['init'], ago(40)).code).toBe(0);
    given.append('a', 'more');
    given.check([], ago(34));
    given.append('b', 'more');
    given.check([], ago(20));
    given.run(['accept', '--path', given.path('b'), '--reason', 'new b'], ago(19));
    for (const days of [16, 10, 4]) given.check([], ago(days));
    const evidence = gathered(given, 0, '--since', '90d');
    expect(fates(given, evidence)).toEqual(['changed a: open', 'changed b: accepted 2']);
    expect(evidence.findings[0]?.fate).toMatchObject({ ageDays: 34 });
    const { kept, gaps } = evidence.schedule;
    expect(kept).toBe(false);
    expect(gaps.map(({ after, before, seconds }) => [after, before, Math.round(seconds / 86_400)])).toEqual([
      [1, 2, 14],
    ]);
    // What ended before the period is not of it; what is open still is.
    const recent = gathered(given, 0, '--since', '12d');
    expect(fates(given, recent)).toEqual(['changed a: open']);
    expect(recent.schedule).toMatchObject({ kept: true, completeRuns: 2 });
    expect(recent.findings[0]?.fate).toMatchObject({ ageDays: 34 });
    expect(given.run(['evidence', '--framework', 'pci-dss', '--since', '90d']).stdout).toMatch(
      /^EVIDENCE: .*: 5 checks; SCHEDULE NOT KEPT, 1 gap \(recorded since .* only\); 1 finding open\n/,
    );
  });

  test('a history that retention cut says which reports are gone', () => {
    const given = box();
    given.file('a');
    given.policyText(policyOf(given, 'history: { retain: 10d }'));
    expect(given.run(['init'], ago(40)).code).toBe(0);
    given.check([], ago(30));
    given.check([], ago(5));
    given.check();
    const evidence = gathered(given, 0, '--since', '90d');
    expect(evidence.chain).toMatchObject({ intact: true, pruned: true, firstRun: 2, retainDays: 10 });
    expect(evidence.notes.join()).toContain('nothing is recorded');
    expect(evidence.period.recordedSince).toBe(evidence.runs[0]?.startedAt);
  });
});
