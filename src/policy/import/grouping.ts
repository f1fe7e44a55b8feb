/**
 * Puts imported selectors that watch the same into one rule, where that changes nothing: the order of rules decides
 * which of two governs an object, so one may only pass over others that surely select no object that it selects.
 */
import { OBJECT_TYPES, type ObjectType } from '../../model/attributes.ts';
import type { ImportedRule, ImportedSelector, RuleSettings } from './policy-text.ts';

/** A rule with one selector. */
export interface Atom {
  readonly watch: readonly string[];
  /** Empty for all. */
  readonly types: readonly ObjectType[];
  readonly exclude: readonly string[];
  readonly settings?: RuleSettings;
  /** The name of its rule, where it has one; several rules may bear it. */
  readonly name?: string;
  readonly selector: ImportedSelector;
  /** The bytes that every path it selects begins with. */
  readonly start: string;
  /** What the watch is called where it comes from. */
  readonly label: string;
  /** Whether its rule is one of this label alone. */
  readonly isLabelKept?: boolean;
  /** Its place among all, as they were written. */
  readonly order: number;
}

interface AtomGroup {
  readonly key: string;
  readonly atoms: Atom[];
}

function mayMeet(left: Atom, right: Atom): boolean {
  if (!left.start.startsWith(right.start) && !right.start.startsWith(left.start)) return false;
  return left.types.length === 0 || right.types.length === 0 || left.types.some((type) => right.types.includes(type));
}

function keyOf({ watch, types, exclude, settings, name, label, isLabelKept = false }: Atom): string {
  return JSON.stringify([watch, types, exclude, settings, name, isLabelKept ? label : undefined]);
}

function nameOf(atom: Atom, taken: Set<string>): string {
  if (atom.name !== undefined) return atom.name;
  const plural: Readonly<Record<ObjectType, string>> = {
    file: 'files',
    directory: 'directories',
    symlink: 'symlinks',
    fifo: 'fifos',
    socket: 'sockets',
    block: 'block devices',
    char: 'character devices',
  };
  const types = OBJECT_TYPES.filter((type) => atom.types.includes(type)).map((type) => plural[type]);
  const name = [atom.label, ...types].join(', ');
  let distinct = name;
  for (let number = 2; taken.has(distinct); number += 1) distinct = `${name} (${number})`;
  taken.add(distinct);
  return distinct;
}

/** Groups atoms, of which the last that selects an object governs it. */
export function groupAtoms(atoms: readonly Atom[]): ImportedRule[] {
  const groups: AtomGroup[] = [];
  for (const atom of atoms) {
    const key = keyOf(atom);
    const later = groups.findLastIndex(
      (group) => group.key === key || group.atoms.some((other) => mayMeet(atom, other)),
    );
    const group = groups[later];
    if (group?.key === key) group.atoms.push(atom);
    else groups.push({ key, atoms: [atom] });
  }
  const taken = new Set(atoms.flatMap(({ name }) => name ?? []));
  return groups.map(({ atoms: members }) => {
    const ordered = members.toSorted((left, right) => left.order - right.order);
    const [first] = ordered;
    if (first === undefined) throw new Error('integ: internal error: a group without members');
    const { watch, types, exclude, settings } = first;
    return {
      name: nameOf(first, taken),
      selectors: ordered.map(({ selector }) => selector),
      watch,
      types,
      exclude,
      ...(settings === undefined ? {} : { settings }),
    };
  });
}
