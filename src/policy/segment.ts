/**
 * One component of a pattern: what stands between two slashes, braces expanded. Matching is greedy with one point of
 * return (the last star), so a name costs at most its length times the length of the pattern, whatever both hold.
 */
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import { bracketEnd, PatternError, shown } from './braces.ts';
import { characters, isAscii } from './characters.ts';

/** Stands for exactly one name. */
interface LiteralSegment {
  readonly kind: 'literal';
  readonly name: Path;
}

/** Stands for the names that match. */
interface GlobSegment {
  readonly kind: 'glob';
  /** Whether every name matches: the component is `*`. */
  readonly any: boolean;
  readonly matches: (name: Path) => boolean;
  /** The same component with every `?` and `[…]` widened to `*`, as literal parts between the stars. */
  readonly parts: readonly Path[];
}

/** `**`: any number of components, none included; as the last component at least one. */
interface GlobstarSegment {
  readonly kind: 'globstar';
}

export type Segment = LiteralSegment | GlobSegment | GlobstarSegment;

interface CharacterClass {
  readonly negated: boolean;
  /** Pairs of first and last code point. */
  readonly ranges: readonly (readonly [number, number])[];
}

type Token = number | 'star' | 'one' | CharacterClass;

function readClass(body: string): CharacterClass {
  if (/\[[:.=]/.test(body)) {
    throw new PatternError(
      `[${shown(body)}]: named classes such as [:alpha:] are not in the language: write the characters`,
    );
  }
  const negated = body.startsWith('!') || body.startsWith('^');
  const points = characters(negated ? body.slice(1) : body);
  const ranges: [number, number][] = [];
  const backslash = 0x5c;
  const hyphen = 0x2d;
  const take = (index: number): { readonly point: number; readonly next: number } => {
    const at = points[index] === backslash && index + 1 < points.length ? index + 1 : index;
    return { point: points[at] ?? backslash, next: at + 1 };
  };
  for (let index = 0; index < points.length; ) {
    const first = take(index);
    index = first.next;
    const isRange = points[index] === hyphen && index + 1 < points.length;
    const last = isRange ? take(index + 1) : first;
    if (last.point < first.point)
      throw new PatternError(`[${shown(body)}]: a range runs from the lower to the higher character`);
    ranges.push([first.point, last.point]);
    index = last.next;
  }
  return { negated, ranges };
}

function readTokens(segment: string): readonly Token[] {
  const tokens: Token[] = [];
  let literal = '';
  const flush = (): void => {
    tokens.push(...characters(literal));
    literal = '';
  };
  for (let index = 0; index < segment.length; index += 1) {
    const character = segment.charAt(index);
    if (character === '\\') {
      index += 1;
      literal += segment.charAt(index);
    } else if (character === '*') {
      flush();
      // Stars side by side are one star.
      if (tokens.at(-1) !== 'star') tokens.push('star');
    } else if (character === '?') {
      flush();
      tokens.push('one');
    } else if (character === '[' && bracketEnd(segment, index) >= 0) {
      flush();
      const end = bracketEnd(segment, index);
      tokens.push(readClass(segment.slice(index + 1, end)));
      index = end;
    } else {
      literal += character;
    }
  }
  flush();
  return tokens;
}

function matchesOne(token: Token | undefined, point: number): boolean {
  if (typeof token === 'number') return token === point;
  if (token === 'one') return true;
  if (token === undefined || token === 'star') return false;
  return token.ranges.some(([first, last]) => point >= first && point <= last) !== token.negated;
}

function matchesTokens(tokens: readonly Token[], points: readonly number[]): boolean {
  let token = 0;
  let point = 0;
  let starToken = -1;
  let starPoint = 0;
  while (point < points.length) {
    if (tokens[token] === 'star') {
      starToken = token;
      starPoint = point;
      token += 1;
    } else if (matchesOne(tokens[token], points[point] ?? -1)) {
      token += 1;
      point += 1;
    } else if (starToken >= 0) {
      // Only the last star can help: one before it that took more would leave this one less to choose from.
      starPoint += 1;
      point = starPoint;
      token = starToken + 1;
    } else {
      return false;
    }
  }
  while (tokens[token] === 'star') token += 1;
  return token === tokens.length;
}

/** The literal bytes before, between and after the wildcards; one part when there are none. */
function literalParts(segment: string): readonly Path[] {
  const parts: string[] = [''];
  for (let index = 0; index < segment.length; index += 1) {
    const character = segment.charAt(index);
    const end = character === '[' ? bracketEnd(segment, index) : -1;
    if (character === '\\') {
      index += 1;
      parts.push((parts.pop() ?? '') + segment.charAt(index));
    } else if (character === '*' || character === '?' || end >= 0) {
      parts.push('');
      if (end >= 0) index = end;
    } else {
      parts.push((parts.pop() ?? '') + character);
    }
  }
  // Wildcards side by side leave empty parts between them; only those at the ends mean something.
  return parts.filter((part, index) => part !== '' || index === 0 || index === parts.length - 1).map(pathFromLatin1);
}

/** The common shapes `*`, `*.so`, `lib*` and `lib*.so` without decoding. ASCII bytes never lie within a character. */
function simpleMatcher(tokens: readonly Token[], parts: readonly Path[]): ((name: Path) => boolean) | undefined {
  const [head, tail, ...others] = parts;
  const stars = tokens.filter((token) => typeof token !== 'number');
  if (stars.length !== 1 || stars[0] !== 'star') return undefined;
  if (head === undefined || tail === undefined || others.length > 0 || !isAscii(head) || !isAscii(tail))
    return undefined;
  if (head === '') return (name) => name.endsWith(tail);
  if (tail === '') return (name) => name.startsWith(head);
  const least = head.length + tail.length;
  return (name) => name.length >= least && name.startsWith(head) && name.endsWith(tail);
}

/** Compiles one component, given with one character a byte. Throws a PatternError. */
export function compileSegment(segment: string): Segment {
  if (segment === '**') return { kind: 'globstar' };
  const tokens = readTokens(segment);
  const parts = literalParts(segment);
  const [name] = parts;
  if (name !== undefined && parts.length === 1) {
    if (name === '.' || name === '..') throw new PatternError(`a component '${name}' is not allowed`);
    return { kind: 'literal', name };
  }
  const matches = simpleMatcher(tokens, parts) ?? ((text: Path) => matchesTokens(tokens, characters(text)));
  return { kind: 'glob', any: tokens.length === 1 && tokens[0] === 'star', matches, parts };
}
