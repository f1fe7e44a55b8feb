/**
 * Which rule governs an object: the last one in the policy that selects it. Built from a compiled policy alone, so that
 * every worker can have its own. This is the innermost loop of a scan: it touches no file system and reads no YAML.
 *
 * A rule selects an object when one of its paths covers it no more than `depth` components above it, or one of its
 * expressions matches its path, no `exclude` of the rule covers it, its type is among `types`, and, unless the rule
 * crosses mounts, no mount lies between the two. What a rule that watches nothing governs is as good as not selected.
 */
import { OBJECT_TYPES, type ObjectType } from '../model/attributes.ts';
import { baseName, type Path, parentPath, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { type PathPattern, type Policy, watchesNothing } from '../model/rule.ts';
import { buildAutomaton } from './automaton.ts';
import { DirectoryState } from './directory-state.ts';
import { EntryTable, isOnMount, type MatchUse, NO_USE, reaches, UNGOVERNED, watched } from './entry-table.ts';
import { type Explanation, explainSelection } from './explain.ts';
import { matchAnchor, matchTree } from './match.ts';
import { RegexSet } from './regex/match.ts';

/** Answers for what lies directly in one directory. */
export interface DirectorySelection {
  /** Index of the rule that governs the entry, or -1. A mount point is an entry like any other. */
  rule(name: Path, type: ObjectType): number;
  /**
   * Whether the walk must go into this child directory because something below it may be selected. Never true for an
   * ignored one. `isMountPoint`: another file system is mounted on the child.
   */
  descend(name: Path, isMountPoint: boolean): boolean;
  /** Whether the entry or something below it may be selected, whatever it is: nobody needs to look at any other. */
  concerns(name: Path): boolean;
}

// Directories are entered near their parents, so a few are enough; a lost one is found again from an ancestor.
const REMEMBERED_DIRECTORIES = 4096;
// A path may be of any length, so their total counts too.
const REMEMBERED_BYTES = 1 << 22;
/** How many directories above one that is not remembered are asked for. */
const NEAR = 16;

function depthOf(path: Path): number {
  if (path === ROOT) return 0;
  let depth = 0;
  for (let slash = 0; slash >= 0; slash = path.indexOf('/', slash + 1)) depth += 1;
  return depth;
}

export class Selector {
  readonly #policy: Policy;
  readonly #uses: readonly MatchUse[];
  readonly #regexes: RegexSet;
  readonly #scope: readonly PathPattern[] | undefined;
  readonly #root: DirectoryState;
  readonly #states = new Map<Path, DirectoryState>();
  #rememberedBytes = 0;
  readonly #tables = new WeakMap<DirectoryState, Map<string, EntryTable>>();

  /** An object that no pattern of `scope` covers is not selected. */
  constructor(policy: Policy, scope?: readonly PathPattern[]) {
    this.#policy = policy;
    this.#scope = scope;
    const matches = policy.rules.flatMap(({ match, index }) => match.map((pattern) => ({ pattern, rule: index })));
    this.#uses = matches.map(({ pattern, rule }) => ({ rule, anchor: matchAnchor(pattern) }));
    this.#regexes = new RegexSet(matches.map(({ pattern }) => matchTree(pattern)));
    this.#root = DirectoryState.ofRoot(buildAutomaton(policy, scope), scope !== undefined, this.#regexes);
  }

  /**
   * Prepares selection of what lies directly in one directory. `mountRoot` is the deepest mount point at or above the
   * directory.
   */
  enter(directory: Path, mountRoot: Path): DirectorySelection {
    const depth = depthOf(directory);
    const mountDepth = depthOf(mountRoot);
    const state = this.#state(directory);
    const table = this.#table(state, depth + 1, mountDepth);
    let shared: boolean | undefined;
    const descend = (name: Path, isMountPoint: boolean): boolean => {
      const child = state.child(name, depth + 1);
      if (isMountPoint) return this.#mayHold(child, depth + 1, depth + 1);
      if (child !== state) return this.#mayHold(child, depth + 1, mountDepth);
      shared ??= this.#mayHold(child, depth + 1, mountDepth);
      return shared;
    };
    return {
      rule: (name, type) => table.rule(name, type),
      descend,
      concerns: (name) => table.selects(name) || descend(name, false),
    };
  }

  /**
   * The rule that governs one object, or -1. `mountRoot` is the deepest mount point at or above the directory that
   * holds it (for the root: the root), as a mount point is an entry of the directory it lies in.
   */
  govern(path: Path, type: ObjectType, mountRoot: Path): number {
    if (path !== ROOT) return this.enter(parentPath(path), mountRoot).rule(baseName(path), type);
    const { facts } = this.#root;
    if (facts.isIgnored || !facts.isInScope) return UNGOVERNED;
    const matching = this.#regexes.match(ROOT).map((number) => this.#uses[number]?.rule ?? UNGOVERNED);
    const selecting = [...facts.starts.keys(), ...matching].filter(
      (index) => !facts.excluded.has(index) && this.#policy.rules[index]?.types.includes(type),
    );
    return watched(this.#policy.rules, Math.max(UNGOVERNED, ...selecting));
  }

  /** Whether anything in or below the root is worth a walk. */
  descendsRoot(): boolean {
    return this.#mayHold(this.#root, 0, 0);
  }

  /**
   * Whether the object or something below it may be selected, whatever it is and whatever mounts there are.
   */
  concerns(path: Path): boolean {
    return path === ROOT ? this.descendsRoot() : this.enter(parentPath(path), ROOT).concerns(baseName(path));
  }

  /** Whether `ignore` covers the object. */
  isIgnored(path: Path): boolean {
    return this.#state(path).facts.isIgnored;
  }

  /**
   * Why the object is governed as it is; `mountRoot` as for `govern`. Without a type, `types` is left out of account.
   */
  explain(path: Path, type: ObjectType | undefined, mountRoot: Path): Explanation {
    return explainSelection(this.#policy, this.#scope, path, type, mountRoot);
  }

  #table(state: DirectoryState, entryDepth: number, mountDepth: number): EntryTable {
    const tables = this.#tables.get(state) ?? new Map<string, EntryTable>();
    this.#tables.set(state, tables);
    const { rules } = this.#policy;
    const isLimited = [...state.facts.starts.keys()].some((rule) => rules[rule]?.depth !== Infinity);
    // The depth of the entries only matters where a limit applies or where a start may be recorded and then limited.
    const key = isLimited ? `${mountDepth}:${entryDepth}` : `${mountDepth}`;
    const known = tables.get(key);
    if (known !== undefined) return known;
    const table = new EntryTable({ rules, uses: this.#uses }, state, entryDepth, mountDepth);
    tables.set(key, table);
    return table;
  }

  #state(path: Path): DirectoryState {
    const known = this.#known(path);
    if (known !== undefined) return known;
    const state = this.#descend(path);
    this.#rememberedBytes += path.length;
    if (this.#states.size >= REMEMBERED_DIRECTORIES || this.#rememberedBytes > REMEMBERED_BYTES) {
      this.#states.clear();
      this.#rememberedBytes = path.length;
    }
    this.#states.set(path, state);
    return state;
  }

  #known(path: Path): DirectoryState | undefined {
    return path === ROOT ? this.#root : this.#states.get(path);
  }

  /**
   * From the nearest directory above that is remembered, or from the root, name by name. Only a few directories above
   * are asked for: all those of a path are together as long as the square of its depth, which another host may choose.
   */
  #descend(path: Path): DirectoryState {
    let above = path;
    let state: DirectoryState | undefined;
    for (let climbed = 0; climbed < NEAR && state === undefined; climbed += 1) {
      above = parentPath(above);
      state = this.#known(above);
    }
    if (state === undefined) above = ROOT;
    let at = state ?? this.#root;
    let depth = depthOf(above);
    for (let start = above === ROOT ? 1 : above.length + 1; start < path.length; ) {
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      depth += 1;
      at = at.child(pathFromLatin1(path.slice(start, end)), depth);
      start = end + 1;
    }
    return at;
  }

  /** Whether something below a directory may be selected, given where the mount that holds its entries begins. */
  #mayHold(state: DirectoryState, depth: number, mountDepth: number): boolean {
    const { facts, steps, regex } = state;
    if (facts.isIgnored) return false;
    // What a rule before this one selects below is left out again.
    const floor = this.#leavesOutAllBelow(state);
    const counts = (index: number): boolean => {
      const rule = this.#policy.rules[index];
      return index > floor && rule !== undefined && !facts.excluded.has(index) && !watchesNothing(rule.watch);
    };
    const isReached = (index: number, anchor: number): boolean => {
      const rule = this.#policy.rules[index];
      return rule !== undefined && counts(index) && isOnMount(rule, anchor, mountDepth);
    };
    let startsBelow = false;
    let scopeBelow = facts.isInScope;
    for (const { purpose } of steps.steps) {
      if (purpose.kind === 'scope') scopeBelow = true;
      if (purpose.kind === 'path' && isReached(purpose.rule, purpose.anchor)) startsBelow = true;
    }
    if (!scopeBelow) return false;
    if (startsBelow) return true;
    for (const numbers of [regex.settled, regex.open]) {
      for (const number of numbers) {
        const { rule, anchor } = this.#uses[number] ?? NO_USE;
        if (isReached(rule, anchor)) return true;
      }
    }
    for (const [index, start] of facts.starts) {
      const rule = this.#policy.rules[index];
      if (rule !== undefined && counts(index) && reaches(rule, start, depth + 1, mountDepth)) return true;
    }
    return false;
  }

  /** Index of the last rule that watches nothing and that surely selects everything below a directory, or -1. */
  #leavesOutAllBelow({ facts, regex }: DirectoryState): number {
    const isSure = (index: number): boolean => {
      const rule = this.#policy.rules[index];
      // An exclude may match further down, and a mount may lie there.
      if (rule === undefined || !watchesNothing(rule.watch) || rule.exclude.length > 0 || !rule.crossMounts)
        return false;
      return rule.types.length === OBJECT_TYPES.length;
    };
    const started = [...facts.starts.keys()].filter((index) => this.#policy.rules[index]?.depth === Infinity);
    const settled = regex.settled.map((number) => this.#uses[number]?.rule ?? UNGOVERNED);
    return Math.max(UNGOVERNED, ...[...started, ...settled].filter(isSure));
  }
}
