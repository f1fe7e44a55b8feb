/** Findings are chosen by what stands before them in the report: their numbers, their names, what differs in them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type Box, box, expectFailure, REPOSITORY } from '../support/integ.ts';
import { parseMail } from '../support/parsed-mails.ts';

const NUMBERED = /^ {2,4}\[(\d+)\] +(?:added|removed|changed|moved|violated) +(\S.*?)\/?$/gm;

/** Each number in a text with the path behind it, in order. */
function shown(text: string): readonly (readonly [number, string])[] {
  return [...text.matchAll(NUMBERED)].map(([, number = '', path = '']) => [Number(number), path] as const);
}

function numbers({ changes, violations }: Report): ReadonlyMap<number | undefined, string> {
  return new Map([...changes, ...violations].map(({ number, path }) => [number, path]));
}

/** Five files of which each differs, and a report of that. */
function changed(...keys: readonly string[]): Box {
  const given = box();
  for (const name of ['a', 'b', 'c', 'd', 'e']) given.file(name, `${name}\n`, 0o644);
  given.policy('watch: read-only', ...keys);
  given.init();
  for (const name of ['a', 'b', 'c', 'd', 'e']) given.append(name, 'more');
  return given;
}

describe('numbers', () => {
  test('stand before every finding, in text, HTML and JSON alike, from 1 on without a gap', () => {
    const given = changed(`require: { mode: { max: '0640' } }`);
    given.file('new', 'x', 0o4755);
    const report = given.check();
    const found = numbers(report);
    expect([...found.keys()].sort((left, right) => Number(left) - Number(right))).toEqual(
      Array.from(found, (_, index) => index + 1),
    );
    const text = shown(given.run(['report', 'show', '--verbose']).stdout);
    expect(text.map(([number]) => number)).toEqual(text.map((_, index) => index + 1));
    expect(text).toHaveLength(found.size);
    for (const [number, path] of text) expect(found.get(number)).toBe(path);
    const html = given.run(['report', 'show', '--format', 'html']).stdout;
    for (const [number, path] of text) {
      expect(html).toMatch(new RegExp(`<span class="number">${number}</span> .*<span class="path">${path}/?</span>`));
    }
  });

  test('and ranges of them choose exactly those findings', () => {
    const given = changed();
    const found = numbers(given.check());
    const outcome = given.run(['accept', '--finding', '2,4-5', '--reason', 'x']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('3 of 5 findings');
    expect(given.check().changes.map(({ path }) => path)).toEqual([found.get(1), found.get(3)]);
  });

  test('of what is folded stand before it as they are typed', () => {
    const given = box();
    given.init();
    for (let index = 0; index < 20; index += 1) given.file(`d/n${index}`);
    const text = given.run(['check']).stdout;
    const [, range = ''] = /\[(\d+-\d+)\] 21 added in /.exec(text) ?? [];
    const html = given.run(['report', 'show', '--format', 'html']).stdout;
    expect(html).toMatch(new RegExp(`21 added in .*</summary>\n<p class="aside">numbers ${range}</p>`));
    expect(given.run(['accept', '--finding', range, '--reason', 'x'])).toMatchObject({ code: 0, stderr: '' });
    expect(given.check().status).toBe('clean');
  });

  test.each([
    ['that there is not', '6', /has no finding 6 \(hint: its findings have the numbers 1 to 5\)/],
    ['in a range that goes too far', '4-9', /has no finding 6/],
    ['of nothing', '0', /'0' is no number or range/],
    ['in a range that ends before it begins', '4-2', /'4-2' ends before it begins/],
    ['that is none', '1,x', /'x' is no number or range/],
  ])('one %s is an error of usage, and nothing is accepted', (_, given, message) => {
    const it = changed();
    it.check();
    expectFailure(it.run(['accept', '--finding', given, '--reason', 'x']), 64, message);
    expect(it.check().changes).toHaveLength(5);
  });

  test('of a violation cannot be accepted, and that of a consequence neither', () => {
    const given = box();
    given.file('a', 'a', 0o644);
    given.policy('watch: read-only', `require: { mode: '0700' }`, 'types: [file, directory]');
    given.init();
    given.file('new', 'x', 0o700);
    const { changes, violations } = given.check();
    const number = (of: { readonly number?: number } | undefined) => String(of?.number);
    const accept = (which: string) => given.run(['accept', '--finding', which, '--reason', 'x']);
    expectFailure(accept(number(violations[0])), 64, /is a violated requirement .*mend the object/);
    const consequence = changes.find((change) => change.consequence === true);
    expectFailure(accept(number(consequence)), 64, /only follows from another/);
    const both = accept(`${number(violations[0])},${number(given.change(given.check(), 'new'))}`);
    expect(both.stderr).toContain('1 violated requirement cannot be accepted');
    expect(both.code).toBe(0);
  });

  test('stand in the mail, and are those of the report', () => {
    const given = changed();
    const mailer = given.beside('mailer');
    writeFileSync(mailer, `#!/bin/sh\ncat > '${given.beside('mail')}'\n`, { mode: 0o755 });
    given.policyText(`version: 1
rules:
  - { name: tree, severity: critical, paths: ['${given.tree}'], watch: read-only }
notify: { email: { to: [root@example.org], sendmail: ${mailer} } }
`);
    given.init('--force');
    given.append('b', 'again');
    given.append('d', 'again');
    const report = given.check();
    const { text } = parseMail(readFileSync(given.beside('mail')));
    expect(shown(text)).toEqual([...numbers(report)]);
    expect(text).toContain('--finding NUMBERS');
    expect(text).not.toContain('--all');
  });

  test('are given to reports of an older version when they are shown and accepted from', () => {
    const given = box();
    for (const name of ['baseline.db', 'baseline.db.gen-1', 'baseline.db.history']) {
      const frozen = readFileSync(join(REPOSITORY, 'test/fixtures/format-3', `${name}.gz`));
      writeFileSync(join(given.state, name), gunzipSync(frozen), { mode: 0o600 });
    }
    const run = (args: readonly string[]) =>
      given.run([...args, '--root', given.tree, '--baseline', given.baseline], { bare: true });
    const first = /^(\S+).*sequence 1: /m.exec(run(['report', 'list']).stdout)?.[1] ?? expect.fail('no first report');
    expect(shown(run(['report', 'show', first]).stdout).map(([number]) => number)).toEqual([1, 2]);
    expect(run(['accept', first, '--finding', '1-2', '--reason', 'x']).stdout).toContain('Nothing to do');
    expectFailure(run(['accept', first, '--finding', '4', '--reason', 'x']), 64, /no finding 4/);
  });
});

describe('names', () => {
  const HOSTILE = ['a b', "it's", '$(x)', 'back\\slash', 'new\nline', '\u001b[2J', 'deep[1]', '{a,b}', 'end ', '*'];

  test.each(HOSTILE.map((name) => [JSON.stringify(name), name]))('%s can be pasted as it is printed', (_, name) => {
    const given = box();
    for (const each of ['other', 'b', ...HOSTILE]) given.file(each);
    given.init();
    for (const each of ['other', 'b', ...HOSTILE]) given.append(each, 'more');
    const report = given.check();
    const exact = (path: string, base64: string | undefined) =>
      base64 === undefined ? path.replaceAll('\\\\', '\\') : String(Buffer.from(base64, 'base64'));
    const printed =
      report.changes.find(({ path, pathBase64 }) => exact(path, pathBase64) === given.path(name))?.path ?? '';
    expect(given.run(['accept', '--path', printed, '--reason', 'x'])).toMatchObject({ code: 0, stderr: '' });
    const left = given.check().changes.map(({ path }) => path);
    expect(left).toEqual(report.changes.map(({ path }) => path).filter((path) => path !== printed));
    expect(given.run(['baseline', 'entries', printed]).stdout).toContain(` ${printed}\n`);
  });

  test('that are not UTF-8 too', () => {
    const given = box();
    given.init();
    writeFileSync(Buffer.concat([Buffer.from(`${given.tree}/`), Buffer.from([0xff, 0x41])]), 'x');
    given.file('other');
    given.check();
    expect(given.run(['accept', '--path', `${given.tree}/\\xffA`, '--reason', 'x']).code).toBe(0);
    expect(given.findings(given.check())).toEqual(['added other']);
  });

  test('in a message are quoted for a shell', () => {
    const given = box();
    given.init();
    given.file('a b');
    given.check();
    const outcome = given.run(['accept', '--path', '/nowhere', '--reason', 'x']);
    expectFailure(outcome, 64, /findings at .*'\/.*\/a b'/);
  });
});

describe('--only', () => {
  /** Of three files one has other times, one another mode too, one became writable for all. */
  function touched(): Box {
    const given = box();
    for (const name of ['a', 'b', 'c']) given.file(name, 'x', 0o644);
    given.init();
    for (const name of ['a', 'b', 'c']) given.file(name, 'x');
    given.file('b', 'x', 0o600);
    given.file('c', 'x', 0o646);
    return given;
  }

  test('takes what differs in nothing else', () => {
    const given = touched();
    expect(given.findings(given.check())).toEqual(['changed a', 'changed b', 'changed c']);
    const outcome = given.run(['accept', '--only', 'mtime,ctime', '--reason', 'restored']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(given.findings(given.check())).toEqual(['changed b', 'changed c']);
  });

  test('never takes what has a flag, and says how many it left', () => {
    const given = touched();
    given.check();
    const outcome = given.run(['accept', '--only', 'mtime,ctime,mode', '--path', given.tree, '--reason', 'x']);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/1 with a flag was left: .*--finding/);
    expect(given.findings(given.check())).toEqual(['changed c']);
    expectFailure(
      given.run(['accept', '--only', 'mtime,ctime,mode', '--reason', 'x']),
      64,
      /nothing was accepted .*: 1 with a flag was left/,
    );
  });

  test.each([
    ['no attribute', ['--only', 'mtimes'], /no attribute 'mtimes' \(did you mean 'mtime'\?\)/],
    ['numbers', ['--only', 'mtime', '--finding', '1'], /--only does not go with/],
    ['attributes in which nothing differs', ['--only', 'uid'], /--only uid matches no finding/],
  ])('with %s accepts nothing', (_, options, message) => {
    const given = touched();
    given.check();
    expectFailure(given.run(['accept', ...options, '--reason', 'x']), 64, message);
  });
});

describe('what a report offers', () => {
  test('is --all where that takes nothing grave', () => {
    const given = changed();
    expect(given.run(['check']).stdout).toMatch(/\nTo accept all that is reported:\n {2}integ accept \S+ --all /);
  });

  test.each([
    ['critical', (given: Box) => given.append('a', 'again'), 'critical'],
    ['flagged', (given: Box) => given.file('a', 'a', 0o4644), 'low'],
  ])('is never --all while something %s is unexplained', (_, change, severity) => {
    const given = changed(`severity: ${severity}`);
    given.init('--force');
    change(given);
    const { stdout } = given.run(['check']);
    expect(stdout).toContain("--finding NUMBERS --reason 'WHY'");
    expect(stdout).not.toContain('--all ');
  });

  test('is nothing where the report is not stored', () => {
    const given = changed();
    const outcome = given.run(['check', '--report-only']);
    expect(outcome.stdout).not.toContain('integ accept');
  });
});
