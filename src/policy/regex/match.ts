/**
 * Matches many regular expressions at once, each anchored at the first byte, in one step a byte whatever the
 * expressions hold: the automaton of states is built as names need it (Aho, Sethi and Ullman 1986, 3.7), and thrown
 * away when names that were made for it have blown it up. It can also tell whether a longer text can still match, which
 * is what lets a walk leave directories out.
 */
import { compileRegexes, type Nfa } from './compile.ts';
import type { RegexNode } from './parse.ts';

/** Where all expressions stand after the bytes so far. The numbers are the positions of the expressions, in order. */
export interface RegexState {
  /** Those that match already, whatever follows. */
  readonly settled: readonly number[];
  /** Those that match if the text ends here, the settled ones among them. */
  readonly accepted: readonly number[];
  /** Those that may match a longer text; settled ones are not among them. */
  readonly open: readonly number[];
}

class State implements RegexState {
  readonly nodes: readonly number[];
  readonly settled: readonly number[];
  readonly accepted: readonly number[];
  readonly open: readonly number[];
  /** By class of byte. */
  next: (State | undefined)[] = [];

  constructor(nodes: readonly number[], settled: readonly number[], accepted: readonly number[], nfa: Nfa) {
    this.nodes = nodes;
    this.settled = settled;
    this.accepted = accepted;
    const open = new Set<number>();
    for (const number of nodes) {
      const node = nfa.nodes[number];
      if (node?.kind === 'byte') open.add(node.pattern);
    }
    this.open = [...open].sort((left, right) => left - right);
  }
}

// A scan has one automaton a worker. A state costs about a kilobyte where there are many expressions, and more the more
// nodes it stands at.
const MAX_STATES = 10_000;
const MAX_STATE_NODES = 2_000_000;

export class RegexSet {
  readonly #nfa: Nfa;
  readonly #states = new Map<string, State>();
  /** For each class, the byte nodes that take it are found by one byte of the class. */
  readonly #sample: readonly number[];
  readonly start: RegexState;
  /** Nodes of all expressions together. */
  readonly size: number;
  readonly #visited: Uint32Array;
  #round = 0;
  /** Nodes of all states that are kept. */
  #kept = 0;

  constructor(trees: readonly RegexNode[]) {
    this.#nfa = compileRegexes(trees);
    this.size = this.#nfa.nodes.length;
    this.#visited = new Uint32Array(this.size);
    const sample: number[] = [];
    for (let byte = 255; byte >= 0; byte -= 1) sample[this.#nfa.classOf[byte] ?? 0] = byte;
    this.#sample = sample;
    this.start = this.#close(this.#nfa.entries, [], true);
  }

  /** Goes on by some bytes, given one character each. `state` is one of this set. */
  advance(state: RegexState, bytes: string): RegexState {
    let at = state;
    for (let index = 0; index < bytes.length; index += 1) {
      if (at.open.length === 0) return this.#withoutEnd(at);
      at = this.#step(at, this.#nfa.classOf[bytes.charCodeAt(index)] ?? 0);
    }
    return at;
  }

  /** The expressions that match a text. */
  match(bytes: string): readonly number[] {
    return this.advance(this.start, bytes).accepted;
  }

  /** Nothing is open any more: what holds only at the end of the text so far is over, the rest stays. */
  #withoutEnd(state: RegexState): RegexState {
    return state.accepted.length === state.settled.length ? state : this.#intern([], state.settled, state.settled);
  }

  #step(from: RegexState, byteClass: number): RegexState {
    // Every state of this set was made by #intern.
    const state = from as State;
    const known = state.next[byteClass];
    if (known !== undefined) return known;
    const byte = this.#sample[byteClass] ?? 0;
    const seeds: number[] = [];
    for (const number of state.nodes) {
      const node = this.#nfa.nodes[number];
      if (node?.kind === 'byte' && node.set.includes(byte)) seeds.push(node.next);
    }
    const next = this.#close(seeds, state.settled, false);
    state.next[byteClass] = next;
    return next;
  }

  /** Everything that can be reached without a byte. */
  #close(seeds: readonly number[], settledBefore: readonly number[], isStart: boolean): State {
    const settled = new Set(settledBefore);
    const bytes = new Set<number>();
    const ends: number[] = [];
    this.#reach(seeds, isStart, (number) => {
      const node = this.#nfa.nodes[number];
      if (node?.kind === 'byte') bytes.add(number);
      else if (node?.kind === 'match') settled.add(node.pattern);
      else if (node?.kind === 'end') ends.push(node.next);
    });
    const accepted = new Set(settled);
    if (ends.length > 0) {
      this.#reach(ends, isStart, (number, follow) => {
        const node = this.#nfa.nodes[number];
        if (node?.kind === 'match') accepted.add(node.pattern);
        else if (node?.kind === 'end') follow(node.next);
      });
    }
    const nodes = [...bytes].filter((number) => {
      const node = this.#nfa.nodes[number];
      return node?.kind === 'byte' && !settled.has(node.pattern);
    });
    return this.#intern(ordered(nodes), ordered(settled), ordered(accepted));
  }

  /** Visits every node that can be reached without a byte, each once; `follow` adds one behind an `end`. */
  #reach(seeds: readonly number[], isStart: boolean, visit: (node: number, follow: (node: number) => void) => void) {
    this.#round += 1;
    const pending = [...seeds];
    const follow = (number: number): void => {
      pending.push(number);
    };
    for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
      if (this.#visited[number] === this.#round) continue;
      this.#visited[number] = this.#round;
      const node = this.#nfa.nodes[number];
      if (node?.kind === 'split') pending.push(...node.next);
      else if (node?.kind === 'start' && isStart) pending.push(node.next);
      visit(number, follow);
    }
  }

  #intern(nodes: readonly number[], settled: readonly number[], accepted: readonly number[]): State {
    const key = `${nodes.join()};${settled.join()};${accepted.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    this.#kept += nodes.length;
    if (this.#states.size >= MAX_STATES || this.#kept > MAX_STATE_NODES) {
      // States that are still in use stay as they are, but must not hold on to those they lead to.
      for (const state of this.#states.values()) state.next = [];
      this.#states.clear();
      this.#kept = nodes.length;
    }
    const state = new State(nodes, settled, accepted, this.#nfa);
    this.#states.set(key, state);
    return state;
  }
}

function ordered(numbers: Iterable<number>): readonly number[] {
  return [...numbers].sort((left, right) => left - right);
}
