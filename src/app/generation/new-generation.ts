/**
 * What every command that follows a baseline with a new generation has in common: the lock, the trust in the present
 * one, who and why, and the replacement that keeps the old file. Until the new one is whole, the old one is in force.
 */
import { existsSync } from 'node:fs';
import { DEFAULT_KEEP, keepGeneration, pruneGenerations, standingOf } from '../../baseline/generations.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import { requireTrust, signersOf } from '../../baseline/signature.ts';
import { BaselineWriter } from '../../baseline/writer.ts';
import type { BaselineHeader, GenerationOrigin } from '../../model/baseline.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { Policy, Rule } from '../../model/rule.ts';
import { isoTime } from '../../system/host.ts';
import { acquireLock } from '../../system/lock.ts';
import { takeTurns } from '../../system/turns.ts';
import type { Context } from '../context.ts';
import { rememberGeneration } from '../history/run-history.ts';
import { requireSuccession } from '../history/succession.ts';
import { requireSafeFile } from '../safe-files.ts';
import { VERSION } from '../version.ts';
import { openBaselineSource } from './baseline-source.ts';

/** Who changed a baseline may say as much of why. */
const LONGEST_TEXT = 4096;

export interface ReasonOptions {
  readonly reason?: string;
  readonly ticket?: string;
}

function requireText(option: string, text: string): string {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (text.trim() !== '' && bytes <= LONGEST_TEXT) return text;
  const what = text.trim() === '' ? 'is empty' : `has ${bytes} bytes, more than ${LONGEST_TEXT}`;
  throw new UserError('usage', `the text of ${option} ${what}`, { hint: 'say in a sentence why it is right' });
}

/** How a new generation comes to be. Throws a UserError `usage` without a reason. */
export function originOf(
  { host }: Pick<Context, 'host'>,
  command: GenerationOrigin['command'],
  { reason, ticket }: ReasonOptions,
): GenerationOrigin {
  if (reason === undefined) {
    throw new UserError('usage', `${command} needs --reason: a baseline never changes without one`, {
      hint: `integ ${command} … --reason 'security updates of May'`,
    });
  }
  return {
    command,
    who: host.operator(),
    why: requireText('--reason', reason),
    ...(ticket === undefined ? {} : { ticket: requireText('--ticket', ticket) }),
  };
}

/** Runs an action on the baseline in force, verified and trusted, while nobody else may write it. */
export async function withCurrent<Result>(
  context: Context,
  command: GenerationOrigin['command'],
  expectSeal: string | undefined,
  action: (current: BaselineReader) => Promise<Result>,
): Promise<Result> {
  const file = context.baselineFile;
  if (file === '-') {
    throw new UserError('usage', `${command} cannot change a baseline from standard input`, {
      hint: 'name a file with --baseline',
    });
  }
  const open = (): Promise<BaselineReader> => openBaselineSource(context, { file, expectSeal });
  // A missing one is told before a lock is tried for beside it.
  if (!existsSync(file)) (await open()).close();
  requireSafeFile(context, file, 'baseline');
  const lock = acquireLock(file, command, context.host);
  const unregister = context.onSignal(() => lock.release());
  try {
    const current = await open();
    try {
      for (const note of requireSuccession(context, current)) context.log.note(note);
      requireTrust(current, signersOf(current));
      return await action(current);
    } finally {
      current.close();
    }
  } finally {
    lock.release();
    unregister();
  }
}

export interface NextGeneration {
  readonly current: BaselineReader;
  readonly origin: GenerationOrigin;
  /** Of the present and of the next generation, in this order; the same where it stays. */
  readonly policies: readonly [present: Policy, next: Policy];
  /** Rules that the entries of the next generation refer to. */
  readonly rules: readonly Rule[];
  /** Adds the entries, and gives what is other than in the present header. */
  readonly write: (writer: BaselineWriter) => Promise<Partial<BaselineHeader>>;
}

export interface WrittenGeneration {
  readonly file: string;
  readonly header: BaselineHeader;
  readonly seal: string;
  readonly entries: number;
  /** It takes force only when it is signed. */
  readonly isCandidate: boolean;
}

/** Writes the generation after the present one and puts it into force, or leaves it as a candidate to be signed. */
export async function writeNextGeneration(context: Context, next: NextGeneration): Promise<WrittenGeneration> {
  const { current, origin, policies, rules } = next;
  const file = context.baselineFile;
  const { target, isCandidate } = standingOf(file, policies);
  if (isCandidate && existsSync(target)) {
    context.log.warn(`the candidate that waited for a signature is replaced: ${printableText(target)}`);
  }
  const writer = BaselineWriter.create(target, rules);
  const unregister = context.onSignal(() => writer.abort());
  try {
    const changed = await next.write(writer);
    const header: BaselineHeader = {
      ...current.header,
      ...changed,
      version: VERSION,
      sequence: current.header.sequence + 1,
      createdAt: isoTime(context.host.now()),
      previousSeal: current.seal,
      origin,
    };
    if (!isCandidate) keepGeneration(file, current.header.sequence);
    const { seal, entries } = await takeTurns(writer.finish(header));
    if (!isCandidate) {
      rememberGeneration(context, { header, seal });
      pruneOldGenerations(context, policies[1]);
    }
    return { file: target, header, seal, entries, isCandidate };
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    unregister();
  }
}

/** The new one is in force by then: what cannot be removed is a warning. */
export function pruneOldGenerations(context: Context, { keepGenerations = DEFAULT_KEEP }: Policy): void {
  try {
    pruneGenerations(context.baselineFile, keepGenerations);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.log.warn(`old generations were not removed: ${error.message}`);
  }
}
