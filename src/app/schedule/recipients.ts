/** Whether a nightly check tells anybody by mail, as the baseline has it. */
import { existsSync } from 'node:fs';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { compilePolicy } from '../../policy/load.ts';
import type { Context } from '../context.ts';
import { openBaselineSource } from '../generation/baseline-source.ts';
import { isKnownHere } from '../generation/known-baseline.ts';

/** Whether the policy in force sends mail. What stands in the way of a check is said now and not only in the night. */
export async function isToldByMail(context: Context): Promise<boolean> {
  // The baseline of a mounted system has another path here.
  if (context.root !== '/') return false;
  const { baselineFile: file, log } = context;
  if (file !== '-' && !existsSync(file)) {
    log.warn(`there is no baseline ${printableText(file)} yet: integ init makes it, and no check succeeds before`);
    return false;
  }
  try {
    const baseline = await openBaselineSource(context, { file, expectSeal: undefined });
    try {
      const { email } = compilePolicy(baseline.header.policy).policy.notify;
      return email !== undefined && email.when !== 'never' && isKnownHere(context, baseline, {});
    } finally {
      baseline.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn(`a check would fail now: ${error.message}`);
    return false;
  }
}
