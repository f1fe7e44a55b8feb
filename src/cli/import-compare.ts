/** Holds an imported policy against the dry run of the program it was imported from: which objects each selects. */
import { isDeepStrictEqual } from 'node:util';
import { joinPath, type Path, ROOT } from '../model/bytes.ts';
import { errorCode } from '../model/errors.ts';
import type { Policy, Watch } from '../model/rule.ts';
import { Selector } from '../policy/select.ts';
import { GlobFileSystem } from '../system/glob-fs.ts';
import type { Tree } from '../system/tree.ts';

/** What the other program does with an object. */
export interface ForeignChoice {
  readonly path: Path;
  /** Undefined when it leaves the object out. */
  readonly watch: Watch | undefined;
  /** Its rule, as it shows it. */
  readonly rule: string;
}

export interface Disagreement {
  readonly path: Path;
  readonly kind: 'only-there' | 'only-here' | 'other-attributes';
  readonly foreignRule: string | undefined;
  /** Name of the rule of the imported policy. */
  readonly rule: string | undefined;
}

export interface ImportComparison {
  /** Objects that at least one of the two selects. */
  readonly selected: number;
  readonly disagreements: readonly Disagreement[];
}

/**
 * Every object that a policy selects, by the index of its rule. Imported rules go into all file systems, so that mounts
 * make no difference.
 */
function* selectedObjects(policy: Policy, tree: Tree): Generator<readonly [Path, number], void, undefined> {
  const selector = new Selector(policy);
  const files = new GlobFileSystem(tree);
  const root = selector.govern(ROOT, 'directory', ROOT);
  if (root >= 0) yield [ROOT, root];
  const pending: Path[] = selector.descendsRoot() ? [ROOT] : [];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const selection = selector.enter(directory, ROOT);
    for (const { name, type } of listed(files, directory)) {
      const rule = type === undefined ? -1 : selection.rule(name, type);
      if (rule >= 0) yield [joinPath(directory, name), rule];
      if (type === 'directory' && selection.descend(name, false)) pending.push(joinPath(directory, name));
    }
  }
}

function listed(files: GlobFileSystem, directory: Path): ReturnType<GlobFileSystem['list']> {
  try {
    return files.list(directory);
  } catch (error) {
    // It went since its parent was listed, or nobody may look: neither program sees what is in it.
    if (errorCode(error) === 'EUNKNOWN') throw error;
    return [];
  }
}

/** Compares object by object. What came or went between the two looks is told too: only the reader can know. */
export function compareImport(policy: Policy, tree: Tree, foreign: readonly ForeignChoice[]): ImportComparison {
  const theirs = new Map(foreign.map((choice) => [choice.path, choice]));
  const disagreements: Disagreement[] = [];
  let selected = 0;
  for (const [path, index] of selectedObjects(policy, tree)) {
    selected += 1;
    const rule = policy.rules[index];
    const choice = theirs.get(path);
    theirs.delete(path);
    const isSame = choice?.watch !== undefined && isDeepStrictEqual(choice.watch, rule?.watch);
    if (isSame) continue;
    const kind = choice?.watch === undefined ? 'only-here' : 'other-attributes';
    disagreements.push({ path, kind, foreignRule: choice?.rule, rule: rule?.name });
  }
  for (const { path, watch, rule } of theirs.values()) {
    if (watch === undefined) continue;
    selected += 1;
    disagreements.push({ path, kind: 'only-there', foreignRule: rule, rule: undefined });
  }
  return { selected, disagreements };
}
