/**
 * The newest report is not always the one that was read: a nightly check, or somebody who wants to be accepted, may
 * have stored another one since. Says which one is meant where that can be, and asks where somebody is there to answer.
 */
import type { ChainedRun } from '../../baseline/history/chain.ts';
import { UserError } from '../../model/errors.ts';
import { plain } from '../../report/plain.ts';
import { toTheSecond } from '../../report/words.ts';
import { milliseconds } from '../../system/host.ts';
import type { Context } from '../context.ts';
import { foundIn, summaryOf } from '../history/run-summary.ts';

/** Whoever reads a report decides within this time, as a rule. */
const RECENT_MILLISECONDS = 10 * 60 * 1000;

function described(run: ChainedRun): string {
  const limits = run.limits === '' ? '' : `, only ${run.limits}`;
  return plain(
    `${run.id} of ${toTheSecond(run.finishedAt)}, host ${run.host}: ${run.status}, ${foundIn(summaryOf(run))}${limits}`,
  );
}

/** The newest earlier report of the same baseline that found something else. */
function otherReport(run: ChainedRun, runs: readonly ChainedRun[]): ChainedRun | undefined {
  return runs.findLast(
    (other) =>
      other.number < run.number &&
      other.lineage === run.lineage &&
      other.seal === run.seal &&
      other.states !== run.states,
  );
}

/** Puts a question to a person; whether the answer was yes. */
export type Confirm = (question: string) => Promise<boolean>;

/**
 * Makes sure that the newest report is meant when it is only minutes old and an earlier one found something else. Where
 * somebody can be asked, a UserError `usage` is thrown when the answer is not yes; else it says what is taken, and goes
 * on.
 */
export async function requireMeant(
  context: Context,
  run: ChainedRun,
  runs: readonly ChainedRun[],
  confirm: Confirm | undefined,
): Promise<void> {
  const other = otherReport(run, runs);
  // A time that is none, or in the future, is no reason to be sure.
  const now = milliseconds(context.host.now());
  const isOld = now - Date.parse(run.finishedAt) > RECENT_MILLISECONDS;
  if (other === undefined || isOld) return;
  const { log } = context;
  log.warn(`the newest report is ${described(run)}`);
  log.warn(`an earlier one found something else: ${described(other)}`);
  if (confirm === undefined) return;
  if (await confirm('Is the newest one the report that you have read? [y/N] ')) return;
  throw new UserError('usage', 'nothing was accepted', { hint: 'name the report that is meant by its id' });
}
