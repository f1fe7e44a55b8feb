/**
 * The history as commands use it: where it is, how a run is stored and a generation remembered, and what is read of
 * them. Whatever is wrong with the history is said; it never makes integ forget or learn anew.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { damagedHistory } from '../../baseline/history/failure.ts';
import { History } from '../../baseline/history/history.ts';
import type { GenerationRecord, SeenGeneration } from '../../baseline/history/seen-generations.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { Report } from '../../model/report.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { jsonReport } from '../../report/json.ts';
import { isoTime } from '../../system/host.ts';
import { createDirectoryOf } from '../../system/safe-write.ts';
import { type Context, defaultBaselineFile } from '../context.ts';
import { requireSafeFile } from '../safe-files.ts';

/** A baseline as far as the history knows it. */
export interface Generation {
  readonly header: BaselineHeader;
  readonly seal: string;
}

export interface HistoryPlace {
  readonly file: string;
  /** Which of the generations in the history belong to a baseline. */
  readonly lineage: (header: Pick<BaselineHeader, 'host' | 'root'> & { readonly createdAt?: string }) => string;
}

const STANDARD_INPUT = '-';
const HISTORY_SUFFIX = '.history';

function isWritableDirectory(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The history of a baseline, where nobody names another one. */
export function historyBeside(baselineFile: string): string {
  return `${baselineFile}${HISTORY_SUFFIX}`;
}

/** The histories in the state directory of this host, where nothing lies that came with a baseline from elsewhere. */
export function ownHistories(): readonly string[] {
  return [historyBeside(defaultBaselineFile()), stateHistory()];
}

function stateHistory(): string {
  return join(dirname(defaultBaselineFile()), 'history.db');
}

/** Of a format that did not say what came into force, what lies in the state directory counts as having done so. */
function adoptingHost({ host }: Context, file: string): string {
  return ownHistories().includes(resolve(file)) ? host.identity() : '';
}

/**
 * Opens a history that exists, to read only; undefined when there is none. Throws a UserError, 77 when others could
 * have written it.
 */
export function openToRead(context: Context, file: string): History | undefined {
  requireSafeFile(context, file, 'history');
  return History.openToRead(file, adoptingHost(context, file));
}

/** Where the history is: beside the baseline, or in the state directory when nothing can be written there. */
export function historyPlace(context: Context): HistoryPlace {
  const { baselineFile: file, historyFile } = context;
  const isFile = file !== STANDARD_INPUT;
  if (historyFile === undefined && isFile && isWritableDirectory(dirname(resolve(file)))) {
    return { file: historyBeside(file), lineage: () => '' };
  }
  return {
    file: historyFile ?? stateHistory(),
    // What comes through a pipe has no place of its own in which it could be replaced: each generation stands alone.
    lineage: ({ host, root, createdAt }) =>
      JSON.stringify(isFile ? [resolve(file), host, root] : [STANDARD_INPUT, host, root, createdAt]),
  };
}

/** Where messages about reports wait: beside the history. */
export function outboxDirectory(context: Context): string {
  return `${historyPlace(context).file.replace(/\.history$/, '')}.outbox`;
}

/** Numbers of rules mean the same in two baselines with the same digest. */
export function rulesDigest({ policySha256, startLinks }: BaselineHeader): string {
  return createHash('sha256')
    .update(JSON.stringify([policySha256, startLinks]))
    .digest('hex');
}

/** When the last check of a baseline ended that examined everything, as far as the history knows. */
export function lastCompleteRun(context: Context, header: BaselineHeader): string | undefined {
  const place = historyPlace(context);
  let history: History | undefined;
  try {
    history = openToRead(context, place.file);
    const lineage = place.lineage(header);
    const isComplete = ({ status, limits }: { readonly status: string; readonly limits: string }): boolean =>
      status !== 'incomplete' && limits === '';
    return history?.runs().findLast((run) => run.lineage === lineage && isComplete(run))?.finishedAt;
  } catch (error) {
    // That the history cannot be read has been said when the run was stored.
    if (error instanceof UserError) return undefined;
    throw error;
  } finally {
    history?.close();
  }
}

/** Runs an action on the history, made if it must be; what fails is a warning, which is given back too. */
function tryWith(
  context: Context,
  what: string,
  action: (history: History, place: HistoryPlace) => unknown,
): string | undefined {
  const place = historyPlace(context);
  try {
    // Before anything is made or opened: SQLite would write to what others have put there.
    requireSafeFile(context, place.file, 'history');
    createDirectoryOf(place.file);
    const history = History.open(place.file, adoptingHost(context, place.file));
    try {
      action(history, place);
    } finally {
      history.close();
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const warning = `${what}: ${error.message}`;
    context.log.warn(warning);
    return warning;
  }
}

/** Remembers a generation that this host has just put into force. */
export function rememberGeneration(context: Context, generation: Generation): void {
  tryWith(context, 'the history does not know of the new generation', (history, { lineage }) => {
    history.remember(recordOf(context, generation, lineage, context.host.identity()));
  });
}

function recordOf(
  { host }: Context,
  generation: Generation,
  lineage: HistoryPlace['lineage'],
  inForceOn: string,
): GenerationRecord {
  const { header, seal } = generation;
  const { sequence, createdAt, origin } = header;
  return {
    lineage: lineage(header),
    generation: { sequence, seal, createdAt, origin },
    seenAt: isoTime(host.now()),
    inForceOn,
  };
}

export interface StoredRun {
  readonly report: Report;
  readonly states: Iterable<FindingState>;
  readonly baseline: Generation;
  /** Whether the baseline is, as far as the history knows, one that follows those before it. */
  readonly follows: boolean;
  /** After how many days runs are removed; undefined: never. */
  readonly retainDays: number | undefined;
  /** What the next run begins with; undefined: this run says nothing about that. */
  readonly skipped: readonly SkippedPath[] | undefined;
}

/** Stores a report with the states of its findings. One that cannot be stored is a warning, which is given back. */
export function storeRun(
  context: Context,
  { report, states, baseline, follows, retainDays, skipped }: StoredRun,
): string | undefined {
  const problem = tryWith(context, 'the report was not stored', (history, place) => {
    const lineage = place.lineage(baseline.header);
    if (follows) history.remember(recordOf(context, baseline, place.lineage, ''));
    history.store(
      {
        id: report.id,
        lineage,
        host: report.host,
        startedAt: report.startedAt,
        finishedAt: report.finishedAt,
        status: report.status,
        exitCode: report.exitCode,
        sequence: baseline.header.sequence,
        seal: baseline.seal,
        rules: rulesDigest(baseline.header),
        limits: report.limits?.join('; ') ?? '',
        summary: JSON.stringify(report.summary),
      },
      jsonReport(report),
      states,
    );
    if (skipped !== undefined) history.setSkipped(lineage, skipped);
  });
  if (problem === undefined && retainDays !== undefined) {
    tryWith(context, 'old reports were not removed', (history) => history.prune(retainDays));
  }
  return problem;
}

/** What the last run did not come to. A history that cannot be read has been told of (`verifySuccession`). */
export function skippedBefore(context: Context, header: BaselineHeader): readonly SkippedPath[] {
  const place = historyPlace(context);
  try {
    const history = openToRead(context, place.file);
    try {
      return history?.skipped(place.lineage(header)) ?? [];
    } finally {
      history?.close();
    }
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/**
 * Opens the history to read reports from, whose recorded states may become a baseline. Throws a UserError, 66 when
 * there is none and 77 when others could have written it.
 */
export function openHistory(context: Context): { readonly history: History; readonly place: HistoryPlace } {
  const place = historyPlace(context);
  const history = openToRead(context, place.file);
  if (history !== undefined) return { history, place };
  throw new UserError('missing', `there is no history ${printableText(place.file)}`, {
    hint: 'integ check stores its reports there; --history names another one',
  });
}

/**
 * The generations that were ever in force for a host and root, as the history knows them, the oldest first. Throws a
 * UserError when the history cannot be read or was edited: what was in force is then not known, and not nothing.
 */
export function generationsInForce(
  context: Context,
  header: Pick<BaselineHeader, 'host' | 'root'>,
): readonly SeenGeneration[] {
  const place = historyPlace(context);
  const history = openToRead(context, place.file);
  try {
    const broken = history?.verifyRows()[0];
    if (broken !== undefined) throw damagedHistory(place.file, printableText(broken.what));
    return history?.generations(place.lineage(header)) ?? [];
  } finally {
    history?.close();
  }
}
