/**
 * Path patterns: reading them as a user wrote them, and deciding about one path. A pattern covers an object when the
 * object or one of its ancestors matches. Matching works on the bytes of names and touches no file system.
 */
import type { Path } from '../model/bytes.ts';
import { pathFromLatin1, pathFromText, printableText, ROOT } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { PathPattern } from '../model/rule.ts';
import { expandBraces, PatternError } from './braces.ts';
import { compileSegment, type Segment } from './segment.ts';

/** One way to match: the components from the root on. No components: the root itself. */
export type Alternative = readonly Segment[];

/** Where a pattern stands: only `exclude`, `ignore` and `--paths` may begin with a `**` component. */
export type PatternPlace = 'path' | 'anywhere';

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: PathPattern }
  | { readonly ok: false; readonly problem: string };

function splitAlternative(text: string): Alternative {
  const segments: Segment[] = [];
  // An escaped slash is a slash, for a name cannot hold one; a slash behind an escaped backslash is not escaped.
  for (const part of text.replaceAll(/\\([\s\S])/g, (pair, escaped) => (escaped === '/' ? '/' : pair)).split('/')) {
    if (part === '') continue;
    const segment = compileSegment(part);
    // `**` twice in a row says no more than once.
    if (segment.kind === 'globstar' && segments.at(-1)?.kind === 'globstar') continue;
    segments.push(segment);
  }
  return segments;
}

const compiled = new WeakMap<PathPattern, readonly Alternative[]>();

/** The alternatives of a pattern that `parsePattern` accepted; compiled once for each pattern object. */
export function compilePattern(pattern: PathPattern): readonly Alternative[] {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const alternatives = expandBraces(pattern.text).map(splitAlternative);
  compiled.set(pattern, alternatives);
  return alternatives;
}

/** The path that an alternative is, or the directory under which everything lies that it can match. */
export function literalPrefix(alternative: Alternative): Path {
  const names: Path[] = [];
  for (const segment of alternative) {
    if (segment.kind !== 'literal') break;
    names.push(segment.name);
  }
  return names.length === 0 ? ROOT : pathFromLatin1(`/${names.join('/')}`);
}

/** How many components stand before the first `**`; Infinity without one. */
export function anchorOf(alternative: Alternative): number {
  const index = alternative.findIndex((segment) => segment.kind === 'globstar');
  return index < 0 ? Number.POSITIVE_INFINITY : index;
}

function literalOf(alternatives: readonly Alternative[]): Path | undefined {
  const [only, ...others] = alternatives;
  if (only === undefined || others.length > 0) return undefined;
  return only.every((segment) => segment.kind === 'literal') ? literalPrefix(only) : undefined;
}

function endsInLoneBackslash(text: string): boolean {
  let count = 0;
  while (text.charAt(text.length - 1 - count) === '\\') count += 1;
  return count % 2 === 1;
}

/** Reads a pattern as a user wrote it. The problem, if there is one, is for the user: lower case, no final stop. */
export function parsePattern(text: string, place: PatternPlace): ParsedPattern {
  if (text === '') return { ok: false, problem: 'a pattern must not be empty' };
  if (text.includes('\0')) return { ok: false, problem: 'a path cannot hold a NUL byte' };
  if (endsInLoneBackslash(text)) {
    return { ok: false, problem: 'the backslash at the end escapes nothing: write two for a name that ends in one' };
  }
  const bytes = pathFromText(text);
  try {
    const alternatives = expandBraces(bytes);
    for (const alternative of alternatives) {
      if (alternative.startsWith('/')) continue;
      if (place === 'anywhere' && (alternative === '**' || alternative.startsWith('**/'))) continue;
      const allowed = place === 'anywhere' ? "begin with '/' or '**/'" : "be absolute, with '/' at the start";
      return { ok: false, problem: `a pattern must ${allowed}` };
    }
    const segments = alternatives.map(splitAlternative);
    const pattern: PathPattern = { text: bytes, literal: literalOf(segments) };
    compiled.set(pattern, segments);
    return { ok: true, pattern };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, problem: error.message };
    throw error;
  }
}

/** A path as a pattern that stands for it. */
export function escapedGlob(path: string): string {
  return path.replace(/[*?[\]{}\\,]/g, '\\$&');
}

/** The pattern of one path and what lies below it. */
export function exactPattern(path: Path): PathPattern {
  return { text: escapedGlob(path), literal: path };
}

/** Reads a pattern from the command line; a bad one is an error of usage. */
export function patternFromArgument(text: string, option: string): PathPattern {
  const parsed = parsePattern(text, 'anywhere');
  if (parsed.ok) return parsed.pattern;
  throw new UserError('usage', `${option} '${printableText(text)}': ${parsed.problem}`);
}

/** The names on the way from the root to an object; none for the root. */
export function componentsOf(path: Path): readonly Path[] {
  // A part of bytes is bytes.
  return path === ROOT ? [] : (path.slice(1).split('/') as Path[]);
}

/**
 * The deepest of the object and its ancestors that matches, as a number of components (0 is the root), or -1 when the
 * alternative does not cover the object.
 */
function deepestMatch(alternative: Alternative, names: readonly Path[]): number {
  // states.has(n): the components before n have been matched by the names read so far.
  let states = new Set<number>();
  const last = alternative.length;
  let deepest = last === 0 ? 0 : -1;
  const reach = (state: number, into: Set<number>): void => {
    into.add(state);
    // In the middle `**` may stand for nothing.
    if (alternative[state]?.kind === 'globstar' && state + 1 < last) into.add(state + 1);
  };
  reach(0, states);
  for (const [depth, name] of names.entries()) {
    const next = new Set<number>();
    for (const state of states) {
      const segment = alternative[state];
      if (segment === undefined) continue;
      if (segment.kind === 'globstar') {
        reach(state, next);
        if (state + 1 === last) deepest = depth + 1;
      } else if (segment.kind === 'literal' ? segment.name === name : segment.any || segment.matches(name)) {
        if (state + 1 === last) deepest = depth + 1;
        else reach(state + 1, next);
      }
    }
    if (next.size === 0) break;
    states = next;
  }
  return deepest;
}

/** The deepest match among all alternatives; see above. */
export function deepestStart(alternatives: readonly Alternative[], path: Path): number {
  const names = componentsOf(path);
  return Math.max(-1, ...alternatives.map((alternative) => deepestMatch(alternative, names)));
}

/** Whether the object itself matches, not only an ancestor of it. */
export function matchesPath(alternatives: readonly Alternative[], path: Path): boolean {
  return deepestStart(alternatives, path) === componentsOf(path).length;
}

/** Whether one of the patterns covers the object: matches it or an ancestor of it. */
export function coversPath(patterns: readonly PathPattern[], path: Path): boolean {
  return patterns.some((pattern) => deepestStart(compilePattern(pattern), path) >= 0);
}
