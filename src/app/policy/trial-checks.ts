/** Stored checks as what learning works on: the exact states behind the findings of each report, oldest first. */
import type { ChainedRun } from '../../baseline/history/chain.ts';
import type { History } from '../../baseline/history/history.ts';
import { isAttributeName } from '../../model/attributes.ts';
import { type Path, pathFromLatin1, pathFromText, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import { recordType } from '../../model/record.ts';
import type { Report, ReportChange } from '../../model/report.ts';
import { differencesBetween, type Observation, type TrialCheck } from '../../policy/learn/trial.ts';
import { readReport } from '../history/stored-report.ts';

/** The bytes of a printed path. Printing is undone by base64 where it escaped anything. */
function exactPath({ path, pathBase64 }: { readonly path: string; readonly pathBase64?: string }): Path {
  return pathBase64 === undefined
    ? pathFromText(path)
    : pathFromLatin1(Buffer.from(pathBase64, 'base64').toString('latin1'));
}

function* observationsOf(change: ReportChange, state: FindingState): Generator<Observation, void, undefined> {
  const { rule, severity, flags, type } = change;
  const { kind, path, from, before, after, replaced, isConsequence } = state;
  const common = { rule, severity, flags, isConsequence };
  if (kind !== 'moved') {
    const isChange = kind === 'changed';
    const differences = isChange ? Object.keys(change.attributes).filter(isAttributeName) : [];
    yield { ...common, path, type, before, after, differences };
    return;
  }
  // What moved is gone from one name and has come, or replaced what was there, under another.
  const differences = replaced === undefined || after === undefined ? [] : differencesBetween(replaced, after);
  yield { ...common, path, type, before: replaced, after, differences };
  if (from !== undefined && before !== undefined) {
    yield { ...common, path: from, type: recordType(before), before, after: undefined, differences: [] };
  }
}

function observations(report: Report, states: Iterable<FindingState>): readonly Observation[] {
  const found = new Map<Path, Observation>();
  let index = 0;
  for (const state of states) {
    const change = report.changes[index];
    index += 1;
    if (change === undefined) continue;
    for (const observation of observationsOf(change, state)) {
      // The name that something moved away from may have been taken by something else, which says more.
      if (observation.path === state.path || !found.has(observation.path)) found.set(observation.path, observation);
    }
  }
  if (index !== report.changes.length) {
    throw new UserError('untrusted', `report ${printableText(report.id)} does not go with the states stored for it`);
  }
  return [...found.values()];
}

/** Undefined for a check that failed before it examined anything. */
export function trialCheck(history: History, run: ChainedRun): TrialCheck | undefined {
  const report = readReport(history, run);
  if (report.failed === true) return undefined;
  return {
    id: run.id,
    finishedAt: run.finishedAt,
    baseline: { seal: run.seal, createdAt: report.baseline.createdAt },
    observations: observations(report, history.states(run)),
    unexamined: report.errors.map(exactPath),
    violations: report.violations.map((violation) => ({
      path: exactPath(violation),
      rule: violation.rule,
      severity: violation.severity,
    })),
  };
}
