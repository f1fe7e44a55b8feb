/**
 * Watch arithmetic: from a list such as [read-only, -ctime, +sha512] to what a rule watches. Names are evaluated from
 * left to right; a template added or subtracted stands for all of its attributes. It knows no YAML and no positions.
 */
import {
  ATTRIBUTE_NAMES,
  ATTRIBUTES,
  type AttributeName,
  type DigestName,
  isAttributeName,
  isDigestName,
  TEMPLATE_NAMES,
  type TemplateName,
} from '../model/attributes.ts';
import { printableText } from '../model/bytes.ts';
import type { Watch } from '../model/rule.ts';
import { didYouMean } from './suggest.ts';

/** What a name stands for while it is added up. */
export interface Ingredients {
  readonly attributes: ReadonlySet<AttributeName>;
  readonly growing: boolean;
  readonly appendOnly: boolean;
}

/** Templates by name: the predefined ones and those of a policy so far. */
export type Templates = ReadonlyMap<string, Ingredients>;

/** The name that stands for the policy's set of digests. */
export const DIGESTS_NAME = 'digests';

/** What stands alone in the watch of a rule that leaves out what it governs. */
export const NOTHING_NAME = 'nothing';

const WITH_DIGESTS: readonly TemplateName[] = ['read-only', 'config', 'all'];

function predefined(name: TemplateName, digests: readonly DigestName[]): Ingredients {
  const attributes = ATTRIBUTE_NAMES.filter((attribute) => ATTRIBUTES[attribute].templates.includes(name));
  return {
    attributes: new Set([...attributes, ...(WITH_DIGESTS.includes(name) ? digests : [])]),
    growing: name === 'growing' || name === 'append-only',
    appendOnly: name === 'append-only',
  };
}

/** The predefined templates, with the digests of the policy where they have digests. */
export function predefinedTemplates(digests: readonly DigestName[]): Map<string, Ingredients> {
  return new Map(TEMPLATE_NAMES.map((name) => [name, predefined(name, digests)]));
}

function resolveName(name: string, templates: Templates, digests: readonly DigestName[]): Ingredients | undefined {
  const template = templates.get(name);
  if (template !== undefined) return template;
  const attributes = name === DIGESTS_NAME ? digests : isAttributeName(name) ? [name] : undefined;
  return attributes && { attributes: new Set(attributes), growing: false, appendOnly: false };
}

function add(left: Ingredients, right: Ingredients): Ingredients {
  return {
    attributes: new Set([...left.attributes, ...right.attributes]),
    growing: left.growing || right.growing,
    appendOnly: left.appendOnly || right.appendOnly,
  };
}

function subtract(left: Ingredients, right: Ingredients): Ingredients {
  return {
    attributes: new Set([...left.attributes].filter((attribute) => !right.attributes.has(attribute))),
    growing: left.growing && !right.growing,
    // What keeps its first bytes cannot shrink: without `growing` there is no `append-only` either.
    appendOnly: left.appendOnly && !right.appendOnly && !right.growing,
  };
}

export type Evaluation =
  | { readonly ok: true; readonly ingredients: Ingredients }
  /** `term` is the index in the list of the one that is wrong. */
  | { readonly ok: false; readonly term: number; readonly problem: string };

/**
 * Adds up a list of terms. `-type` is refused and the type is always among the result, for an object that became
 * another type of object has changed whatever else is watched; but for `nothing`, which is the empty result.
 */
export function evaluateTerms(
  terms: readonly string[],
  templates: Templates,
  digests: readonly DigestName[],
): Evaluation {
  let sum: Ingredients = { attributes: new Set(), growing: false, appendOnly: false };
  const nothing = terms.indexOf(NOTHING_NAME);
  if (nothing >= 0 && terms.length > 1) return { ok: false, term: nothing, problem: `'${NOTHING_NAME}' stands alone` };
  if (nothing >= 0) return { ok: true, ingredients: sum };
  for (const [term, written] of terms.entries()) {
    const sign = written.startsWith('+') || written.startsWith('-') ? written.charAt(0) : '';
    const name = written.slice(sign.length).trim();
    const value = resolveName(name, templates, digests);
    if (value === undefined) {
      const known = [...templates.keys(), NOTHING_NAME, DIGESTS_NAME, ...ATTRIBUTE_NAMES];
      const hint = didYouMean(name, known);
      return {
        ok: false,
        term,
        problem: `unknown template or attribute '${printableText(name)}'${hint}; known: ${known.join(', ')}`,
      };
    }
    if (sign === '-' && name === 'type') return { ok: false, term, problem: 'the type is always watched' };
    sum = sign === '-' ? subtract(sum, value) : add(sum, value);
  }
  if (sum.attributes.size === 0 && !sum.growing && !sum.appendOnly) {
    const problem = 'nothing is left to watch: use existence to watch the type alone';
    return { ok: false, term: Math.max(0, terms.length - 1), problem };
  }
  return { ok: true, ingredients: { ...sum, attributes: new Set([...sum.attributes, 'type']) } };
}

/** What a rule watches, in table order. With `appendOnly` the policy's digests prove the first bytes. */
export function toWatch(ingredients: Ingredients, digests: readonly DigestName[]): Watch {
  const { growing, appendOnly } = ingredients;
  const attributes = ATTRIBUTE_NAMES.filter((name) => ingredients.attributes.has(name));
  const computed = ATTRIBUTE_NAMES.filter(isDigestName).filter(
    (name) => ingredients.attributes.has(name) || (appendOnly && digests.includes(name)),
  );
  return { attributes, growing, appendOnly, digests: computed };
}
