/** Whether a rescue kit is what it was when it was made. */
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { takeTurns } from '../../system/turns.ts';
import { type Comparison, comparing } from '../installation/compare.ts';

export interface KitVerdict extends Comparison {
  /** Whether its list of digests is the one that was expected; undefined when nobody said. */
  readonly isExpected: boolean | undefined;
}

const SHORTEST_DIGEST = 16;

/**
 * `expect` is the digest that was printed when the kit was made, or its first digits. Rights do not count: a kit may
 * lie on a medium that keeps none. Throws a UserError: `usage`, `missing`, `untrusted`.
 */
export async function verifyKit(folder: string, expect: string | undefined): Promise<KitVerdict> {
  const digits = expect?.toLowerCase();
  if (digits !== undefined && (!/^[0-9a-f]{1,64}$/.test(digits) || digits.length < SHORTEST_DIGEST)) {
    throw new UserError('usage', `--expect ${printableText(expect ?? '')} is no digest`, {
      hint: `give the 64 hex digits that integ kit make printed, or at least the first ${SHORTEST_DIGEST}`,
    });
  }
  const comparison = await takeTurns(comparing(folder, { above: 0, hasRights: false }));
  return { ...comparison, isExpected: digits === undefined ? undefined : comparison.sha256.startsWith(digits) };
}
