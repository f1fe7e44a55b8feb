/** Opens the baseline that a command works on: a file, or standard input. */
import { readFileSync } from 'node:fs';
import { BaselineReader } from '../../baseline/reader.ts';
import { errorCode, UserError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { lastGeneration, lostBaseline, olderSeal } from '../history/lost.ts';
import { requireSafeFile } from '../safe-files.ts';

export interface BaselineSource {
  /** '-' is standard input. */
  readonly file: string;
  readonly expectSeal: string | undefined;
}

const STDIN = 0;

/** Verifies everything before it returns. Throws UserError 64, 65, 66, 74 or 77. */
export async function openBaselineSource(
  context: Context,
  { file, expectSeal }: BaselineSource,
): Promise<BaselineReader> {
  if (file !== '-') requireSafeFile(context, file, 'baseline');
  const options = expectSeal === undefined ? {} : { expectSeal };
  try {
    return await BaselineReader.openInTurns(file === '-' ? readStandardInput() : file, options);
  } catch (error) {
    if (file !== context.baselineFile || !(error instanceof UserError)) throw error;
    if (error.code === 'missing') {
      const last = lastGeneration(context);
      if (last !== undefined) throw lostBaseline('missing', context, last);
    }
    const since = error.code === 'untrusted' && expectSeal !== undefined ? olderSeal(context, expectSeal) : undefined;
    throw since === undefined ? error : new UserError(error.code, error.message, { hint: since, cause: error });
  }
}

export function readStandardInput(): Buffer {
  try {
    return readFileSync(STDIN);
  } catch (error) {
    throw new UserError('io', `cannot read the baseline from standard input: ${errorCode(error)}`, {
      hint: 'send it through a pipe, as in: ssh vault cat mail1.db | integ check --baseline -',
      cause: error,
    });
  }
}
