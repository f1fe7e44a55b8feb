/** The parser that other programs import: what it takes, and in which words it refuses. */
import { describe, expect, test } from 'vitest';
import { jsonReport } from '../../../src/report/json.ts';
import { parseReport } from '../../../src/report/public.ts';
import { fullReport } from '../../support/sample-reports.ts';

const report = fullReport();
const [change] = report.changes;

test('a report is read in the layout of integ and in any other', () => {
  expect(parseReport([...jsonReport(report)].join(''))).toEqual(report);
  expect(parseReport(JSON.stringify(report))).toEqual(report);
  expect(parseReport(`\n${JSON.stringify(report, null, 4)}\n`)).toEqual(report);
});

test('members that a later version adds are let through', () => {
  expect(parseReport(JSON.stringify({ ...report, later: { more: 1 } })).id).toBe(report.id);
});

describe('what is no report is refused with what is wrong, and where', () => {
  test.each([
    ['a null', null, 'the document is not of type object'],
    ['a list', [], 'the document is not of type object'],
    ['a report of a later format', { ...report, schema: 'integ-report/2' }, 'its schema is integ-report/2'],
    ['another document of integ', { ...report, schema: 'integ-learned/1' }, 'its schema is integ-learned/1'],
    ['an object without a schema', { ...report, schema: undefined }, 'schema is missing'],
    ['a missing member', { ...report, summary: { ...report.summary, moved: undefined } }, 'summary.moved is missing'],
    ['a status', { ...report, status: 'fine' }, 'status is none of clean, changed, incomplete'],
    ['an exit code', { ...report, exitCode: 64 }, 'exitCode is above 31'],
    ['a number', { ...report, summary: { ...report.summary, examined: -1 } }, 'summary.examined is below 0'],
    ['a digest', { ...report, tool: { ...report.tool, sha256: '?' } }, 'tool.sha256 does not match ^[0-9a-f]{64}$'],
    ['a kind', { ...report, changes: [change, { ...change, kind: 'eaten' }] }, /changes\.1\.kind is none of added, /],
    [
      'an attribute',
      { ...report, changes: [{ ...change, attributes: { odd: {} } }] },
      /changes\.0\.attributes\.odd: the name is none of type, /,
    ],
  ])('%s', (_, document, words) => {
    expect(() => parseReport(JSON.stringify(document))).toThrow(words);
    expect(() => parseReport(JSON.stringify(document))).toThrow('this is not a report of integ-report/1: ');
  });

  test('text that is not JSON, in one line that no terminal obeys', () => {
    expect(() => parseReport('{"a": 1,\n\u001b[2J')).toThrow(/^this is not a report: [ -~]+$/);
    expect(() => parseReport('')).toThrow(/^this is not a report: [ -~]+$/);
  });
});
