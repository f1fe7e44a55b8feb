/**
 * The regular expressions of `match`: reading them as a user wrote them, and deciding about one path. An expression
 * selects the objects whose whole path it matches from the first byte on; what lies below them must match by itself.
 */
import { type Path, pathFromLatin1, pathFromText, ROOT } from '../model/bytes.ts';
import type { MatchPattern } from '../model/rule.ts';
import { PatternError } from './braces.ts';
import { RegexSet } from './regex/match.ts';
import { parseRegex, type RegexNode } from './regex/parse.ts';

export type ParsedMatch =
  | { readonly ok: true; readonly pattern: MatchPattern }
  | { readonly ok: false; readonly problem: string };

interface LiteralStart {
  readonly text: string;
  readonly isWhole: boolean;
}

/** The bytes that every match begins with. */
function literalStart(tree: RegexNode): LiteralStart {
  switch (tree.kind) {
    case 'set':
      return tree.set.length === 1
        ? { text: String.fromCharCode(...tree.set), isWhole: true }
        : { text: '', isWhole: false };
    case 'start':
      return { text: '', isWhole: true };
    case 'sequence': {
      let text = '';
      for (const item of tree.items) {
        const start = literalStart(item);
        text += start.text;
        if (!start.isWhole) return { text, isWhole: false };
      }
      return { text, isWhole: true };
    }
    case 'choice':
    case 'repeat':
    case 'end':
      return { text: '', isWhole: false };
    default:
      return tree satisfies never;
  }
}

function directoryOf(tree: RegexNode): Path {
  const { text } = literalStart(tree);
  const directory = text.slice(0, Math.max(0, text.lastIndexOf('/')));
  if (directory === '') return ROOT;
  if (/(^|\/)\.{0,2}(?=\/|$)/.test(directory.slice(1))) {
    throw new PatternError("matches no path: one holds no empty components, no '.' and no '..'");
  }
  return pathFromLatin1(directory);
}

const trees = new WeakMap<MatchPattern, RegexNode>();
const alone = new WeakMap<MatchPattern, RegexSet>();

/** The tree of an expression that `parseMatch` accepted; read once for each pattern object. */
export function matchTree(pattern: MatchPattern): RegexNode {
  const known = trees.get(pattern);
  if (known !== undefined) return known;
  const tree = parseRegex(pattern.text);
  trees.set(pattern, tree);
  return tree;
}

/** An automaton for one expression; a walk has one for all of them instead. */
function automatonOf(pattern: MatchPattern): RegexSet {
  const known = alone.get(pattern);
  if (known !== undefined) return known;
  const set = new RegexSet([matchTree(pattern)]);
  alone.set(pattern, set);
  return set;
}

/** How many nodes the automaton of an expression has, which tells what it costs. */
export function matchSize(pattern: MatchPattern): number {
  return automatonOf(pattern).size;
}

/** Whether the expression matches the path of an object. */
export function matchesWholePath(pattern: MatchPattern, path: Path): boolean {
  return automatonOf(pattern).match(path).length > 0;
}

/**
 * How many components stand before what is not literal. As for a `**`, what comes after is on the way to the object and
 * must not lead through a mount.
 */
export function matchAnchor(pattern: MatchPattern): number {
  return pattern.directory === ROOT ? 0 : pattern.directory.split('/').length - 1;
}

/** The bytes that every path it matches begins with; `isWhole` when whatever begins with them matches. */
export function literalStartOf(pattern: MatchPattern): LiteralStart {
  return literalStart(matchTree(pattern));
}

/** Whether anything below a directory can match. */
export function canReach(pattern: MatchPattern, directory: string): boolean {
  const set = automatonOf(pattern);
  const { open, settled } = set.advance(set.start, directory === ROOT ? ROOT : `${directory}/`);
  return open.length + settled.length > 0;
}

/** Reads an expression. The problem, if there is one, is for the user: lower case, no final stop. */
export function parseMatch(text: string): ParsedMatch {
  return parseMatchBytes(pathFromText(text));
}

/** As `parseMatch`, for an expression with one character a byte. */
export function parseMatchBytes(bytes: string): ParsedMatch {
  if (bytes.includes('\0')) return { ok: false, problem: 'a path cannot hold a NUL byte' };
  try {
    const tree = parseRegex(bytes);
    const pattern: MatchPattern = { text: bytes, directory: directoryOf(tree) };
    const set = automatonOf(pattern);
    const { accepted, open } = set.advance(set.start, '/');
    if (accepted.length + open.length > 0) return { ok: true, pattern };
    return { ok: false, problem: "matches no path: one begins with '/'" };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, problem: error.message };
    throw error;
  }
}
