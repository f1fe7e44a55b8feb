/**
 * Which objects another host may tell of, and by which rule: those of the request. Where file systems are mounted there
 * is only known at the end, and not to be believed; so what counts is whether there is any mount with which the rule
 * governs the object.
 */
import type { ObjectType } from '../model/attributes.ts';
import { baseName, isWithin, type Path, parentPath, ROOT } from '../model/bytes.ts';
import type { PathPattern, Policy } from '../model/rule.ts';
import { coversPath } from '../policy/glob.ts';
import { type DirectorySelection, Selector } from '../policy/select.ts';

/** Names in the path of a mount point: no more fit into PATH_MAX. */
const DEEPEST_MOUNT = 2048;

export class RequestedObjects {
  readonly #policy: Policy;
  readonly #scope: readonly PathPattern[] | undefined;
  readonly #selector: Selector;
  /** The directory of the last object, since one comes after the other. */
  #directory: Path | undefined;
  #selection: DirectorySelection | undefined;
  /** A place of a mount by which rules were found right. */
  #mount: Path = ROOT;

  /** `policy`: with the targets of its start links watched too. */
  constructor(policy: Policy, scope: readonly PathPattern[] | undefined) {
    this.#policy = policy;
    this.#scope = scope;
    this.#selector = new Selector(policy, scope);
  }

  mayGovern(rule: number, path: Path, type: ObjectType): boolean {
    if (path === ROOT) return this.#selector.govern(ROOT, type, ROOT) === rule;
    const directory = parentPath(path);
    const name = baseName(path);
    if (directory !== this.#directory || this.#selection === undefined) {
      this.#selection = this.#selector.enter(directory, ROOT);
      this.#directory = directory;
    }
    if (this.#selection.rule(name, type) === rule) return true;
    const governs = (mount: Path): boolean => this.#selector.enter(directory, mount).rule(name, type) === rule;
    if (isWithin(directory, this.#mount) && governs(this.#mount)) return true;
    for (const mount of placesAbove(directory)) {
      if (!governs(mount)) continue;
      this.#mount = mount;
      return true;
    }
    return false;
  }

  /** Whether the requirements of a rule are for this object. */
  mayRequire(rule: number, path: Path): boolean {
    const { paths, exclude } = this.#policy.rules[rule] ?? { paths: [], exclude: [] };
    // Where a glob matches nothing, what is required of it is told by the pattern.
    if (paths.some(({ text }) => text === path)) return true;
    const isInScope = this.#scope === undefined || coversPath(this.#scope, path);
    return isInScope && coversPath(paths, path) && !coversPath(exclude, path);
  }
}

/** Directories on the way to a path, the path itself last, the root not among them. */
function* placesAbove(path: Path): Generator<Path, void, undefined> {
  let slash = 0;
  for (let depth = 0; depth < DEEPEST_MOUNT && slash >= 0 && path !== ROOT; depth += 1) {
    slash = path.indexOf('/', slash + 1);
    // A part of bytes is bytes.
    yield (slash < 0 ? path : path.slice(0, slash)) as Path;
  }
}
