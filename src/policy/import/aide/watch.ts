/** From the attributes of a rule of AIDE to what a rule of integ watches, and what is lost on the way. */
import { type AttributeName, isDigestName } from '../../../model/attributes.ts';
import type { Rule } from '../../../model/rule.ts';
import { sizeGrowingTerms, watchTerms } from '../watch-terms.ts';
import { AIDE_ATTRIBUTES, type AideAttributeName, aideAttribute } from './attributes.ts';

export interface TranslatedWatch {
  /** Terms of the key `watch`. */
  readonly terms: readonly string[];
  readonly losses: readonly string[];
}

/** What AIDE lets come and go. */
export function letsBeOf(attributes: ReadonlySet<AideAttributeName>): Rule['letsBe'] {
  const [isNew, isGone] = [attributes.has('ANF'), attributes.has('ARF')];
  return isNew || isGone ? { new: isNew, gone: isGone } : undefined;
}

// AIDE lets these go up, or accepts a digest of the first bytes. integ has that for the size and the bytes.
const GROWING: readonly AttributeName[] = ['size', 'blocks', 'mtime', 'ctime', 'atime'];
/** Translates a set of attributes. */
export function translateWatch(attributes: ReadonlySet<AideAttributeName>): TranslatedWatch {
  const watched = new Set<AttributeName>(['type']);
  const losses = new Set<string>();
  const missing: string[] = [];
  // In the order of the table, so that equal sets give equal results.
  for (const name of Object.keys(AIDE_ATTRIBUTES) as AideAttributeName[]) {
    const { to, loss, missing: digest } = aideAttribute(name);
    if (!attributes.has(name)) continue;
    if (digest !== undefined && !missing.includes(digest)) missing.push(digest);
    if (to !== undefined) watched.add(to);
    if (loss !== undefined) losses.add(loss);
  }
  const hasDigest = [...attributes].some((name) => aideAttribute(name).isDigest === true);
  if (hasDigest && ![...watched].some(isDigestName)) {
    watched.add('sha256');
    losses.add(`digests that integ does not have, all of the rule, so that sha256 is taken: ${missing.join(', ')}`);
  } else if (missing.length > 0) {
    losses.add(`digests that integ does not have are left out, others of the rule remain: ${missing.join(', ')}`);
  }
  if (!attributes.has('growing')) {
    if (!attributes.has('S')) return { terms: watchTerms(watched), losses: [...losses] };
    const isTold = hasDigest || ['s', 'm', 'c'].some((name) => attributes.has(name as AideAttributeName));
    if (attributes.has('b') && !isTold)
      losses.add('S beside b: a size that grew within its last block is reported too');
    return { terms: sizeGrowingTerms(watched), losses: [...losses] };
  }
  if (['b', 'm', 'c', 'a'].some((name) => attributes.has(name as AideAttributeName))) {
    losses.add('growing: times and blocks are not watched, so that one that went back is not reported');
  }
  const hasSize = attributes.has('s') || attributes.has('S');
  const template = hasDigest ? 'append-only' : hasSize ? 'growing' : undefined;
  for (const name of [...watched]) if (GROWING.includes(name) || isDigestName(name)) watched.delete(name);
  // The log that follows a rotated one has another inode, which I allows.
  if (attributes.has('I')) watched.delete('inode');
  return { terms: watchTerms(watched, template), losses: [...losses] };
}
