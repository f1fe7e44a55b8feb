/**
 * The figures of a report in the text format of Prometheus (exposition format 0.0.4), for the textfile collector of
 * node_exporter. No timestamps, which that collector refuses, and no paths, of which there is no end.
 */
import type { Report } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import { countedChanges, milliseconds } from './events.ts';
import { explanationOf, restsOnDatabase } from './explained.ts';
import { plain } from './plain.ts';

export interface PrometheusOptions {
  /** When the last complete check before this one finished, ISO 8601: so that an incomplete one does not hide it. */
  readonly lastComplete?: string;
}

type Labels = Readonly<Record<string, string>>;
interface Sample {
  readonly labels?: Labels;
  readonly value: number | string;
}

function labelValue(text: string): string {
  return plain(text).replace(/[\\"]/g, '\\$&');
}

function labelSet(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** A gauge with its help, which never differs; nothing without a sample. */
function* gauge(name: string, help: string, samples: readonly Sample[]): Generator<string, void, undefined> {
  if (samples.length === 0) return;
  yield `# HELP ${name} ${help}\n`;
  yield `# TYPE ${name} gauge\n`;
  for (const { labels = {}, value } of samples) yield `${name}${labelSet(labels)} ${value}\n`;
}

/** Whole seconds since the epoch; no sample for a time that is none. */
function secondsOf(time: string | undefined): readonly Sample[] {
  const value = milliseconds(time);
  return value === undefined ? [] : [{ value: Math.floor(value / 1000) }];
}

function between(from: string, to: string): readonly Sample[] {
  const start = milliseconds(from);
  const end = milliseconds(to);
  return start === undefined || end === undefined ? [] : [{ value: (end - start) / 1000 }];
}

/** How many there are of each combination of labels, in the order in which they come. */
function counted(all: Iterable<Labels>): readonly Sample[] {
  const counts = new Map<string, { labels: Labels; value: number }>();
  for (const labels of all) {
    const key = labelSet(labels);
    const found = counts.get(key);
    if (found === undefined) counts.set(key, { labels, value: 1 });
    else found.value += 1;
  }
  return [...counts.values()];
}

function* changeLabels(report: Report): Generator<Labels, void, undefined> {
  for (const change of countedChanges(report)) {
    const { rule, severity, kind } = change;
    const explained = explanationOf(change);
    if (explained === undefined) yield { rule, severity, kind, class: 'unexplained' };
    else {
      const proof = restsOnDatabase(explained) ? 'database' : explained.proof;
      yield { rule, severity, kind, class: 'explained', proof };
    }
  }
}

function violationLabels({ rule, severity }: { readonly rule: string; readonly severity: Severity }): Labels {
  return { rule, severity };
}

/** Whether everything was examined: not so when paths were left out, or findings not told. */
function isComplete({ status, limits }: Report): boolean {
  return status !== 'incomplete' && limits === undefined;
}

/** The lines, each with its newline. */
export function* prometheusReport(
  report: Report,
  { lastComplete }: PrometheusOptions = {},
): Generator<string, void, undefined> {
  const { summary, baseline } = report;
  const kinds = ['added', 'removed', 'changed', 'moved'] as const;
  const complete = isComplete(report) ? report.finishedAt : lastComplete;
  const hasBaseline = baseline.seal !== '';
  yield* gauge('integ_info', 'What made the report.', [
    { labels: { version: report.version, policy: report.policy.name }, value: 1 },
  ]);
  yield* gauge('integ_last_run_timestamp_seconds', 'When the last check finished.', secondsOf(report.finishedAt));
  yield* gauge(
    'integ_last_complete_timestamp_seconds',
    'When the last check finished that examined everything.',
    secondsOf(complete),
  );
  yield* gauge(
    'integ_run_duration_seconds',
    'How long the last check took.',
    between(report.startedAt, report.finishedAt),
  );
  yield* gauge('integ_exit_code', 'Exit code of the last check.', [{ value: report.exitCode }]);
  yield* gauge('integ_objects_examined', 'Objects that were examined.', [{ value: summary.examined }]);
  yield* gauge('integ_bytes_read', 'Bytes that were read for digests.', [{ value: Number(summary.bytes) }]);
  yield* gauge('integ_unread_objects', 'Objects that could not be examined.', [{ value: summary.errors }]);
  yield* gauge('integ_findings', 'Findings by kind; every kind is there.', [
    ...kinds.map((kind) => ({ labels: { kind }, value: summary[kind] })),
    { labels: { kind: 'violation' }, value: summary.violations },
  ]);
  yield* gauge(
    'integ_changes',
    'Changes by rule, severity, kind and whether something explains them; only those that there are.',
    counted(changeLabels(report)),
  );
  yield* gauge(
    'integ_violations',
    'Violated requirements by rule and severity; only those that there are.',
    counted(report.violations.map(violationLabels)),
  );
  yield* gauge('integ_policy_matches_file', '1 if the policy file is the policy in the baseline.', [
    { value: report.policy.matchesFile ? 1 : 0 },
  ]);
  if (!hasBaseline) return;
  yield* gauge(
    'integ_baseline_created_timestamp_seconds',
    'When the baseline was made.',
    secondsOf(baseline.createdAt),
  );
  yield* gauge(
    'integ_baseline_age_seconds',
    'How old the baseline was when the last check finished.',
    between(baseline.createdAt, report.finishedAt),
  );
  yield* gauge('integ_baseline_sequence', 'Number of the generation of the baseline.', [{ value: baseline.sequence }]);
}
