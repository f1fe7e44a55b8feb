/**
 * The history as commands use it: where it is, whether a baseline may still be used after what was seen before, and how
 * a run is stored. Whatever is wrong with the history is said; it never makes integ forget or learn anew.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { History } from '../baseline/history/history.ts';
import type { SeenGeneration } from '../baseline/history/seen-generations.ts';
import type { BaselineHeader } from '../model/baseline.ts';
import { pathFromText, printableText } from '../model/bytes.ts';
import { type Failure, UserError } from '../model/errors.ts';
import type { FindingState } from '../model/finding-state.ts';
import type { LeftOut } from '../model/left-out.ts';
import type { Report } from '../model/report.ts';
import { jsonReport } from '../report/json.ts';
import { isoTime, liveHost } from '../system/host.ts';
import { createDirectoryOf } from '../system/safe-write.ts';
import { type Context, defaultBaselineFile } from './context.ts';
import { requireSafeFile } from './safe-files.ts';

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
const NANOSECONDS_PER_DAY = 86_400_000_000_000n;

function isWritableDirectory(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where the history is: beside the baseline, or in the state directory when nothing can be written there. */
export function historyPlace(context: Context): HistoryPlace {
  const { baselineFile: file, historyFile } = context;
  const isFile = file !== STANDARD_INPUT;
  if (historyFile === undefined && isFile && isWritableDirectory(dirname(resolve(file)))) {
    return { file: `${file}.history`, lineage: () => '' };
  }
  return {
    file: historyFile ?? join(dirname(defaultBaselineFile()), 'history.db'),
    // What comes through a pipe has no place of its own in which it could be replaced: each generation stands alone.
    lineage: ({ host, root, createdAt }) =>
      JSON.stringify(isFile ? [resolve(file), host, root] : [STANDARD_INPUT, host, root, createdAt]),
  };
}

/** Where messages about reports wait: beside the history. */
export function outboxDirectory(context: Context): string {
  return `${historyPlace(context).file.replace(/\.history$/, '')}.outbox`;
}

function asSeen({ header, seal }: Generation): SeenGeneration {
  return { sequence: header.sequence, seal, createdAt: header.createdAt, origin: header.origin };
}

/** Throws a UserError `untrusted` when the baseline is older than one that was in force, or another of the same number. */
function requireSuccession(generation: Generation, name: string, seen: readonly SeenGeneration[]): void {
  const { sequence } = generation.header;
  const known = seen.find((candidate) => candidate.sequence === sequence);
  const what = `baseline ${printableText(name)}`;
  if (known !== undefined && known.seal !== generation.seal) {
    throw new UserError('untrusted', `${what} was replaced: sequence ${sequence} had the seal ${known.seal}`, {
      hint: `it has the seal ${generation.seal} now: find out who replaced it, and take a copy known to be good`,
    });
  }
  const highest = seen.at(-1);
  if (highest === undefined || highest.sequence <= sequence) return;
  throw new UserError(
    'untrusted',
    `${what} went back: it is sequence ${sequence}, and ${highest.sequence} was in force`,
    {
      hint: `find out who put an older one in its place; the seal of sequence ${highest.sequence} is ${highest.seal}`,
    },
  );
}

/** Numbers of rules mean the same in two baselines with the same digest. */
export function rulesDigest({ policySha256, startLinks }: BaselineHeader): string {
  return createHash('sha256')
    .update(JSON.stringify([policySha256, startLinks]))
    .digest('hex');
}

/** What the history has to say of a baseline. */
export interface Succession {
  readonly notes: readonly string[];
  /** The history is there and cannot be read, so that nobody knows whether the baseline went back. */
  readonly failures: readonly Failure[];
}

/**
 * Compares a baseline with the generations that were seen before. Throws a UserError `untrusted` when it is not the one
 * that should be there.
 */
export function verifySuccession(context: Context, generation: Generation): Succession {
  const place = historyPlace(context);
  let history: History | undefined;
  let seen: readonly SeenGeneration[] = [];
  try {
    history = History.openToRead(place.file);
    seen = history?.generations(place.lineage(generation.header)) ?? [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.terminal.warn(error.message);
    const message = `whether the baseline was replaced by an older one was not verified: ${error.message}`;
    return {
      notes: [],
      failures: [{ path: pathFromText(place.file), operation: 'history', code: 'DAMAGED', message }],
    };
  } finally {
    history?.close();
  }
  requireSuccession(generation, context.baselineFile, seen);
  if (seen.length > 0) return { notes: [], failures: [] };
  const note = 'no generation of this baseline was seen before: compare its seal with the one that was written down';
  return { notes: [note], failures: [] };
}

/** When the last check of a baseline ended that examined everything, as far as the history knows. */
export function lastCompleteRun(context: Context, header: BaselineHeader): string | undefined {
  const place = historyPlace(context);
  let history: History | undefined;
  try {
    history = History.openToRead(place.file);
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
  action: (history: History, place: HistoryPlace) => void,
): string | undefined {
  const place = historyPlace(context);
  try {
    createDirectoryOf(place.file);
    const history = History.open(place.file);
    try {
      action(history, place);
    } finally {
      history.close();
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const warning = `${what}: ${error.message}`;
    context.terminal.warn(warning);
    return warning;
  }
}

/** Remembers a generation that has just come into force. */
export function rememberGeneration(context: Context, generation: Generation): void {
  tryWith(context, 'the history does not know of the new generation', (history, place) => {
    history.remember(place.lineage(generation.header), asSeen(generation), isoTime(liveHost.now()));
  });
}

export interface StoredRun {
  readonly report: Report;
  readonly states: Iterable<FindingState>;
  readonly baseline: Generation;
  /** After how many days runs are removed; undefined: never. */
  readonly retainDays: number | undefined;
  /** What the next run begins with; undefined: this run says nothing about that. */
  readonly leftOut: readonly LeftOut[] | undefined;
}

/** Stores a report with the states of its findings. One that cannot be stored is a warning, which is given back. */
export function storeRun(
  context: Context,
  { report, states, baseline, retainDays, leftOut }: StoredRun,
): string | undefined {
  return tryWith(context, 'the report was not stored', (history, place) => {
    const now = liveHost.now();
    const lineage = place.lineage(baseline.header);
    history.remember(lineage, asSeen(baseline), isoTime(now));
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
    if (leftOut !== undefined) history.setLeftOut(lineage, leftOut);
    if (retainDays !== undefined) history.prune(isoTime(now - BigInt(retainDays) * NANOSECONDS_PER_DAY));
  });
}

/** What the last run did not come to. A history that cannot be read has been told of (`verifySuccession`). */
export function leftOutBefore(context: Context, header: BaselineHeader): readonly LeftOut[] {
  const place = historyPlace(context);
  try {
    const history = History.openToRead(place.file);
    try {
      return history?.leftOut(place.lineage(header)) ?? [];
    } finally {
      history?.close();
    }
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/**
 * Opens the history to read reports from, whose recorded states may become a baseline. Throws a UserError, 66 when there
 * is none and 77 when others could have written it.
 */
export function openHistory(context: Context): { readonly history: History; readonly place: HistoryPlace } {
  const place = historyPlace(context);
  requireSafeFile(context, place.file, 'history');
  const history = History.openToRead(place.file);
  if (history !== undefined) return { history, place };
  throw new UserError('missing', `there is no history ${printableText(place.file)}`, {
    hint: 'integ check stores its reports there; --history names another one',
  });
}

/**
 * The generation with the highest number that was ever in force for this host and root, as the history knows it. Throws
 * a UserError when the history cannot be read: what was in force is then not known, and not nothing.
 */
export function highestSeen(
  context: Context,
  header: Pick<BaselineHeader, 'host' | 'root'>,
): SeenGeneration | undefined {
  const place = historyPlace(context);
  const history = History.openToRead(place.file);
  try {
    return history?.generations(place.lineage(header)).at(-1);
  } finally {
    history?.close();
  }
}
