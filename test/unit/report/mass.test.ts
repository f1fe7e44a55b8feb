import { describe, expect, test } from 'vitest';
import type { ReportChange } from '../../../src/model/report.ts';
import { htmlReport } from '../../../src/report/html.ts';
import { markdownReport } from '../../../src/report/markdown.ts';
import { numberFindings } from '../../../src/report/numbers.ts';
import { textReport } from '../../../src/report/text.ts';
import { change, reportOf } from '../../support/composed-mails.ts';

type Attributes = ReportChange['attributes'];

const RESTORED: Attributes = { inode: { before: '1', after: '2' }, ctime: { before: 'a', after: 'b' } };

function many(count: number, of: (index: number) => Partial<ReportChange>, directory = '/srv'): ReportChange[] {
  return Array.from({ length: count }, (_, index) =>
    change({ path: `${directory}/f${String(index).padStart(3, '0')}`, rule: 'all', severity: 'medium', ...of(index) }),
  );
}

function textOf(changes: readonly ReportChange[], verbose = false): string {
  const sorted = changes.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  return [...textReport(numberFindings(reportOf({ changes: sorted })), { verbose })].join('');
}

const restored = many(50, (index) => ({
  attributes: { inode: { before: `${index}`, after: `${index + 99}` }, ctime: { before: `${index}`, after: 'now' } },
}));
const real = change({
  path: '/srv/z',
  rule: 'all',
  severity: 'medium',
  attributes: { ...RESTORED, sha256: { before: '0', after: '1' } },
});

describe('what changed alike', () => {
  test('is one line with count, cause and numbers, after the real changes', () => {
    const text = textOf([...restored, real]);
    expect(text).toMatch(/\[1\] {2}changed {3}\/srv\/z\n/);
    expect(text).toContain('[2-51] 50 changed only in inode and times, as after a restored backup in /srv and below\n');
    expect(text.split('\n').length).toBeLessThan(30);
  });

  test('is shown whole to those who want to see all', () => {
    expect(textOf([...restored, real], true).match(/changed {3}\/srv\/f\d/g)).toHaveLength(50);
  });

  test.each<[string, Attributes, string]>([
    ['a clock', { mtime: { before: 'a', after: 'b' } }, 'only in times, as after a touch or a clock that was set'],
    ['a remount', { dev: { before: '8:1', after: '8:2' } }, 'only in dev 8:1 -> 8:2, as when they are mounted'],
    [
      'a recursive chown',
      { uid: { before: '0', after: '33' }, ctime: { before: 'a', after: 'b' } },
      'only in uid 0 -> 33, as by a recursive chown',
    ],
    ['a recursive chmod', { mode: { before: '0644', after: '0600' } }, 'only in mode 0644 -> 0600'],
  ])('is recognised after %s', (_, attributes, words) => {
    expect(textOf(many(20, () => ({ attributes })))).toContain(`[1-20] 20 changed ${words}`);
  });

  test('is not what has another value, a flag, or content that differs', () => {
    const to = (uid: string): Attributes => ({ uid: { before: '0', after: uid } });
    const chowned = many(20, (index) => ({ attributes: to(index === 7 ? '5' : '33') }));
    expect(textOf(chowned)).toContain('[2-20] 19 changed only in uid 0 -> 33');
    const flagged = many(20, (index) => ({ attributes: RESTORED, flags: index === 7 ? ['rolled-back'] : [] }));
    const text = textOf(flagged);
    expect(text).toContain('[2-20] 19 changed only in inode and times');
    expect(text).toContain('[1]  changed   /srv/f007\n            ! ');
    const grave = many(20, (index) => ({ attributes: RESTORED, severity: index === 7 ? 'critical' : 'low' }));
    expect(textOf(grave)).toContain('CRITICAL: 1 finding\n  [1]  changed   /srv/f007\n');
    const size = many(20, () => ({ attributes: { ...RESTORED, size: { before: '1', after: '2' } } }));
    expect(textOf(size)).toContain('20 changed in /srv and below');
  });

  test('of few is told one by one', () => {
    expect(textOf(many(12, () => ({ attributes: RESTORED })))).not.toContain('only in');
  });
});

describe('the same lines in many files', () => {
  const SCRIPT = '+<script src="https://evil.example/x.js"></script>';
  const page = (index: number, lines: readonly string[] = [SCRIPT]): Partial<ReportChange> => ({
    attributes: { size: { before: `${index}`, after: `${index + 50}` }, sha256: { before: 'a', after: `${index}` } },
    content: { facts: [], diff: [`@@ -${index} +${index} @@`, ` <p>${index}</p>`, ...lines] },
  });

  test('are told once, with the files below', () => {
    const text = textOf(many(400, (index) => page(index), '/var/www'));
    expect(text).toContain('[1-400] 400 changed in the same lines in /var/www and below\n');
    expect(text.split(SCRIPT)).toHaveLength(2);
    expect(text).toContain('[1]  changed   /var/www/f000\n');
  });

  test('are not those that are others, are not all known, or stand for a secret', () => {
    const one = (lines: readonly string[]) => textOf(many(5, (index) => page(index, index === 2 ? lines : [SCRIPT])));
    expect(one(['+<script src="/other.js">'])).toContain('[2-5] 4 changed in the same lines');
    const secret = many(5, (index) => page(index, ['+password <redacted>']));
    expect(textOf(secret)).not.toContain('same lines');
    const cut = many(5, (index) => ({
      ...page(index),
      content: { facts: [], diff: [SCRIPT], omitted: '7 more lines' },
    }));
    expect(textOf(cut)).not.toContain('same lines');
    const told = many(5, (index) => ({ ...page(index), content: { facts: ['a fact'], diff: [SCRIPT] } }));
    expect(textOf(told)).not.toContain('same lines');
  });

  test('are one entry in HTML and Markdown too', () => {
    const report = numberFindings(reportOf({ changes: many(40, (index) => page(index), '/var/www') }));
    const html = [...htmlReport(report)].join('');
    expect(html).toContain('<summary>40 changed in the same lines in /var/www and below</summary>');
    expect(html).toContain('numbers 1-40');
    const markdown = [...markdownReport(report)].join('');
    expect(markdown).toContain('\\[1-40] `40 changed in the same lines`');
    expect(markdown.split(SCRIPT)).toHaveLength(2);
  });
});
