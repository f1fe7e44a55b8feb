import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Report, ReportChange } from '../../../src/model/report.ts';
import { htmlReport } from '../../../src/report/html.ts';
import { html, raw } from '../../../src/report/html-template.ts';
import { fullReport, sampleReport } from '../../support/sample-reports.ts';

function page(report: Report, isStored = true): string {
  return [...htmlReport(report, { isStored })].join('');
}

/** The full report with something added to its finding at /etc/motd. */
function withMotd(added: Partial<ReportChange>): Report {
  const report = fullReport();
  const changes = report.changes.map((change) => {
    const { path, type, rule, severity, kind, attributes, flags } = change;
    return path === '/etc/motd' ? { path, type, rule, severity, kind, attributes, flags, ...added } : change;
  });
  return { ...report, changes };
}

describe('the template', () => {
  test('escapes text and attributes, joins lists, and leaves markup of its own alone', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul title="${'"\''}">${items}${undefined}${1n}${raw('<br>')}</ul>`.toString()).toBe(
      '<ul title="&quot;&#39;"><li>a</li><li>&lt;b&gt;</li>1<br></ul>',
    );
  });

  test('shows characters that nobody can see', () => {
    expect(html`${'a\u202eb\0\n'}`.toString()).toBe('a\\u{202e}b\\u{0}\\u{a}');
  });

  test('refuses an attribute without quotes, where a space would end the value', () => {
    expect(() => html`<p class=${'a b'}>`).toThrow(/without quotes/);
  });
});

describe('the page', () => {
  test('names the digests of exactly the style sheet and the script that stand in it', () => {
    const text = page(fullReport());
    for (const element of ['style', 'script']) {
      const [, content = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(text) ?? [];
      const digest = createHash('sha256').update(content).digest('base64');
      expect(text).toContain(`${element}-src &#39;sha256-${digest}&#39;`);
    }
    expect(text).not.toMatch(/ (?:style|on\w+)=/);
  });

  test('warns before all findings that the policy file is another one', () => {
    const report = fullReport();
    const text = page({ ...report, policy: { ...report.policy, matchesFile: false } });
    expect(text.indexOf('the policy file is not the policy in the baseline')).toBeLessThan(text.indexOf('<section'));
    expect(page(report)).not.toContain('the policy file is not');
  });

  test('says what changed inside, in words and in lines with their signs', () => {
    const text = page(
      withMotd({
        content: {
          facts: ['user backup added with uid 0'],
          diff: ['@@ -1 +1 @@', '-old', '+new'],
          omitted: '3 more lines',
        },
      }),
    );
    expect(text).toContain('<li>user backup added with uid 0</li>');
    expect(text).toContain('<del>-old\n</del><ins>+new\n</ins>');
    expect(text).toContain('content: 1 line added, 1 line removed');
    expect(text).toContain('content: 3 more lines');
  });

  test('puts what is explained after what is not, with the explanation', () => {
    const explained = { by: 'dpkg', package: 'base-files', from: '12.4', to: '12.5', proof: 'md5' };
    const flags: ReportChange['flags'] = [];
    const text = page(withMotd({ explained, flags }));
    expect(text).toContain('explained by dpkg: base-files 12.4 -&gt; 12.5, the package database says');
    expect(text.indexOf('/etc/su\\xff')).toBeLessThan(text.indexOf('/etc/motd<'));
  });

  test('of a clean night has nothing to filter and nothing to do', () => {
    const text = page(sampleReport({ before: {}, now: {} }));
    expect(text).toContain('<h1>NO CHANGES on mail1: 4 objects examined</h1>');
    expect(text).not.toMatch(/<script|<form|What next/);
  });

  test('names commands only for a report that is stored', () => {
    expect(page(fullReport())).toMatch(/integ review 20260102-030405-a1b2\n.*integ accept/s);
    expect(page(fullReport(), false)).not.toMatch(/integ (?:review|accept|report show)/);
  });

  test('takes so many findings, the worst ones, and counts the others', () => {
    const report = fullReport();
    const [change] = report.changes.filter(({ kind }) => kind === 'changed');
    if (change === undefined) throw new Error('a changed file is expected');
    const { type, rule, kind } = change;
    const common = { type, rule, kind, attributes: {}, flags: [] };
    const severities = ['critical', 'low'] as const;
    const changes = severities.flatMap((severity) =>
      Array.from({ length: 15_000 }, (_, index) => ({ ...common, severity, path: `/${severity}/${index}` })),
    );
    const text = page({ ...report, changes, violations: [], notes: [] });
    const paths = [...text.matchAll(/class="path">\/(critical|low)\//g)].map(([, severity]) => severity);
    // One error took the room of one finding.
    expect(paths.filter((severity) => severity === 'critical')).toHaveLength(15_000);
    expect(paths.filter((severity) => severity === 'low')).toHaveLength(4_999);
    expect(text).toContain('… and 10,001 more entries.');
    expect(text).toContain('<span class="number">15,000 findings</span>');
  });

  test('shows findings however much could not be examined', () => {
    const report = fullReport();
    const [error] = report.errors;
    if (error === undefined) throw new Error('an error is expected');
    const errors = Array.from({ length: 30_000 }, (_, index) => ({ ...error, path: `/unread/${index}` }));
    const text = page({ ...report, errors });
    expect(text.match(/class="path">\/unread\//g)).toHaveLength(5000);
    expect(text).toContain('… and 25,000 more entries.');
    for (const { path, kind, consequence } of report.changes) {
      if (kind === 'changed' && consequence !== true) expect(text).toContain(`class="path">${path}`);
    }
  });
});
