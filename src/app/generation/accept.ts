/**
 * Accepts chosen findings of a stored report. What was reviewed is what is accepted: the states come from the history,
 * and nothing on disk is looked at.
 */
import { type Acceptance, planAcceptance } from '../../baseline/accept/plan.ts';
import { writeAccepted } from '../../baseline/accept/write.ts';
import type { ChainedRun } from '../../baseline/history/chain.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import type { ObjectType } from '../../model/attributes.ts';
import type { BaselineHeader, GenerationOrigin } from '../../model/baseline.ts';
import { type Path, parentPath, printable, ROOT } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { recordType } from '../../model/record.ts';
import type { Report } from '../../model/report.ts';
import type { Policy } from '../../model/rule.ts';
import { shellWord } from '../../model/shell-word.ts';
import { recordedAt } from '../../model/stored-entries.ts';
import { compilePolicy } from '../../policy/load.ts';
import { Selector } from '../../policy/select.ts';
import { formatCount } from '../../report/quantities.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { mountOf } from '../../system/mounts.ts';
import { takeTurns } from '../../system/turns.ts';
import { withinBounds } from '../check/packages.ts';
import type { Context } from '../context.ts';
import { openHistory, rulesDigest } from '../history/run-history.ts';
import { readReport, reportedPath } from '../history/stored-report.ts';
import { acceptedPackages } from './accepted-packages.ts';
import { type Confirm, requireMeant } from './latest-report.ts';
import { type WrittenGeneration, withCurrent, writeNextGeneration } from './new-generation.ts';
import { BOTH_ENDS, chosenStates, type Gathered, type HalfChosen, halfText, type Selection } from './selection.ts';

export interface AcceptanceRequest {
  /** Undefined: the newest report of this baseline. */
  readonly id: string | undefined;
  readonly origin: GenerationOrigin;
  /** What is chosen of the report that is meant. Throws a UserError where that report has no such findings. */
  readonly selectionOf: (report: Report) => Selection;
  readonly expectSeal: string | undefined;
  /** Asks whoever sits there; undefined where nobody does. */
  readonly confirm: Confirm | undefined;
}

/** A generation in which findings were accepted. */
export interface Accepted {
  readonly written: WrittenGeneration;
  readonly report: Report;
  readonly acceptance: Acceptance;
}

/** All that was chosen is recorded by the present generation, and none is made. */
export interface RecordedAlready {
  readonly sequence: number;
  readonly report: Report;
}

/** Examples in a message. */
const SHOWN = 5;

/** Writes the generation in which the chosen findings are accepted. Throws a UserError when none is chosen. */
export async function acceptFindings(
  context: Context,
  request: AcceptanceRequest,
): Promise<Accepted | RecordedAlready> {
  const { id, origin, selectionOf, expectSeal, confirm } = request;
  return withCurrent(context, 'accept', expectSeal, async (current) => {
    const { history, place } = openHistory(context);
    try {
      const run = history.find({ id, lineage: place.lineage(current.header) });
      if (id === undefined) await requireMeant(context, run, history.runs(), confirm);
      const report = readReport(history, run);
      const selection = selectionOf(report);
      const present = presentPolicy(current);
      const gathered: Gathered = { explained: [], rolledBack: [], halves: [], left: 0 };
      const { explained, rolledBack, halves } = gathered;
      const acceptance = planAcceptance({
        current,
        rules: present.rules,
        states: chosenStates({ current, states: history.states(run), report, selection }, gathered),
        govern: run.rules === rulesDigest(current.header) ? undefined : governor(present, current),
      });
      warnOfUnacceptable(context, report, selection);
      warnOfNotApplied(context, run, acceptance);
      requireTaken(report, gathered.left, selection, acceptance);
      tellOfLeft(context, gathered.left, selection);
      requireSomething(report, selection, acceptance, halves);
      if (acceptance.applied.length === 0) return { sequence: current.header.sequence, report };
      warnOfHalves(context, halves);
      const written = await writeNextGeneration(context, {
        current,
        origin,
        policies: [present, present],
        rules: present.rules,
        write: async (writer) => {
          await takeTurns(writeAccepted(current, acceptance, writer));
          const accepted = new Set([...acceptance.applied, ...acceptance.already]);
          const held = (path: Path): boolean => recordedAt(current, path) !== undefined;
          const request = { recorded: current.header.packages, report, explained, rolledBack, accepted, held };
          const packages = withinBounds(() => acceptedPackages(request, writer.holdings()));
          return { mounts: acceptance.mounts, failures: acceptance.failures, packages };
        },
      });
      tellOfLinks(context, current.header, acceptance);
      return { written, report, acceptance };
    } finally {
      history.close();
    }
  });
}

/** The policy by which the present generation was made, as its entries refer to its rules. */
function presentPolicy({ header }: BaselineReader): Policy {
  return withStartLinks(compilePolicy(header.policy).policy, header.startLinks);
}

/** Finds the rule of an object in the policy of the present generation, with the mounts it records. */
function governor(policy: Policy, { header }: BaselineReader): (path: Path, type: ObjectType) => number {
  const selector = new Selector(policy);
  return (path, type) => selector.govern(path, type, mountOf(header.mounts, parentPath(path))?.path ?? ROOT);
}

/** Violations and errors say how things are now: only mending them, or the policy, ends them. */
function warnOfUnacceptable({ log }: Context, report: Report, { meets }: Selection): void {
  const violations = report.violations.filter((violation) => meets(reportedPath(violation), violation)).length;
  const errors = report.errors.filter((error) => meets(reportedPath(error), undefined)).length;
  if (violations > 0) {
    log.warn(
      `${formatCount(violations)} violated ${violations === 1 ? 'requirement' : 'requirements'} cannot be accepted: mend the objects, or change the policy`,
    );
  }
  if (errors > 0) {
    log.warn(
      `${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'} cannot be accepted: nobody knows the state of what was not examined`,
    );
  }
}

function warnOfNotApplied({ log }: Context, run: ChainedRun, { notApplied, already }: Acceptance): void {
  for (const { path, kind, reason } of notApplied) log.warn(`not accepted: ${kind} ${printable(path)}: ${reason}`);
  if (notApplied.length > 0) log.note(`report ${run.id} was made against sequence ${run.sequence}`);
  const count = already.filter(({ isConsequence }) => !isConsequence).length;
  if (count > 0)
    log.note(`${formatCount(count)} chosen ${count === 1 ? 'finding is' : 'findings are'} recorded already`);
}

function warnOfHalves({ log }: Context, halves: readonly HalfChosen[]): void {
  for (const half of halves.slice(0, SHOWN)) log.warn(`not accepted: ${halfText(half)}`);
  const more = halves.length - SHOWN;
  if (more > 0) log.warn(`not accepted: ${formatCount(more)} more of which only one end was chosen`);
  if (halves.length > 0) log.note(BOTH_ENDS);
}

/** What a link leads to now is in no report, and so nothing that could be accepted. */
function tellOfLinks({ log }: Context, { startLinks }: BaselineHeader, { applied }: Acceptance): void {
  const links = new Set(startLinks.flatMap(({ path, target }) => [path, target]));
  const turned = applied.filter(
    ({ path, after }) => after !== undefined && recordType(after) === 'symlink' && links.has(path),
  );
  for (const { path } of turned) {
    log.note(
      `integ policy update --reason TEXT records what ${printable(path)} leads to now; until then it is not seen`,
    );
  }
}

function tellOfLeft({ log }: Context, count: number, { left }: Selection): void {
  if (left !== undefined && count > 0) log.warn(`${left.words(count)}: ${left.hint}`);
}

/** Where all that could be meant was left, nothing is accepted. */
function requireTaken(
  { id }: Report,
  count: number,
  { left }: Selection,
  { applied, already, notApplied }: Acceptance,
): void {
  if (left === undefined || count === 0 || applied.length + already.length + notApplied.length > 0) return;
  throw new UserError('usage', `nothing was accepted from report ${id}: ${left.words(count)}`, { hint: left.hint });
}

/** Throws where there is nothing that the chosen findings could do, now or before. */
function requireSomething(
  report: Report,
  selection: Selection,
  { applied, already, notApplied }: Acceptance,
  halves: readonly HalfChosen[],
): void {
  if (applied.length > 0) return;
  const [half] = halves;
  if (half !== undefined) {
    const more = halves.length === 1 ? '' : ` (and ${formatCount(halves.length - 1)} more)`;
    throw new UserError('usage', `${selection.text} chooses only one end of ${halfText(half)}${more}`, {
      hint: BOTH_ENDS,
    });
  }
  if (notApplied.length > 0) {
    throw new UserError('usage', `no chosen finding of report ${report.id} applies to the present generation`, {
      hint: 'make a new report with integ check, review it and accept from that',
    });
  }
  if (already.length > 0) return;
  const counted = report.changes.filter(({ consequence }) => consequence !== true);
  if (counted.length === 0) {
    throw new UserError('usage', `report ${report.id} has no findings that can be accepted`, {
      hint: 'integ report list shows which reports have some',
    });
  }
  if (selection.text === '--explained') throw new UserError('usage', `no finding of report ${report.id} is explained`);
  const rules = [...new Set(counted.map(({ rule }) => rule))].slice(0, SHOWN).join(', ');
  const paths = counted.slice(0, SHOWN).map(({ path }) => shellWord(path));
  const more = counted.length > paths.length ? ' …' : '';
  throw new UserError('usage', `${selection.text} matches no finding of report ${report.id}`, {
    hint: `it has findings at ${paths.join(' ')}${more}, of the rules ${rules}`,
  });
}
