import { expect, test } from 'vitest';
import { jsonReport } from '../../../src/report/json.ts';
import { ndjsonReport } from '../../../src/report/ndjson.ts';
import { fullReport } from '../../support/sample-reports.ts';

test('json is one document that says exactly what the report says', () => {
  const report = fullReport();
  const text = [...jsonReport(report)].join('');
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
});

test('ndjson has one line for each finding and then one with the summary', () => {
  const report = fullReport();
  const records = [...ndjsonReport(report)].map((line) => JSON.parse(line));
  const count = report.changes.length + report.violations.length + report.errors.length;
  expect(records).toHaveLength(count + 1);
  expect(records.at(-1)).toMatchObject({ record: 'summary', exitCode: 31, summary: { added: 1 } });
});

test('every line of ndjson can be understood alone', () => {
  for (const line of ndjsonReport(fullReport())) {
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({ schema: 'integ-report/1', host: 'mail1', id: '20260102-030405-a1b2' });
  }
});
