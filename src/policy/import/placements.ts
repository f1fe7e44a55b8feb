/**
 * Paths with what lies below them, of which the deepest that leads to an object governs it and no other, as rules of
 * which the last does: shorter paths come first, and before one whose depth is limited comes a rule that leaves out
 * what the paths above it would select beyond.
 */
import type { ObjectType } from '../../model/attributes.ts';
import { isReadable, pathFromLatin1 } from '../../model/bytes.ts';
import { escapedGlob } from '../glob.ts';
import { escapeRegex } from '../regex/escape.ts';
import type { Atom } from './grouping.ts';
import type { Place } from './notes.ts';
import type { ImportedSelector, RuleSettings } from './policy-text.ts';

/** What the language of expressions counts to without becoming large. */
const MAX_COUNTED = 50;

export interface Placement {
  /** Absolute, without a slash at the end, one character a byte. */
  readonly path: string;
  /** The same as a pattern, where it holds wildcards. */
  readonly glob?: string;
  /** An expression for what is selected below it, in its stead. */
  readonly expression?: string;
  /** The object alone, and no link is followed to another. */
  readonly isObject?: boolean;
  /** How many levels below the object; Infinity for all. */
  readonly depth: number;
  readonly watch: readonly string[];
  /** Empty for all. */
  readonly types: readonly ObjectType[];
  readonly settings?: RuleSettings;
  readonly label: string;
  /** Whether its rule is one of this label alone. */
  readonly isLabelKept?: boolean;
  /** A symbolic link, which the policy follows: what it leads to has rules by its own name. */
  readonly isLink?: boolean;
  readonly place: Place;
  /** The line it was made from, where the meaning had to be translated. */
  readonly translatedFrom?: string;
}

/** The last part of a file's name and the line, for a comment. */
export function originOf({ file, line }: Place): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}

function componentsIn(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}

/** The bytes that every path of it begins with. */
function startOf({ path, glob }: Placement): string {
  if (glob === undefined) return path;
  return path.slice(0, path.search(/[*?[\\]/)).replace(/[^/]*$/, '');
}

/** Whether one reaches objects that lie deeper below another than that other's own limit. */
function reachesBeyond(above: Placement, below: Placement): boolean {
  const distance = componentsIn(below.path) - componentsIn(above.path);
  const limit = below.expression === undefined ? below.depth : 0;
  if (distance <= 0 || above.depth <= distance + limit) return false;
  const start = startOf(above);
  if (above.glob !== undefined || below.glob !== undefined) {
    return startOf(below).startsWith(start) || start.startsWith(startOf(below));
  }
  return below.path.startsWith(above.path === '/' ? '/' : `${above.path}/`);
}

function endFor(depth: number): string {
  if (depth === 0) return '$';
  return depth > MAX_COUNTED ? '(/|$)' : `(/[^/]+){0,${depth}}$`;
}

/** What selects the object with what lies below it. */
function selectorOf(placement: Placement, depth: number, translatedFrom: string | undefined): ImportedSelector {
  const { path, glob, place, expression } = placement;
  const origin = originOf(place);
  if (expression !== undefined) return { kind: 'match', text: expression, origin, translatedFrom };
  const isNamed = placement.isObject !== true && isReadable(pathFromLatin1(path));
  if (isNamed || glob !== undefined) {
    return { kind: 'paths', text: glob ?? escapedGlob(path), origin, translatedFrom };
  }
  return { kind: 'match', text: `${escapeRegex(path)}${endFor(depth)}`, origin, translatedFrom };
}

function atomsOf(placement: Placement, all: readonly Placement[], order: number): Atom[] {
  const { watch, types, label, isLabelKept = false, isLink = false, depth, settings, translatedFrom } = placement;
  const start = startOf(placement);
  const { expression, ...whole } = placement;
  const hasLimit = depth !== Number.POSITIVE_INFINITY && placement.isObject !== true;
  const isLimited = hasLimit || expression !== undefined;
  const cut: Atom = {
    watch: ['nothing'],
    types: [],
    exclude: [],
    label: 'left out',
    order,
    start,
    selector: selectorOf(whole, Number.POSITIVE_INFINITY, 'what else is below'),
  };
  const selector = selectorOf(placement, depth, translatedFrom);
  const ownSettings = { ...settings, ...(hasLimit && selector.kind === 'paths' ? { depth } : {}) };
  return [
    ...(isLimited && !isLink && all.some((other) => reachesBeyond(other, placement)) ? [cut] : []),
    {
      watch,
      types,
      exclude: [],
      label,
      isLabelKept,
      order,
      start,
      selector,
      ...(Object.keys(ownSettings).length === 0 ? {} : { settings: ownSettings }),
    },
  ];
}

/** Atoms in the order of rules; of placements at one depth the last counts. */
export function placementAtoms(placements: readonly Placement[]): Atom[] {
  const ordered = placements.toSorted((left, right) => componentsIn(left.path) - componentsIn(right.path));
  return ordered.flatMap((placement) => atomsOf(placement, placements, placements.indexOf(placement)));
}
