import { expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { cefReport } from '../../../src/report/cef.ts';
import { csvReport } from '../../../src/report/csv.ts';
import { ecsReport } from '../../../src/report/ecs.ts';
import { ocsfReport } from '../../../src/report/ocsf.ts';
import { prometheusReport } from '../../../src/report/prometheus.ts';
import { sarifReport } from '../../../src/report/sarif.ts';
import { readCef, readCsv, readJsonLines, readPrometheus } from '../../support/format-readers.ts';
import { breaches } from '../../support/json-schema.ts';
import { ECS_EVENT, fileSchema, SARIF } from '../../support/public-schemas.ts';
import { fullReport, sampleReport } from '../../support/sample-reports.ts';

function text(pieces: Iterable<string>): string {
  return [...pieces].join('');
}

function clean(): Report {
  const tree = { '/a': { content: 'x' } };
  return sampleReport({ before: tree, now: tree });
}

/** A report that says nothing of a baseline. */
function withoutBaseline(report: Report): Report {
  return { ...report, baseline: { ...report.baseline, seal: '', createdAt: '', sequence: 0 } };
}

function findingCount(report: Report): number {
  const counted = report.changes.filter((change) => change.consequence !== true).length;
  return counted + report.violations.length + report.errors.length;
}

test('csv is a table with one row a finding, as RFC 4180 has it', () => {
  const report = fullReport();
  const written = text(csvReport(report));
  const [header = [], ...rows] = readCsv(written);
  expect(rows).toHaveLength(findingCount(report));
  expect(rows.every((row) => row.length === header.length)).toBe(true);
  expect(written.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const cells = rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index]])));
  expect(cells).toContainEqual(
    expect.objectContaining({
      finding: 'added',
      path: '/etc/su\\xff\\n',
      path_base64: Buffer.from('/etc/su\xff\n', 'latin1').toString('base64'),
      flags: 'setuid-added executable-appeared',
      host: 'mail1',
    }),
  );
  expect(cells).toContainEqual(
    expect.objectContaining({
      finding: 'violation',
      expected: 'mode=0770; owner=smmsp',
      after: 'mode=0755; owner=root',
    }),
  );
  expect(cells).toContainEqual(expect.objectContaining({ finding: 'unread', path: '/etc/shadow', severity: 'high' }));
});

test('a cell that a spreadsheet would compute begins with an apostrophe', () => {
  const report = fullReport();
  const [violation] = report.violations;
  if (violation === undefined) throw new Error('a violation is expected');
  const rules = ['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://x","y")'];
  const violations = rules.map((rule) => ({ ...violation, rule }));
  const [header = [], ...rows] = readCsv(text(csvReport({ ...report, changes: [], errors: [], violations })));
  expect(rows.map((row) => row[header.indexOf('rule')])).toEqual(rules.map((rule) => `'${rule}`));
});

test('every line of ecs has the types that the Elastic Common Schema wants, before values too', () => {
  const report = fullReport();
  const events: readonly Record<string, unknown>[] = readJsonLines(text(ecsReport(report)));
  expect(events).toHaveLength(findingCount(report) + 1);
  for (const event of events) {
    expect(breaches(ECS_EVENT, event)).toEqual([]);
    const { before } = event['integ'] as { before?: { file: unknown } };
    if (before !== undefined) expect(breaches(fileSchema(), before.file)).toEqual([]);
  }
  expect(events).toContainEqual(
    expect.objectContaining({
      event: expect.objectContaining({ type: ['creation'], action: ['created'] }),
      file: expect.objectContaining({ mode: '4755', inode: '9', uid: '0', type: 'file', size: 1 }),
      integ: expect.objectContaining({ hash: expect.objectContaining({ crc32: expect.any(String) }) }),
    }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      event: expect.objectContaining({ type: ['change'], action: ['updated'] }),
      file: expect.objectContaining({ path: '/etc/motd' }),
      integ: expect.objectContaining({
        before: expect.objectContaining({ file: { hash: expect.objectContaining({ sha256: expect.any(String) }) } }),
      }),
    }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      event: expect.objectContaining({ outcome: 'failure', kind: 'event' }),
      error: expect.objectContaining({ code: 'EACCES' }),
    }),
  );
});

test('the last line of ecs, ocsf and cef tells a collector that the run is incomplete, or that it was clean', () => {
  const last = (report: Report) => ({
    ecs: JSON.parse([...ecsReport(report)].at(-1) ?? ''),
    ocsf: JSON.parse([...ocsfReport(report)].at(-1) ?? ''),
    cef: readCef(text(cefReport(report)).trimEnd().split('\n').at(-1) ?? ''),
  });
  const incomplete = last(fullReport());
  expect(incomplete.ecs).toMatchObject({
    event: { outcome: 'failure' },
    integ: { status: 'incomplete', incomplete: true, unread: 1, exit_code: 31, added: 1, violations: 1 },
  });
  expect(incomplete.ocsf).toMatchObject({ class_uid: 6007, activity_id: 6, status_id: 2, num_skipped_items: 1 });
  expect(incomplete.cef.header[5]).toBe('Check INCOMPLETE');
  expect(incomplete.cef.extension.get('cn2')).toBe('1');
  const good = last(clean());
  expect(good.ecs).toMatchObject({ event: { outcome: 'success' }, integ: { status: 'clean', incomplete: false } });
  expect(good.ocsf).toMatchObject({ class_uid: 6007, activity_id: 2, status_id: 1, num_detections: 0 });
  expect(good.cef.extension.get('outcome')).toBe('success');
  expect(text(ecsReport(clean())).split('\n')).toHaveLength(2);
});

/** What every event must have, and each class beyond that. */
const OCSF_REQUIRED: Readonly<Record<number, readonly string[]>> = {
  1001: ['actor', 'device', 'file'],
  2003: ['finding_info', 'compliance'],
  6007: ['scan'],
};
const OCSF_ACTIVITIES: Readonly<Record<number, readonly number[]>> = {
  1001: [1, 3, 4, 5, 6, 7, 14],
  2003: [1],
  6007: [2, 6],
};

test('every line of ocsf has what its class requires, and the numbers fit together', () => {
  const report = fullReport();
  const events: readonly Record<string, unknown>[] = readJsonLines(text(ocsfReport(report)));
  expect(events).toHaveLength(findingCount(report) + 1);
  for (const event of events) {
    const classUid = Number(event['class_uid']);
    const activity = Number(event['activity_id']);
    const common = ['category_uid', 'type_uid', 'severity_id', 'time', 'metadata', 'message'];
    expect(Object.keys(event)).toEqual(expect.arrayContaining([...common, ...(OCSF_REQUIRED[classUid] ?? ['?'])]));
    expect(OCSF_ACTIVITIES[classUid]).toContain(activity);
    expect(event['type_uid']).toBe(classUid * 100 + activity);
    expect(event['category_uid']).toBe(Math.floor(classUid / 1000));
    expect([1, 2, 3, 4, 5]).toContain(event['severity_id']);
    expect(event['time']).toBe(Date.parse('2026-01-02T03:05:17.000Z'));
    expect(event['metadata']).toMatchObject({ version: expect.any(String), product: { vendor_name: 'integ' } });
    for (const name of ['file', 'file_result']) {
      const file = event[name];
      if (file !== undefined) expect(file).toMatchObject({ name: expect.any(String), type_id: expect.any(Number) });
    }
  }
  const moved = events.find((event) => event['type_uid'] === 100105);
  expect(moved).toMatchObject({ file: { path: '/etc/old' }, file_result: { path: '/etc/new' } });
  const changed = events.find((event) => event['type_uid'] === 100103);
  const hashes = expect.arrayContaining([{ algorithm_id: 3, algorithm: 'sha256', value: expect.any(String) }]);
  expect(changed).toMatchObject({ file: { hashes }, file_result: { hashes } });
  expect(events.find((event) => event['type_uid'] === 100114)).toMatchObject({ status_code: 'EACCES' });
});

test('cef has one line a finding whose fields a reader of the format gets back', () => {
  const report = fullReport();
  const lines = text(cefReport(report)).trimEnd().split('\n');
  expect(lines).toHaveLength(findingCount(report) + 1);
  const events = lines.map(readCef);
  const added = events.find(({ header }) => header[4] === 'file.added');
  expect(added?.header).toEqual(['0', 'integ', 'integ', '0.1.0', 'file.added', 'File added', '7']);
  expect(added?.extension.get('filePath')).toBe('/etc/su\\xff\\n');
  expect(added?.extension.get('filePermission')).toBe('4755');
  expect(added?.extension.get('cs3')).toBe('setuid-added executable-appeared');
  const moved = events.find(({ header }) => header[4] === 'file.moved');
  expect(moved?.extension.get('oldFilePath')).toBe('/etc/old');
});

test('what CEF uses for itself is escaped in header and extension', () => {
  const report = fullReport();
  const [violation] = report.violations;
  if (violation === undefined) throw new Error('a violation is expected');
  const rule = 'a|b=c\\ act=stopped';
  const [line = ''] = [
    ...cefReport({ ...report, version: '1|2\\', changes: [], violations: [{ ...violation, rule }] }),
  ];
  const { header, extension } = readCef(line.trimEnd());
  expect(header[3]).toBe('1|2\\');
  expect(extension.get('cs1')).toBe(rule);
  expect(extension.get('act')).toBe('checked');
});

test('sarif is a document that follows the schema, unsuccessful when incomplete', () => {
  for (const report of [fullReport(), clean(), withoutBaseline(fullReport())]) {
    const document = JSON.parse(text(sarifReport(report)));
    expect(breaches(SARIF, document)).toEqual([]);
    const [run] = document.runs;
    expect(run.invocations[0].executionSuccessful).toBe(report.status !== 'incomplete');
    expect(run.invocations[0].toolExecutionNotifications).toHaveLength(report.errors.length);
    expect(run.results).toHaveLength(findingCount(report) - report.errors.length);
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
  }
});

test('sarif states what is new, updated and absent against the baseline, and names files by their bytes', () => {
  const [run] = JSON.parse(text(sarifReport(fullReport()))).runs;
  const states = Object.fromEntries(
    run.results.map(
      (result: { baselineState: string; locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }) => [
        result.locations[0].physicalLocation.artifactLocation.uri,
        result.baselineState,
      ],
    ),
  );
  expect(states).toMatchObject({
    'etc/su%FF%0A': 'new',
    'etc/gone': 'absent',
    'etc/motd': 'updated',
    'etc/new': 'updated',
  });
  const [without] = JSON.parse(text(sarifReport(withoutBaseline(fullReport())))).runs;
  expect(without).not.toHaveProperty('baselineGuid');
  expect(without.results[0]).not.toHaveProperty('baselineState');
});

test('a changed policy file is a warning in sarif', () => {
  const report = clean();
  const changed = { ...report, policy: { ...report.policy, matchesFile: false } };
  const [run] = JSON.parse(text(sarifReport(changed))).runs;
  expect(run.invocations[0].toolConfigurationNotifications).toHaveLength(1);
});

function figures(report: Report, lastComplete?: string): Readonly<Record<string, number>> {
  const written = text(prometheusReport(report, lastComplete === undefined ? {} : { lastComplete }));
  return Object.fromEntries(
    readPrometheus(written).map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  );
}

test('prometheus figures count by rule and kind, and name no path', () => {
  const found = figures(fullReport());
  expect(found).toMatchObject({
    integ_exit_code: 31,
    integ_unread_objects: 1,
    'integ_findings added': 1,
    'integ_findings violation': 1,
    'integ_changes everything high added unexplained': 1,
    'integ_violations Mail queue high': 1,
    integ_baseline_age_seconds: 97517,
    integ_run_duration_seconds: 72,
    integ_policy_matches_file: 1,
  });
  expect(Object.keys(found).join(' ')).not.toContain('/etc');
  expect(figures(clean())).toMatchObject({ 'integ_findings added': 0, integ_unread_objects: 0 });
});

test('an incomplete or restricted run is not taken for the last complete one, and does not hide when that was', () => {
  const name = 'integ_last_complete_timestamp_seconds';
  const finished = Date.parse('2026-01-02T03:05:17Z') / 1000;
  expect(figures(clean())[name]).toBe(finished);
  expect(figures(fullReport())).not.toHaveProperty(name);
  expect(figures({ ...clean(), limits: ['--paths /etc'] })).not.toHaveProperty(name);
  expect(figures(fullReport(), '2026-01-01T00:00:00.5Z')[name]).toBe(Date.parse('2026-01-01T00:00:00Z') / 1000);
  expect(figures(clean(), '2026-01-01T00:00:00Z')[name]).toBe(finished);
});

test('without a baseline there are no figures of one', () => {
  expect(Object.keys(figures(withoutBaseline(fullReport())))).not.toContain('integ_baseline_age_seconds');
});

test('every format tells of a change in words what changed inside', () => {
  const report = fullReport();
  const facts = ['user eve added with uid 0', 'b', 'c', 'd'];
  const changes = report.changes.map((change) => ({ ...change, content: { facts } }));
  const told = { ...report, changes };
  for (const format of [csvReport, ecsReport, ocsfReport, cefReport, sarifReport]) {
    expect(text(format(told)), format.name).toContain('; user eve added with uid 0; b; c; and 1 more');
  }
});
