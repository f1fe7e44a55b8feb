import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { cefReport } from '../../src/report/cef.ts';
import { csvReport } from '../../src/report/csv.ts';
import { ecsReport } from '../../src/report/ecs.ts';
import { ocsfReport } from '../../src/report/ocsf.ts';
import { prometheusReport } from '../../src/report/prometheus.ts';
import { sarifReport } from '../../src/report/sarif.ts';
import { readCef, readCsv, readPrometheus } from '../support/format-readers.ts';
import { hostileName, hostileText, reportAbout } from '../support/hostile-names.ts';

const OBEYED = /[^\P{C}\r\n]|[\p{Zl}\p{Zp}]/u;

const FORMATS: Readonly<Record<string, (report: Report) => Iterable<string>>> = {
  csv: csvReport,
  ecs: ecsReport,
  ocsf: ocsfReport,
  cef: cefReport,
  sarif: sarifReport,
  prometheus: (report) => prometheusReport(report),
};

function text(pieces: Iterable<string>): string {
  return [...pieces].join('');
}

function lines(pieces: Iterable<string>): readonly string[] {
  return text(pieces).trimEnd().split('\n');
}

const names = fc.uniqueArray(hostileName, { minLength: 1, maxLength: 5 });

/**
 * Of a report about these names: a link, a moved file, a violation, and each name twice; directories are not recorded.
 */
function expectedFindings(report: Report): number {
  const counted = report.changes.filter((change) => change.consequence !== true).length;
  return counted + report.violations.length + report.errors.length;
}

test('no name puts a character into any format that a terminal would obey', () => {
  fc.assert(
    fc.property(names, hostileName, hostileText, (all, target, words) => {
      const report = reportAbout(all, target, words);
      for (const [format, render] of Object.entries(FORMATS))
        expect(OBEYED.exec(text(render(report))), format).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test('a report that nobody escaped still puts no such character into any format', () => {
  fc.assert(
    fc.property(hostileText, (words) => {
      const report = reportAbout(['a'], 'b', 'c');
      const [change] = report.changes;
      if (change === undefined) throw new Error('a finding is expected');
      const raw: Report = {
        ...report,
        id: words,
        host: words,
        version: words,
        limits: [words],
        notes: [words],
        baseline: { ...report.baseline, seal: words, signature: { status: words } },
        policy: { ...report.policy, name: words, sha256: words },
        changes: [
          { ...change, kind: 'moved', path: words, from: words, rule: words, attributes: { size: { after: words } } },
        ],
        violations: [{ path: words, rule: words, severity: 'low', expected: { mode: words }, actual: { mode: words } }],
        errors: [{ path: words, operation: words, code: words, message: words }],
      };
      for (const [format, render] of Object.entries(FORMATS)) expect(OBEYED.exec(text(render(raw))), format).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test('whatever the names are, each line of ecs, ocsf and cef is one finding that can be read', () => {
  fc.assert(
    fc.property(names, hostileName, hostileText, (all, target, words) => {
      const report = reportAbout(all, target, words);
      const count = expectedFindings(report) + 1;
      const ecs = lines(ecsReport(report)).map((line) => JSON.parse(line));
      expect(ecs).toHaveLength(count);
      expect(lines(ocsfReport(report)).map((line) => JSON.parse(line))).toHaveLength(count);
      const cef = lines(cefReport(report)).map(readCef);
      expect(cef).toHaveLength(count);
      const added = report.changes.filter(({ kind }) => kind === 'added').map(({ path }) => path);
      const shown = cef
        .filter(({ header }) => header[4] === 'file.added')
        .map(({ extension }) => extension.get('filePath'));
      expect(shown).toEqual(added);
      expect(ecs.filter(({ integ }) => integ.finding === 'added').map(({ file }) => file.path)).toEqual(added);
    }),
    { numRuns: 150 },
  );
});

test('whatever the names are, sarif is one document whose references lead to exactly those bytes', () => {
  fc.assert(
    fc.property(names, hostileName, hostileText, (all, target, words) => {
      const [run] = JSON.parse(text(sarifReport(reportAbout(all, target, words)))).runs;
      const uris: string[] = run.results
        .filter(({ properties }: { properties: { finding: string } }) => properties.finding === 'added')
        .map((result: { locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }) => {
          return result.locations[0].physicalLocation.artifactLocation.uri;
        });
      const bytes = uris.map((uri) => {
        return uri.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      });
      expect(bytes).toEqual(expect.arrayContaining([...all]));
    }),
    { numRuns: 150 },
  );
});

test('whatever rules are called, prometheus figures can be read and name them', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (first, second) => {
      const report = reportAbout(['a'], 'b', first);
      const [violation] = report.violations;
      if (violation === undefined) throw new Error('a violation is expected');
      const samples = readPrometheus(
        text(prometheusReport({ ...report, violations: [violation, { ...violation, rule: second }] })),
      );
      const total = samples
        .filter(({ name }) => name === 'integ_violations')
        .reduce((sum, { value }) => sum + value, 0);
      expect(total).toBe(2);
    }),
    { numRuns: 150 },
  );
});

test('whatever the names are, csv has one row a finding and no cell that is a formula', () => {
  fc.assert(
    fc.property(fc.uniqueArray(hostileName, { minLength: 30, maxLength: 60 }), hostileText, (all, words) => {
      const report = reportAbout(all, 'b', words);
      const [header = [], ...rows] = readCsv(text(csvReport(report)));
      expect(rows).toHaveLength(expectedFindings(report));
      for (const row of rows) expect(row).toHaveLength(header.length);
      expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
      const column = header.indexOf('path');
      expect(rows.map((row) => row[column])).toEqual(expect.arrayContaining(report.changes.map(({ path }) => path)));
    }),
    { numRuns: 10 },
  );
});
