import { chmodSync, cpSync, existsSync, readdirSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { type Box, box, expectFailure } from '../support/integ.ts';

/** Nobody listens there. */
const UNREACHABLE = 'transport: smtp, smtp: { host: 127.0.0.1, port: 9, security: none }';

let it: Box;
let seal: string;

beforeEach(() => {
  it = box();
  it.policyText(`version: 1
name: told
rules:
  - { name: tree, paths: ['${it.tree}'], watch: config }
notify:
  email: { to: [root@example.org], from: integ@example.org, ${UNREACHABLE}, when: always }
`);
  it.file('file');
  seal = it.seal();
  it.append('file', 'more\n');
});

test('a check that makes the report and nothing else keeps no history and tells nobody', () => {
  const before = readdirSync(it.state);
  const report = it.check(['--report-only', '--expect-seal', seal]);
  expect(it.findings(report)).toEqual(['changed file']);
  expect(report.notes.join('\n')).toContain('no history was read');
  expect(readdirSync(it.state)).toEqual(before);
  expect(existsSync(`${it.baseline}.outbox`)).toBe(false);
  const text = it.run(['check', '--report-only', '--expect-seal', seal]);
  // What is not stored can neither be shown again nor be accepted.
  expect(text.stdout).not.toContain('integ accept');
  // The same check otherwise tells those whom the policy names, or that it could not.
  expect(it.run(['check', '--expect-seal', seal])).toMatchObject({ code: 69 });
});

test('it does not ask the history either, which knows of a newer baseline', () => {
  const older = it.beside('older.db');
  cpSync(it.baseline, older);
  it.run(['check', '--expect-seal', seal]);
  expect(it.run(['accept', 'latest', '--all', '--reason', 'test'])).toMatchObject({ code: 0 });
  cpSync(older, it.baseline);
  expectFailure(it.run(['check']), 65, /went back/);
  expect(it.findings(it.check(['--report-only']))).toEqual(['changed file']);
});

test('a policy file that others may write keeps it from nothing, and is not the policy in the baseline', () => {
  chmodSync(it.policyFile, 0o666);
  expectFailure(it.run(['check', '--expect-seal', seal]), 77, /can be changed by others/);
  expect(it.check(['--report-only', '--expect-seal', seal]).policy.matchesFile).toBe(false);
});

test('nobody can be told of its failure', () => {
  expect(it.run(['check', '--report-only', '--unattended']).code).toBe(64);
});
