/**
 * Which rule governs an object: the last one in the policy that selects it. Built from a compiled policy alone, so that
 * every worker can have its own. This is the innermost loop of a scan: it touches no file system and reads no YAML.
 *
 * A rule selects an object when one of its paths covers it no more than `depth` components above it, no `exclude` of the
 * rule covers it, its type is among `types`, and, unless the rule crosses mounts, no mount lies between the two.
 */
import { OBJECT_TYPES, type ObjectType } from '../model/attributes.ts';
import { baseName, type Path, parentPath, ROOT } from '../model/bytes.ts';
import type { PathPattern, Policy, Rule } from '../model/rule.ts';
import { buildAutomaton, type Purpose, type Step } from './automaton.ts';
import { type Explanation, explainSelection } from './explain.ts';
import { type Facts, type RuleStart, Standing, withMatches } from './standing.ts';

/** Rule index when no rule governs an object. */
const UNGOVERNED = -1;

/** Answers for what lies directly in one directory. */
export interface DirectorySelection {
  /** Index of the rule that governs the entry, or -1. A mount point is an entry like any other. */
  rule(name: Path, type: ObjectType): number;
  /**
   * Whether the walk must go into this child directory because something below it may be selected. Never true for an
   * ignored one. `isMountPoint`: another file system is mounted on the child.
   */
  descend(name: Path, isMountPoint: boolean): boolean;
}

const NO_PURPOSES: readonly Purpose[] = [];
// Directories are entered near their parents, so a few are enough; a lost one is found again from an ancestor.
const REMEMBERED_DIRECTORIES = 4096;
// A path may be of any length, so their total counts too.
const REMEMBERED_BYTES = 1 << 22;

function depthOf(path: Path): number {
  if (path === ROOT) return 0;
  let depth = 0;
  for (let slash = 0; slash >= 0; slash = path.indexOf('/', slash + 1)) depth += 1;
  return depth;
}

function matchesOnlyByName(step: Step): boolean {
  return step.next === undefined && step.segment.kind === 'glob' && !step.segment.any;
}

function matchesAnyName(step: Step): boolean {
  return (
    step.next === undefined && (step.segment.kind === 'globstar' || (step.segment.kind === 'glob' && step.segment.any))
  );
}

/** What can be said of the entries of a directory before their names are known. Shared by directories that agree. */
class EntryTable {
  readonly #rules: readonly Rule[];
  readonly #facts: Facts;
  readonly #entryDepth: number;
  readonly #mountDepth: number;
  readonly #always: readonly Purpose[];
  readonly #byGlob: readonly Step[];
  readonly #byName: ReadonlyMap<Path, readonly Purpose[]>;
  readonly #usual: ReadonlyMap<ObjectType, number>;

  constructor(rules: readonly Rule[], standing: Standing, entryDepth: number, mountDepth: number) {
    const { steps, facts } = standing;
    this.#rules = rules;
    this.#facts = facts;
    this.#entryDepth = entryDepth;
    this.#mountDepth = mountDepth;
    this.#always = steps.open.filter(matchesAnyName).map((step) => step.purpose);
    this.#byGlob = steps.open.filter(matchesOnlyByName);
    const byName = new Map<Path, readonly Purpose[]>();
    for (const [name, literals] of steps.literals) {
      const purposes = literals.filter((step) => step.next === undefined).map((step) => step.purpose);
      if (purposes.length > 0) byName.set(name, purposes);
    }
    this.#byName = byName;
    this.#usual = new Map(OBJECT_TYPES.map((type) => [type, this.#governing(this.#always, type)]));
  }

  rule(name: Path, type: ObjectType): number {
    let purposes = this.#byName.get(name);
    for (const { segment, purpose } of this.#byGlob) {
      if (segment.kind === 'glob' && segment.matches(name)) purposes = [...(purposes ?? NO_PURPOSES), purpose];
    }
    if (purposes === undefined) return this.#usual.get(type) ?? UNGOVERNED;
    return this.#governing([...this.#always, ...purposes], type);
  }

  #governing(matched: readonly Purpose[], type: ObjectType): number {
    const facts = withMatches(this.#facts, matched, this.#entryDepth);
    if (facts.isIgnored || !facts.isInScope) return UNGOVERNED;
    let governing = UNGOVERNED;
    for (const [index, start] of facts.starts) {
      const rule = this.#rules[index];
      if (index <= governing || rule === undefined || facts.excluded.has(index)) continue;
      if (reaches(rule, start, this.#entryDepth, this.#mountDepth) && rule.types.includes(type)) governing = index;
    }
    return governing;
  }
}

/** Whether a rule that started at or above an object still selects at `depth`, when the mount there begins at `mountDepth`. */
function reaches(rule: Rule, start: RuleStart, depth: number, mountDepth: number): boolean {
  return depth - start.depth <= rule.depth && (rule.crossMounts || start.anchor >= mountDepth);
}

export class Selector {
  readonly #policy: Policy;
  readonly #scope: readonly PathPattern[] | undefined;
  readonly #root: Standing;
  readonly #standings = new Map<Path, Standing>();
  #rememberedBytes = 0;
  readonly #tables = new WeakMap<Standing, Map<string, EntryTable>>();

  /** An object that no pattern of `scope` covers is not selected. */
  constructor(policy: Policy, scope?: readonly PathPattern[]) {
    this.#policy = policy;
    this.#scope = scope;
    this.#root = Standing.ofRoot(buildAutomaton(policy, scope), scope !== undefined);
  }

  /**
   * Prepares selection of what lies directly in one directory. `mountRoot` is the deepest mount point at or above the
   * directory.
   */
  enter(directory: Path, mountRoot: Path): DirectorySelection {
    const depth = depthOf(directory);
    const mountDepth = depthOf(mountRoot);
    const standing = this.#standing(directory);
    const table = this.#table(standing, depth + 1, mountDepth);
    let shared: boolean | undefined;
    return {
      rule: (name, type) => table.rule(name, type),
      descend: (name, isMountPoint) => {
        const child = standing.child(name, depth + 1);
        if (isMountPoint) return this.#mayHold(child, depth + 1, depth + 1);
        if (child !== standing) return this.#mayHold(child, depth + 1, mountDepth);
        shared ??= this.#mayHold(child, depth + 1, mountDepth);
        return shared;
      },
    };
  }

  /**
   * The rule that governs one object, or -1. `mountRoot` is the deepest mount point at or above the directory that holds
   * it (for the root: the root), as a mount point is an entry of the directory it lies in.
   */
  govern(path: Path, type: ObjectType, mountRoot: Path): number {
    if (path !== ROOT) return this.enter(parentPath(path), mountRoot).rule(baseName(path), type);
    const { facts } = this.#root;
    if (facts.isIgnored || !facts.isInScope) return UNGOVERNED;
    const selecting = [...facts.starts.keys()].filter(
      (index) => !facts.excluded.has(index) && this.#policy.rules[index]?.types.includes(type),
    );
    return Math.max(UNGOVERNED, ...selecting);
  }

  /** Whether anything in or below the root is worth a walk. */
  descendsRoot(): boolean {
    return this.#mayHold(this.#root, 0, 0);
  }

  /** Whether `ignore` covers the object. */
  isIgnored(path: Path): boolean {
    return this.#standing(path).facts.isIgnored;
  }

  /** Why the object is governed as it is; `mountRoot` as for `govern`. Without a type, `types` is left out of account. */
  explain(path: Path, type: ObjectType | undefined, mountRoot: Path): Explanation {
    return explainSelection(this.#policy, this.#scope, path, type, mountRoot);
  }

  #table(standing: Standing, entryDepth: number, mountDepth: number): EntryTable {
    const tables = this.#tables.get(standing) ?? new Map<string, EntryTable>();
    this.#tables.set(standing, tables);
    const isLimited = [...standing.facts.starts.keys()].some((rule) => this.#policy.rules[rule]?.depth !== Infinity);
    // The depth of the entries only matters where a limit applies or where a start may be recorded and then limited.
    const key = isLimited ? `${mountDepth}:${entryDepth}` : `${mountDepth}`;
    const known = tables.get(key);
    if (known !== undefined) return known;
    const table = new EntryTable(this.#policy.rules, standing, entryDepth, mountDepth);
    tables.set(key, table);
    return table;
  }

  #standing(path: Path): Standing {
    const missing: Path[] = [];
    let at = path;
    let standing = at === ROOT ? this.#root : this.#standings.get(at);
    while (standing === undefined) {
      missing.push(baseName(at));
      at = parentPath(at);
      standing = at === ROOT ? this.#root : this.#standings.get(at);
    }
    if (missing.length === 0) return standing;
    let depth = depthOf(at);
    for (const name of missing.reverse()) {
      depth += 1;
      standing = standing.child(name, depth);
    }
    this.#rememberedBytes += path.length;
    if (this.#standings.size >= REMEMBERED_DIRECTORIES || this.#rememberedBytes > REMEMBERED_BYTES) {
      this.#standings.clear();
      this.#rememberedBytes = path.length;
    }
    this.#standings.set(path, standing);
    return standing;
  }

  /** Whether something below a directory may be selected, given where the mount that holds its entries begins. */
  #mayHold({ facts, steps }: Standing, depth: number, mountDepth: number): boolean {
    if (facts.isIgnored) return false;
    let startsBelow = false;
    let scopeBelow = facts.isInScope;
    for (const { purpose } of steps.steps) {
      if (purpose.kind === 'scope') scopeBelow = true;
      if (purpose.kind !== 'path' || facts.excluded.has(purpose.rule)) continue;
      if (purpose.anchor >= mountDepth || this.#policy.rules[purpose.rule]?.crossMounts === true) startsBelow = true;
    }
    if (!scopeBelow) return false;
    if (startsBelow) return true;
    for (const [index, start] of facts.starts) {
      const rule = this.#policy.rules[index];
      if (rule !== undefined && !facts.excluded.has(index) && reaches(rule, start, depth + 1, mountDepth)) return true;
    }
    return false;
  }
}
