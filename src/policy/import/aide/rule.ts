/** A rule of AIDE, and what stands behind its expression. */
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';
import type { AideAttributeName } from './attributes.ts';
import { singleSpaced } from './tokens.ts';

export interface AideRule {
  /** '' selects, '=' is an equals rule, '!' and '-' are negative. */
  readonly sign: '' | '=' | '!' | '-';
  /** With the prefix of the include it stands in; one character a byte. */
  readonly regex: string;
  /** Letters of file types as AIDE has them; empty when not restricted. */
  readonly types: readonly string[];
  readonly fileSystem: string | undefined;
  readonly attributes: ReadonlySet<AideAttributeName>;
  /** The attributes as they were written. */
  readonly expression: string;
  readonly place: Place;
  readonly written: string;
}

export interface RuleEnd extends Pick<AideRule, 'types' | 'fileSystem' | 'expression'> {}

const TYPES = 'fdlcbpsDP';

/** Reads what stands behind the expression: a restriction, if there is one, and the attributes. */
export function readRuleEnd(text: string, isNegative: boolean, place: Place): RuleEnd {
  const { restriction, expression } = splitEnd(text, isNegative, place);
  const [letters = '', fileSystem] = restriction === '0' ? [''] : restriction.split('=');
  const types = letters === '' ? [] : letters.split(',');
  for (const type of types) {
    if (type.length !== 1 || !TYPES.includes(type)) {
      throw mistake(place, `'${shown(type)}' is no type of file: those are ${[...TYPES].join(', ')}`);
    }
  }
  return { types, fileSystem: fileSystem === '' ? undefined : fileSystem, expression };
}

function splitEnd(text: string, isNegative: boolean, place: Place): { restriction: string; expression: string } {
  // Blank space may stand around commas, signs and the equals sign.
  const words = singleSpaced(text)
    .replaceAll(/ ?([,+=-]) ?/g, '$1')
    .split(' ')
    .filter((word) => word !== '');
  const [first = '', second = '', third] = words;
  if (words.some((word) => word.startsWith('#'))) {
    throw mistake(place, 'a comment stands on a line of its own since AIDE 0.17');
  }
  if (third !== undefined) throw mistake(place, `nothing may follow the attributes: ${shown(third)}`);
  if (isNegative) {
    if (second !== '') throw mistake(place, 'a negative rule has no attributes');
    return { restriction: first, expression: '' };
  }
  if (first === '') throw mistake(place, 'this rule has no attributes');
  return second === '' ? { restriction: '', expression: first } : { restriction: first, expression: second };
}
