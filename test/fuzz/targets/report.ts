/** Stored reports that somebody changed, in every format: no report, or nothing in it that a terminal would obey. */
import type { Report } from '../../../src/model/report.ts';
import { reportForRules } from '../../../src/report/for-rules.ts';
import { REPORT_FORMATS, render } from '../../../src/report/formats.ts';
import { jsonDocument, jsonReport } from '../../../src/report/json.ts';
import { parseStoredReport } from '../../../src/report/parse.ts';
import { parseReport } from '../../../src/report/public.ts';
import { fullReport } from '../../support/sample-reports.ts';
import { mutateJson, mutateText } from '../engine/json.ts';
import type { Random } from '../engine/random.ts';
import { Refused, requirePrintable, type Target } from '../engine/target.ts';

function withEverything(): Report {
  const report = fullReport();
  const [first, ...others] = report.changes;
  if (first === undefined) throw new Error('a finding is expected');
  const content = { facts: ['user eve added'], diff: ['@@ -1 +1 @@', '-a', '+b'], omitted: '1 line cut' };
  const explained = { by: 'dpkg', package: 'hello', from: '1', to: '2', proof: 'md5' };
  return {
    ...report,
    limits: ['--severity high'],
    changes: [{ ...first, content }, { ...first, explained, links: ['/a'] }, ...others],
    notes: ['a note'],
  };
}

const WORDS = [
  'added',
  'critical',
  'high',
  'clean',
  'incomplete',
  'mount',
  'setuid-added',
  '2026-01-02T03:04:05.0Z',
  '/etc',
  'file',
];

function mutate(input: Buffer, random: Random): Buffer | undefined {
  if (random.once(4)) return undefined;
  try {
    // A document of another form is changed as bytes.
    const read = parseStoredReport([input.toString('utf8')]);
    const changed = random.once(3) ? mutateJson(read, random, WORDS) : mutateText(read, random, WORDS);
    return typeof changed === 'object' && changed !== null
      ? Buffer.from([...jsonDocument(changed)].join(''))
      : undefined;
  } catch {
    return undefined;
  }
}

const LAYOUTS = [
  { width: 100, color: false, verbose: true, isStored: true },
  { width: 20, color: false, verbose: false, isStored: false },
];

function parsed(text: string): Report {
  try {
    return parseStoredReport([text.slice(0, 100), text.slice(100)]);
  } catch (error) {
    // As readReport does: whatever is wrong makes it no report.
    throw new Refused(String(error), { cause: error });
  }
}

export const report: Target = {
  name: 'report',
  seeds: () => [fullReport(), withEverything()].map((one) => Buffer.from([...jsonReport(one)].join(''))),
  mutate,
  read: async (input) => {
    const read = parsed(input.toString('utf8'));
    for (const format of REPORT_FORMATS) {
      for (const layout of LAYOUTS) {
        const text = [...(await render(read, format, layout))].join('');
        // Lines of CSV end as RFC 4180 has it.
        requirePrintable(format === 'csv' ? text.replaceAll('\r\n', '\n') : text, format);
      }
    }
    // What one reader lets through and integ prints, the other must take.
    parseReport([...jsonReport(read)].join(''));
    const view = { rules: new Set(['everything']), ruleAt: () => 'everything', severityOf: () => 'low' as const };
    const restricted = reportForRules(read, view);
    requirePrintable([...jsonReport(restricted)].join(''), 'the report for a rule');
    return `${read.changes.length} ${read.violations.length} ${read.errors.length} ${read.status}`;
  },
  shortRuns: 50,
};
