import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathFromLatin1, printable, printableText } from '../../src/model/bytes.ts';
import type { Report } from '../../src/model/report.ts';
import { jsonReport } from '../../src/report/json.ts';
import { change, compose, error, officePolicy, reportOf } from '../support/composed-mails.ts';
import { header, noPython, parseMails } from '../support/parsed-mails.ts';

const TRAPS = [
  '\r\nBcc: evil@example.org\r\n\r\nbody',
  '\n.\nMAIL FROM:<x>',
  '\n--boundary',
  '\x1b[2J',
  '\u202egpj.exe',
  '<script>alert(1)</script>',
  '=?utf-8?q?encoded?=',
  'Grüße, 世界 🌍',
  'x'.repeat(3000),
  '世'.repeat(400),
  '"quoted" <a@b>, c: ;',
  'From here',
  '\0\xff',
];
const hostile = fc.oneof(fc.constantFrom(...TRAPS), fc.string({ unit: 'binary', maxLength: 40 }));
const name = fc.oneof(
  hostile.map((text) => Buffer.from(text, 'utf8').toString('latin1')),
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

/** A report as integ makes it, of names that somebody chose who does not mean well. */
const sample = fc
  .record({
    names: fc.array(name, { minLength: 1, maxLength: 4 }),
    host: hostile.filter((text) => text !== ''),
    rule: hostile,
    text: hostile,
  })
  .map(({ names, host, rule, text }) => {
    const shown = printableText(text);
    const paths = names.map((part) => printable(pathFromLatin1(`/etc/mail/${part}`)));
    const content = { facts: [shown], diff: [`+${shown}`] };
    const changes = paths.map((path) => change({ path, rule: printableText(rule), severity: 'high', content }));
    const errors = paths.map((path) => ({ ...error(path), message: shown }));
    const [first = ''] = paths;
    const others: Partial<Report> = {
      host: printableText(host),
      notes: [shown],
      violations: [
        { path: first, rule: 'Mail', severity: 'low', expected: { owner: shown }, actual: { owner: shown } },
      ],
    };
    return { report: reportOf({ changes, errors }, others), rule: rule === '' ? 'Mail' : rule };
  });

describe.skipIf(noPython)(`whatever names are in a report${noPython === undefined ? '' : ` (${noPython})`}`, () => {
  test('its mails are well formed, say what they say, and hold not one header more', async () => {
    const samples = fc.sample(sample, { numRuns: 120, seed: 4 });
    const policy = officePolicy('{ to: [root, a@example.org] }');
    const named = (rule: string) => ({ ...policy, rules: policy.rules.map((each) => ({ ...each, name: rule })) });
    const messages = await Promise.all(samples.map((each) => compose(each.report, named(each.rule))));
    const mails = parseMails(messages.flatMap((each) => each.map(({ body }) => body)));
    expect(mails).toHaveLength(240);
    const [plain] = parseMails((await compose(reportOf({ errors: [error('/etc')] }), policy)).map(({ body }) => body));
    for (const [index, mail] of mails.entries()) {
      expect(mail.defects).toEqual([]);
      expect(mail.headers.map(([key]) => key)).toEqual(plain?.headers.map(([key]) => key));
      expect(mail.isAscii).toBe(true);
      expect(mail.strayBreaks).toBe(0);
      expect(mail.longestLine).toBeLessThanOrEqual(998);
      const isWhole = index % 2 === 0;
      const { report: whole } = samples[index >> 1] ?? expect.fail('two mails of a report are expected');
      // A name of a rule may be one long word, which nothing can fold.
      expect(mail.longestHeadLine).toBeLessThanOrEqual(isWhole ? 78 : 998);
      expect(mail.subject).toMatch(/^INCOMPLETE: .* \d errors?, not everything could be examined; /);
      if (isWhole) expect(mail.subject).toContain('; highest severity high');
      const first = mail.text.split('\n')[0] ?? '';
      expect(mail.subject).toMatch(/ \(\d{4}-[^ ]*\)$/);
      if ([...whole.host].length <= 64 && [...first].length <= 150) expect(mail.subject.startsWith(first)).toBe(true);
      expect(mail.html).not.toMatch(/<script|<img|<a |javascript:/);
      expect(mail.text).not.toMatch(/[^\P{C}\n]/u);
      expect(header(mail, 'x-integ-status')).toBe('incomplete');
      if (isWhole) expect(mail.attachments[0]?.content).toBe([...jsonReport(whole)].join(''));
    }
  });
});
