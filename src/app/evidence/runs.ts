/** Follows findings and violations through the stored runs of a baseline, and says what each run was. Reads only. */
import type { ChainedRun } from '../../baseline/history/chain.ts';
import type { History } from '../../baseline/history/history.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { Report, ReportChange } from '../../model/report.ts';
import type { EvidenceFinding, EvidenceRun, EvidenceViolation } from '../../report/evidence/document.ts';
import { type Coverage, FindingThreads } from '../../report/evidence/findings.ts';
import type { FollowedRun } from '../../report/evidence/occurrences.ts';
import type { ScheduledRun } from '../../report/evidence/schedule.ts';
import { ViolationThreads } from '../../report/evidence/violations.ts';
import { readReport, reportedPath } from '../history/stored-report.ts';
import type { Generations } from './generations.ts';

export interface Period {
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
}

interface FollowedRuns {
  /** Those of the period. */
  readonly runs: readonly EvidenceRun[];
  /** All that are stored. */
  readonly scheduled: readonly ScheduledRun[];
  readonly findings: readonly EvidenceFinding[];
  readonly violations: readonly EvidenceViolation[];
  readonly problems: readonly string[];
}

/** Errors of a run that are named. */
const SHOWN_ERRORS = 20;

/** Each change of a report with its state. */
function* statedChanges(
  history: History,
  run: ChainedRun,
  report: Report,
): Generator<{ readonly change: ReportChange; readonly state: FindingState }, void, undefined> {
  let index = 0;
  for (const state of history.states(run)) {
    const change = report.changes[index];
    if (change === undefined) break;
    yield { change, state };
    index += 1;
  }
  if (index === report.changes.length) return;
  throw new UserError('untrusted', `report ${printableText(run.id)} and the states stored with it differ`, {
    hint: 'integ report list says whether the history was edited',
  });
}

function coverageOf(run: ChainedRun, { errors }: Report): Coverage {
  return { isRestricted: run.limits !== '', unexamined: errors.map(reportedPath) };
}

/** `all`: the runs of one baseline, oldest first. */
export function followRuns(
  history: History,
  all: readonly ChainedRun[],
  generations: Generations,
  { since, until, sequence }: Period & { readonly sequence: number },
): FollowedRuns {
  const findings = new FindingThreads(generations.find);
  const violations = new ViolationThreads((number) => generations.find(number)?.note);
  const runs: EvidenceRun[] = [];
  const scheduled: ScheduledRun[] = [];
  const problems: string[] = [];
  for (const run of all) {
    const isInPeriod = Date.parse(run.startedAt) >= Date.parse(since);
    const { number, startedAt, finishedAt } = run;
    const seal = generations.sealOf(run.sequence);
    if (seal !== undefined && seal !== run.seal) {
      problems.push(`run ${number} was compared with another baseline of sequence ${run.sequence}`);
    }
    try {
      const report = readReport(history, run);
      const followed: FollowedRun = { number, report: report.id, startedAt, sequence: run.sequence };
      const coverage = coverageOf(run, report);
      // Gathered first, so that of a report that cannot be read whole nothing is believed.
      const changes = [...statedChanges(history, run, report)];
      findings.add({ run: followed, coverage, changes });
      violations.add({
        run: followed,
        coverage,
        policySha256: report.policy.sha256,
        violations: report.violations.map((violation) => ({ violation, path: reportedPath(violation) })),
      });
      const isWhole = run.limits === '' && report.status !== 'incomplete' && report.errors.length === 0;
      scheduled.push({ number, startedAt, finishedAt, isWhole });
      if (isInPeriod) runs.push(describeRun(run, report));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      findings.skip(number);
      violations.skip(number);
      problems.push(`run ${number} says nothing here: ${error.message}`);
      if (isInPeriod) runs.push({ ...rowOf(run), unreadable: error.message });
    }
  }
  return {
    runs,
    scheduled,
    findings: findings.finish(sequence, since, until),
    violations: violations.finish(since, until),
    problems,
  };
}

/** What the row of a run says; printable already, unless somebody edited it. */
function rowOf(run: ChainedRun): EvidenceRun {
  return {
    number: run.number,
    report: run.id,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    status: run.status,
    exitCode: run.exitCode,
    sequence: run.sequence,
    limits: run.limits,
  };
}

function describeRun(run: ChainedRun, report: Report): EvidenceRun {
  const { summary, errors, baseline, policy } = report;
  return {
    ...rowOf(run),
    signature: baseline.signature,
    examined: summary.examined,
    findings: summary.added + summary.removed + summary.changed + summary.moved,
    violations: summary.violations,
    errors: errors.length,
    unexamined: errors.slice(0, SHOWN_ERRORS).map(({ path, code, message }) => ({ path, code, message })),
    matchesFile: policy.matchesFile,
  };
}
