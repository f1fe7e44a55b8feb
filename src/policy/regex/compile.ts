/**
 * From the trees of regular expressions to one automaton for all of them (Thompson 1968): nodes that take a byte, and
 * nodes that take none. Counted repetitions are written out, so its size is bounded here, in advance.
 */
import { PatternError } from '../braces.ts';
import { ANY_BYTE, type ByteSet } from './bytes.ts';
import type { RegexNode } from './parse.ts';

/** Nodes refer to others by number. */
type NfaNode =
  | { readonly kind: 'byte'; readonly set: ByteSet; readonly next: number; readonly pattern: number }
  | { readonly kind: 'split'; readonly next: readonly number[] }
  /** Passed only where the text ends. */
  | { readonly kind: 'end'; readonly next: number }
  /** Passed only before the first byte. */
  | { readonly kind: 'start'; readonly next: number }
  | { readonly kind: 'match'; readonly pattern: number };

export interface Nfa {
  readonly nodes: readonly NfaNode[];
  /** Where each pattern begins. */
  readonly entries: readonly number[];
  /** Class of each byte: bytes that no pattern tells apart are of one class. */
  readonly classOf: Uint16Array;
}

/** Enough for a rule with an IPv6 address in it many times over; more is a mistake such as (.{1000}){1000}. */
const MAX_NODES = 20_000;

class Builder {
  readonly nodes: NfaNode[] = [];
  readonly sets = new Set<ByteSet>();
  #pattern = 0;
  #limit = 0;

  /** Adds a pattern and returns where it begins. Throws a PatternError when it is too large. */
  add(tree: RegexNode, pattern: number): number {
    this.#pattern = pattern;
    this.#limit = this.nodes.length + MAX_NODES;
    return this.#build(tree, this.#node({ kind: 'match', pattern }));
  }

  #node(node: NfaNode): number {
    if (this.nodes.length >= this.#limit) throw new PatternError('the regular expression is too large');
    this.nodes.push(node);
    return this.nodes.length - 1;
  }

  /** Builds backwards: `next` is where to go on after the tree. */
  #build(tree: RegexNode, next: number): number {
    switch (tree.kind) {
      case 'set':
        this.sets.add(tree.set);
        return this.#node({ kind: 'byte', set: tree.set, next, pattern: this.#pattern });
      case 'sequence':
        return tree.items.reduceRight((after, item) => this.#build(item, after), next);
      case 'choice':
        return this.#node({ kind: 'split', next: tree.items.map((item) => this.#build(item, next)) });
      case 'repeat':
        return this.#repeat(tree, next);
      case 'end':
      case 'start':
        return this.#node({ kind: tree.kind, next });
      default:
        return tree satisfies never;
    }
  }

  #repeat({ item, min, max }: Extract<RegexNode, { kind: 'repeat' }>, next: number): number {
    let after = next;
    if (max === Number.POSITIVE_INFINITY) {
      // The node that leads back must be known before what it leads to.
      const back: number[] = [];
      after = this.#node({ kind: 'split', next: back });
      back.push(this.#build(item, after), next);
    } else {
      for (let count = min; count < max; count += 1) {
        after = this.#node({ kind: 'split', next: [this.#build(item, after), next] });
      }
    }
    // What matches nothing but the empty text makes no node, however often it is repeated.
    for (let count = 0; count < min; count += 1) {
      const once = this.#build(item, after);
      if (once === after) break;
      after = once;
    }
    return after;
  }
}

function classify(sets: Iterable<ByteSet>): Uint16Array {
  // While a set is split off there may be twice as many numbers as bytes.
  const classOf = new Uint16Array(256);
  let classes = 1;
  for (const set of sets) {
    if (set === ANY_BYTE) continue;
    // Splits every class into what is in the set and what is not.
    const split = new Map<number, number>();
    for (const byte of set) {
      const old = classOf[byte] ?? 0;
      let fresh = split.get(old);
      if (fresh === undefined) {
        fresh = classes;
        split.set(old, fresh);
        classes += 1;
      }
      classOf[byte] = fresh;
    }
    // A class that lies wholly within the set was only renamed: number them again, without gaps.
    const used = [...new Set(classOf)];
    const renumbered = new Map(used.map((old, index) => [old, index]));
    for (let byte = 0; byte < 256; byte += 1) classOf[byte] = renumbered.get(classOf[byte] ?? 0) ?? 0;
    classes = used.length;
  }
  return classOf;
}

/** One automaton for many patterns, known by their position. */
export function compileRegexes(trees: readonly RegexNode[]): Nfa {
  const builder = new Builder();
  const entries = trees.map((tree, pattern) => builder.add(tree, pattern));
  return { nodes: builder.nodes, entries, classOf: classify(builder.sets) };
}
