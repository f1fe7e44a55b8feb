/**
 * Whether a baseline is the one that should be there, after the generations that were in force before it. What cannot
 * be found out, or is not as it must be, makes a check incomplete or ends the command; nothing here writes.
 */
import { generationFile } from '../../baseline/generations.ts';
import type { History } from '../../baseline/history/history.ts';
import type { SeenGeneration } from '../../baseline/history/seen-generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import { pathFromText, printableText } from '../../model/bytes.ts';
import { type Failure, UserError } from '../../model/errors.ts';
import type { FailureCode } from '../../model/failure-codes.ts';
import type { Context } from '../context.ts';
import { type Generation, historyPlace, openToRead } from './run-history.ts';

/** What the history has to say of a baseline. */
export interface Succession {
  readonly notes: readonly string[];
  /** Why nobody knows whether the baseline follows those before it. */
  readonly failures: readonly Failure[];
  /** What was thrown when the history was opened. */
  readonly cause?: UserError;
}

const COMPARE_SEAL = 'compare its seal with the one that was written down';

/**
 * Throws a UserError `untrusted` when the baseline is older than one that was in force, or another of the same number.
 */
function requireNotBack(generation: Generation, name: string, seen: readonly SeenGeneration[]): void {
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

/** Seals and links of a generation that is kept beside the baseline, verified; undefined when it cannot be believed. */
function keptGeneration(
  file: string,
  sequence: number,
): { readonly seal: string; readonly before: string } | undefined {
  try {
    const reader = BaselineReader.open(generationFile(file, sequence));
    try {
      const { seal, header } = reader;
      return header.sequence === sequence ? { seal, before: header.previousSeal } : undefined;
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/**
 * Why a baseline with a higher number than any known does not follow the newest of these, or undefined when it does.
 */
function missingLink(generation: Generation, file: string, newest: SeenGeneration): string | undefined {
  let before = generation.header.previousSeal;
  for (let sequence = generation.header.sequence - 1; sequence > newest.sequence; sequence -= 1) {
    const kept = file === '-' ? undefined : keptGeneration(file, sequence);
    if (kept === undefined) return `sequence ${sequence} between them is not known here and not beside it`;
    if (kept.seal !== before) return `sequence ${sequence + 1} names another seal before it than that of ${sequence}`;
    before = kept.before;
  }
  return before === newest.seal
    ? undefined
    : `sequence ${newest.sequence + 1} names another seal before it than that of ${newest.sequence}`;
}

function successionOf(context: Context, generation: Generation): Succession {
  const place = historyPlace(context);
  const failed = (code: FailureCode, message: string, cause?: UserError): Succession => {
    const failures = [{ path: pathFromText(place.file), operation: 'history', code, message } satisfies Failure];
    return { notes: [], failures, ...(cause === undefined ? {} : { cause }) };
  };
  let history: History | undefined;
  let seen: readonly SeenGeneration[] = [];
  let broken: string | undefined;
  try {
    history = openToRead(context, place.file);
    seen = history?.generations(place.lineage(generation.header)) ?? [];
    broken = history?.verifyRows()[0]?.what;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = `whether the baseline was replaced by an older one was not verified: ${error.message}`;
    return failed('DAMAGED', message, error);
  } finally {
    history?.close();
  }
  requireNotBack(generation, context.baselineFile, seen);
  if (broken !== undefined) {
    const what = `history ${printableText(place.file)} was edited: ${printableText(broken)}`;
    return failed('DAMAGED', `whether the baseline was replaced by an older one was not verified: ${what}`);
  }
  const newest = seen.at(-1);
  if (newest === undefined) {
    return { notes: [`no generation of this baseline was seen before: ${COMPARE_SEAL}`], failures: [] };
  }
  const { sequence } = generation.header;
  if (sequence === newest.sequence) return { notes: [], failures: [] };
  const missing = missingLink(generation, context.baselineFile, newest);
  if (missing !== undefined) {
    const what = `the baseline is sequence ${sequence} and does not follow ${newest.sequence}, the last one known here`;
    return failed('UNLINKED', `${what}: ${missing}`);
  }
  const note = `sequence ${sequence} was not put into force with this history, which knows ${newest.sequence}`;
  return { notes: [`${note}: ${COMPARE_SEAL}`], failures: [] };
}

/**
 * Compares a baseline with the generations that were seen before; what makes the check incomplete is a warning too.
 * Throws a UserError `untrusted` when it is not the one that should be there.
 */
export function verifySuccession(context: Context, generation: Generation): Succession {
  const succession = successionOf(context, generation);
  for (const { message } of succession.failures) context.log.warn(message);
  return succession;
}

/** As `verifySuccession`, for what builds on the baseline: also throws where its place is not known. The remarks. */
export function requireSuccession(context: Context, generation: Generation): readonly string[] {
  const { notes, failures, cause } = successionOf(context, generation);
  const [failure] = failures;
  if (failure === undefined) return notes;
  if (cause !== undefined) throw cause;
  throw new UserError('untrusted', failure.message, {
    hint: 'find out who changed the baseline or its history; put copies known to be good in their place',
  });
}
