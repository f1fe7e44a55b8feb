/**
 * Whatever somebody wrote into a baseline, a history or an outbox, no command hands a character to a terminal that
 * obeys it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { History } from '../../src/baseline/history/history.ts';
import type { Report } from '../../src/model/report.ts';
import { Outbox } from '../../src/notify/outbox.ts';
import { REPORT_FORMATS } from '../../src/report/formats.ts';
import { jsonReport } from '../../src/report/json.ts';
import { reportSchema } from '../../src/report/schema.ts';
import { liveHost } from '../../src/system/host.ts';
import { forgeAndSeal } from '../support/forged-baselines.ts';
import { type Box, box, type Outcome } from '../support/integ.ts';
import type { Schema } from '../support/json-schema.ts';
import { fullReport } from '../support/sample-reports.ts';

/**
 * Clears the screen, sets a title, turns the direction, goes back to the start of the line, and forges a line of its
 * own.
 */
const EVIL = 'x\u001b[2J\u001b]0;evil\u0007\u009b31m\u202eevil\u2066\u061c\u007f\u0008\r\nFORGED all is well\u2028y';
const OBEYED = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)/;

function expectHarmless(text: string, what: string): void {
  const found = OBEYED.exec(text);
  if (found !== null) {
    const around = JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 60));
    expect.fail(`${what} prints U+${found[0].charCodeAt(0).toString(16)}: ${around}`);
  }
  expect(/^.*FORGED/m.exec(text)?.[0].startsWith('FORGED') ?? false, `${what} prints a forged line`).toBe(false);
}

/** The report with that text in every member that may be any text. */
function poisoned(schema: Schema, value: unknown): unknown {
  if (typeof value === 'string') {
    const isFree = schema.enum === undefined && schema.const === undefined && schema.pattern === undefined;
    return isFree ? `${value}${EVIL}` : value;
  }
  if (Array.isArray(value)) return value.map((item) => poisoned(schema.items ?? {}, item));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    return [name, typeof known === 'object' ? poisoned(known, member) : member];
  });
  return Object.fromEntries(members);
}

function poisonedReport(): Report {
  const report = fullReport();
  const [first, ...others] = report.changes.map((change) => ({ ...change }));
  const explained = { by: 'dpkg', package: 'p', from: '1', to: '2', proof: 'md5' };
  const content = { facts: ['a fact'], diff: ['+a line'], omitted: 'more' };
  const changes = first === undefined ? [] : [{ ...first, explained, content, links: ['/a'] }, ...others];
  // It keeps the shape of a report: only texts are longer.
  return poisoned(reportSchema, { ...report, changes, limits: ['--paths x'] }) as Report;
}

function poisonBaseline(file: string): void {
  const quoted = `replace('${EVIL}', '', '')`;
  const set = (table: string, ...columns: readonly string[]) =>
    `UPDATE ${table} SET ${columns.map((column) => `${column} = ${column} || ${quoted}`).join(', ')};`;
  const sql = [
    "UPDATE meta SET value = value || X WHERE key IN ('host', 'version', 'createdAt', 'who', 'why', 'policyName', 'policySha256');",
    "INSERT INTO meta VALUES ('ticket', X);",
    'DELETE FROM mounts; INSERT INTO mounts VALUES (0, CAST(X AS BLOB), X, X, X, 0);',
    "DELETE FROM failures; INSERT INTO failures VALUES (0, CAST('/' || X AS BLOB), X, X, X);",
    "DELETE FROM unavailable; INSERT INTO unavailable VALUES (0, X, X, CAST('/' || X AS BLOB));",
    "DELETE FROM packages; INSERT INTO packages VALUES (0, X, X, x'');",
    "INSERT INTO start_links VALUES (0, 0, CAST('/' || X AS BLOB), CAST('/' || X AS BLOB));",
    set('rules', 'name', 'watch'),
    set('policy_sources', 'name'),
  ].join('\n');
  forgeAndSeal(file, sql.replaceAll(/\bX\b/g, quoted));
}

/** A box whose baseline, history and outbox say something evil wherever they may say anything. */
function poisonedBox(): Box {
  const given = box();
  given.file('a');
  given.policyText(
    `version: 1\nname: "p\\e[2J\\x9b"\nrules:\n  - name: "tree\\e[2J\\u202e"\n    paths: ['${given.tree}']\n`,
  );
  given.init();
  poisonBaseline(given.baseline);
  const database = new Database(given.baseline, { readonly: true });
  const seal = String(database.prepare("SELECT value FROM meta WHERE key = 'seal'").pluck().get());
  database.close();
  // Whoever edits a baseline as root removes what knows better.
  const file = `${given.baseline}.history`;
  writeFileSync(file, '');
  const history = History.open(file);
  const origin = { command: EVIL, who: EVIL, why: EVIL, ticket: EVIL };
  const generation = { sequence: 1, seal, createdAt: EVIL, origin };
  history.remember({ lineage: '', generation, seenAt: EVIL, inForceOn: liveHost.identity() });
  const report = poisonedReport();
  const { id, host, startedAt, finishedAt, status, exitCode } = report;
  const facts = { id, host, startedAt, finishedAt, status, exitCode, lineage: '', sequence: 1, seal };
  const summary = JSON.stringify({ ...report.summary, [EVIL]: EVIL });
  history.store({ ...facts, rules: EVIL, limits: EVIL, summary }, jsonReport(report), []);
  history.close();
  const body = Buffer.from(EVIL);
  const message = {
    id: EVIL,
    channel: 'email',
    destination: EVIL,
    envelope: { from: EVIL, to: [EVIL] },
    body,
  } as const;
  new Outbox(`${given.baseline}.outbox`).add(message, { baseline: EVIL, report: EVIL, at: 1 });
  return given;
}

const COMMANDS: readonly (readonly [what: string, commands: readonly (readonly string[])[]])[] = [
  [
    'about the baseline',
    [
      ['baseline', 'show'],
      ['baseline', 'show', '--format', 'json'],
      ['baseline', 'entries', '--verbose'],
      ['baseline', 'entries', '--format', 'ndjson'],
      ['baseline', 'verify'],
      ['baseline', 'list'],
      ['baseline', 'list', '--format', 'json'],
      ['baseline', 'log'],
      ['baseline', 'log', '--format', 'json'],
      ['baseline', 'sign', '--manifest'],
    ],
  ],
  ['about a stored report', REPORT_FORMATS.map((format) => ['report', 'show', '--format', format])],
  [
    'about the history and the outbox',
    [
      ['report', 'list'],
      ['report', 'list', '--format', 'json'],
      ['report', 'show', EVIL],
      ['report', 'show', '--verbose'],
      ['notify', 'queue'],
      ['notify', 'queue', '--format', 'json'],
      ['evidence', '--framework', 'pci-dss'],
      ['evidence', '--framework', 'pci-dss', '--format', 'json'],
      ['evidence', '--framework', 'pci-dss', '--format', 'html'],
    ],
  ],
  [
    'about the policy',
    [
      ['policy', 'check'],
      ['policy', 'explain', `/${EVIL}`],
      ['policy', 'learn'],
      ['schedule', 'show', '--cron'],
    ],
  ],
  [
    'that judges by them',
    [
      ['accept', '--all', '--reason', EVIL],
      ['accept', '--rule', EVIL, '--reason', EVIL],
      ['check'],
      ['check', '--format', 'json'],
    ],
  ],
];

function expectOutcome(given: Box, args: readonly string[]): Outcome {
  const outcome = given.run(args);
  const what = `integ ${args.map((word) => JSON.stringify(word)).join(' ')}`;
  expect(outcome.code, `${what}: ${outcome.stderr}`).not.toBe(70);
  expectHarmless(outcome.stdout, what);
  expectHarmless(outcome.stderr, `${what} on standard error`);
  if (args.at(-1) === 'json' && outcome.stdout !== '') JSON.parse(outcome.stdout);
  return outcome;
}

test.each(COMMANDS)('nothing evil that was stored reaches a terminal by a command %s', (_, commands) => {
  const given = poisonedBox();
  const outcomes = commands.map((args) => expectOutcome(given, args));
  // They printed what they had, and did not merely refuse.
  expect(outcomes.filter(({ stdout, stderr }) => `${stdout}${stderr}`.includes('evil')).length).toBeGreaterThan(1);
});

test('nothing evil in a report reaches a file that is looked at in a terminal', () => {
  const given = poisonedBox();
  for (const format of ['text', 'markdown', 'csv', 'ndjson']) {
    const file = given.beside(`report.${format}`);
    expect(given.run(['report', 'show', '--format', format, '--output', file])).toMatchObject({ code: 0, stdout: '' });
    expectHarmless(readFileSync(file, 'utf8'), `the file of ${format}`);
  }
});

test('a name that a terminal would obey is not written in the format of sha256sum, and the other files are', () => {
  const given = box();
  const evil = given.file('evil\u001b[2J');
  const outcome = given.run(['hash', '-a', 'sha256', '--format', 'sum', evil, given.file('plain')], { bare: true });
  expect(outcome).toMatchObject({ code: 64, stdout: expect.stringMatching(/^[0-9a-f]{64} {2}[^\n]*plain\n$/) });
  expectHarmless(outcome.stderr, 'hash');
  expect(outcome.stderr).toContain('evil\\x1b[2J cannot be written in the format sum');
});
