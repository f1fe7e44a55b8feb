/** Holds an imported policy against the dry run of the program it was imported from: which objects each selects. */
import { isDeepStrictEqual } from 'node:util';
import { appliesTo, type ObjectType } from '../../model/attributes.ts';
import { joinPath, type Path, ROOT } from '../../model/bytes.ts';
import { errorCode } from '../../model/errors.ts';
import type { Policy, Watch } from '../../model/rule.ts';
import { Selector } from '../../policy/select.ts';
import { GlobFileSystem } from '../../system/glob-fs.ts';
import type { Tree } from '../../system/tree.ts';

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

interface SelectedObject {
  readonly path: Path;
  readonly type: ObjectType;
  /** Index of its rule. */
  readonly rule: number;
}

/** Every object that a policy selects. */
function* selectedObjects(
  policy: Policy,
  tree: Tree,
  mountPoints: ReadonlySet<Path>,
): Generator<SelectedObject, void, undefined> {
  const selector = new Selector(policy);
  const files = new GlobFileSystem(tree);
  const root = selector.govern(ROOT, 'directory', ROOT);
  if (root >= 0) yield { path: ROOT, type: 'directory', rule: root };
  const pending = selector.descendsRoot() ? [{ directory: ROOT, mountRoot: ROOT }] : [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { directory, mountRoot } = next;
    const selection = selector.enter(directory, mountRoot);
    for (const { name, type } of listed(files, directory)) {
      if (type === undefined) continue;
      const path = joinPath(directory, name);
      const rule = selection.rule(name, type);
      if (rule >= 0) yield { path, type, rule };
      const isMountPoint = mountPoints.has(path);
      if (type === 'directory' && selection.descend(name, isMountPoint)) {
        pending.push({ directory: path, mountRoot: isMountPoint ? path : mountRoot });
      }
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

/** The part of a watch that says something of objects of a type. */
function applicable({ growing, appendOnly, ...watch }: Watch, type: ObjectType): Watch {
  return {
    growing,
    appendOnly,
    attributes: watch.attributes.filter((name) => appliesTo(name, type)),
    digests: watch.digests.filter((name) => appliesTo(name, type)),
  };
}

/** Compares object by object. What came or went between the two looks is told too: only the reader can know. */
export function compareImport(
  policy: Policy,
  tree: Tree,
  foreign: readonly ForeignChoice[],
  mountPoints: ReadonlySet<Path> = new Set(),
): ImportComparison {
  const theirs = new Map(foreign.map((choice) => [choice.path, choice]));
  const disagreements: Disagreement[] = [];
  let selected = 0;
  for (const { path, type, rule: index } of selectedObjects(policy, tree, mountPoints)) {
    selected += 1;
    const rule = policy.rules[index];
    const choice = theirs.get(path);
    theirs.delete(path);
    const isSelected = choice?.watch !== undefined && rule !== undefined;
    if (isSelected && isDeepStrictEqual(applicable(choice.watch, type), applicable(rule.watch, type))) continue;
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
