import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathFromLatin1 } from '../../src/model/bytes.ts';
import type { Report } from '../../src/model/report.ts';
import { htmlReport } from '../../src/report/html.ts';
import { jsonReport } from '../../src/report/json.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { ndjsonReport } from '../../src/report/ndjson.ts';
import { textReport } from '../../src/report/text.ts';
import type { Facts } from '../support/compared-trees.ts';
import { sampleReport } from '../support/sample-reports.ts';

const OBEYED = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;
const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  text: (report) => [...textReport(report)].join(''),
  'verbose text': (report) => [...textReport(report, { verbose: true, width: 20 })].join(''),
  json: (report) => [...jsonReport(report)].join(''),
  ndjson: (report) => [...ndjsonReport(report)].join(''),
  html: (report) => [...htmlReport(report)].join(''),
  markdown: (report) => [...markdownReport(report)].join(''),
};

/** Names of any bytes that a name can have. */
const name = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replace(/[/\0]/g, '\x1b'))
  .filter((text) => text !== '.' && text !== '..' && text !== '__proto__');

/** Any text at all, lone surrogates and controls included. */
const anyText = fc.string({ unit: 'binary', maxLength: 30 });

function hostileReport(names: readonly string[], target: string, text: string): Report {
  const tree = Object.fromEntries(names.map((part, index) => [`/${part}`, { content: `${index}`, inode: index + 1 }]));
  const link: Facts = { type: 'symlink', size: 1, values: { target: Buffer.from(target, 'latin1') } };
  const failures = names.map((part) => ({ path: `/${part}/x`, code: text }));
  const report = sampleReport({
    before: { ...tree, '/link': { ...link, values: { target: Buffer.from('a') } } },
    now: { tree: { [`/${target}`]: { content: 'moved', mode: 0o6777, inode: 99 }, '/link': link }, failures },
    input: {
      violations: [
        {
          path: pathFromLatin1(`/${target}`),
          rule: text,
          severity: 'low',
          expected: { owner: text },
          actual: { owner: text },
        },
      ],
      unavailable: [{ attribute: 'acl', fileSystem: text, example: pathFromLatin1(`/${target}`) }],
      notes: [text],
    },
  });
  return report;
}

for (const [format, render] of Object.entries(FORMATS)) {
  test(`no name, target or message puts a character into ${format} that a terminal would obey`, () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), name, anyText, (names, target, text) => {
        expect(OBEYED.exec(render(hostileReport(names, target, text)))).toBeNull();
      }),
      { numRuns: 100 },
    );
  });
}

test('a report that nobody escaped still puts no such character into any format', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const report = sampleReport({ before: {}, now: { '/a': { content: 'x' } } });
      const [change] = report.changes;
      if (change === undefined) throw new Error('a finding is expected');
      const raw: Report = {
        ...report,
        id: text,
        host: text,
        baseline: {
          ...report.baseline,
          file: text,
          createdAt: text,
          seal: text,
          signature: { status: text, signer: text },
        },
        policy: { ...report.policy, name: text },
        changes: [
          { ...change, path: text, from: text, rule: text, links: [text], attributes: { size: { before: text } } },
          { ...change, kind: 'changed', path: text, attributes: { mount: { before: text, after: text } } },
        ],
        violations: [{ path: text, rule: text, severity: 'low', expected: { mode: text }, actual: { mode: text } }],
        errors: [{ path: text, operation: text, code: text, message: text }],
        notes: [text],
      };
      for (const render of Object.values(FORMATS)) expect(OBEYED.exec(render(raw))).toBeNull();
    }),
  );
});

test('distinct names stay distinct in every format', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 6 }), (names) => {
      const tree = Object.fromEntries(names.map((part) => [`/${part}`, { content: part, inode: 1 }]));
      const report = sampleReport({ before: {}, now: tree });
      expect(new Set(report.changes.map((change) => change.path)).size).toBe(names.length);
      expect(JSON.parse(FORMATS['json']?.(report) ?? '').changes).toHaveLength(names.length);
    }),
    { numRuns: 100 },
  );
});
