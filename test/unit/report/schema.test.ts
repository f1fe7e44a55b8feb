import { expect, test } from 'vitest';
import { jsonReport } from '../../../src/report/json.ts';
import { reportSchema } from '../../../src/report/schema.ts';
import { breaches } from '../../support/json-schema.ts';
import { fullReport, sampleReport } from '../../support/sample-reports.ts';

function asJson(report: ReturnType<typeof fullReport>): unknown {
  return JSON.parse([...jsonReport(report)].join(''));
}

test('reports with something of everything are valid by the published schema', () => {
  expect(breaches(reportSchema, asJson(fullReport()))).toEqual([]);
});

test('an empty report is valid too', () => {
  expect(breaches(reportSchema, asJson(sampleReport({ before: {}, now: {} })))).toEqual([]);
});

test('a report with a key, a kind or a flag that the schema does not know is not valid', () => {
  const report = fullReport();
  expect(breaches(reportSchema, { ...report, more: 1 })).toEqual(['$.more is not described']);
  const [change] = report.changes;
  expect(breaches(reportSchema, { ...report, changes: [{ ...change, kind: 'eaten' }] })).not.toEqual([]);
  expect(breaches(reportSchema, { ...report, changes: [{ ...change, flags: ['odd'] }] })).not.toEqual([]);
});
