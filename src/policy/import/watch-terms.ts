/** The key `watch` of an imported rule, for the attributes that it should watch. */
import { ATTRIBUTE_NAMES, type AttributeName, DEFAULT_DIGESTS, isDigestName } from '../../model/attributes.ts';
import type { Watch } from '../../model/rule.ts';
import { evaluateTerms, predefinedTemplates, toWatch } from '../watch.ts';

/** Terms that add up to the attributes. A template is there for what only it can say: that something grows. */
export function watchTerms(
  watched: ReadonlySet<AttributeName>,
  template?: 'growing' | 'append-only',
): readonly string[] {
  if (template === undefined) return ATTRIBUTE_NAMES.filter((name) => watched.has(name));
  const contained = predefinedTemplates(DEFAULT_DIGESTS).get(template)?.attributes ?? new Set();
  return [
    template,
    ...ATTRIBUTE_NAMES.filter((name) => contained.has(name) && !watched.has(name)).map((name) => `-${name}`),
    ...ATTRIBUTE_NAMES.filter((name) => watched.has(name) && !contained.has(name)).map((name) => `+${name}`),
  ];
}

/** Beside one of these, or a digest, which stay as they are, it says nothing that a size may only grow. */
const EXACT: readonly AttributeName[] = ['size', 'mtime', 'ctime', 'blocks'];

/**
 * Terms for attributes beside which the size may only grow, a check of its own in other programs: the template where
 * nothing else holds the content, else the size too stays as it is.
 */
export function sizeGrowingTerms(watched: ReadonlySet<AttributeName>): readonly string[] {
  const isExact = [...watched].some((name) => EXACT.includes(name) || isDigestName(name));
  return isExact ? watchTerms(new Set([...watched, 'size'])) : watchTerms(watched, 'growing');
}

/** What terms of an imported rule come to in a policy without digests of its own. */
export function watchOfTerms(terms: readonly string[]): Watch {
  const evaluated = evaluateTerms(terms, predefinedTemplates(DEFAULT_DIGESTS), DEFAULT_DIGESTS);
  if (!evaluated.ok) throw new Error(`integ: internal error: ${evaluated.problem}`);
  return toWatch(evaluated.ingredients, DEFAULT_DIGESTS);
}
