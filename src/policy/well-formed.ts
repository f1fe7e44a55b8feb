/**
 * What is left of the content of a policy file without what does not have its shape. It is only there to be judged
 * further: a policy of which something was left out is never put into force.
 */
import type { ContentPath } from './content-nodes.ts';

/** The part of an issue of the schema that says where it is. */
interface Misplaced {
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

type Mapping = Record<string | number, unknown>;

/** Stands for a rule, or for what it selects, where nothing is known of it, so that it does not count as lacking. */
const ANY_PATHS = ['/'];
const ANY_WATCH = 'read-only';

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null;
}

/** A copy without the misplaced parts; `isMeantToSelect` tells of an unknown key whether it stands for `paths`. */
export function pruned(
  content: unknown,
  issues: readonly Misplaced[],
  isMeantToSelect: (key: string) => boolean,
): unknown {
  if (!isMapping(content) || Array.isArray(content)) return content;
  const copy: Mapping = structuredClone(content);
  for (const { path, keys = [] } of issues) {
    // Keys of YAML are strings or numbers.
    const [top, ...below] = path as ContentPath;
    if (top === undefined) for (const key of keys) Reflect.deleteProperty(copy, key);
    else if (top === 'version') copy['version'] = 1;
    else if (top === 'rules' && below.length > 0) pruneRule(copy['rules'], below, keys, isMeantToSelect);
    else if (top === 'templates' && below.length > 0) set(copy['templates'], below[0], ANY_WATCH);
    else Reflect.deleteProperty(copy, top);
  }
  return copy;
}

function pruneRule(
  rules: unknown,
  [index, key]: ContentPath,
  keys: readonly string[],
  isMeantToSelect: (key: string) => boolean,
): void {
  const rule = isMapping(rules) && index !== undefined ? rules[index] : undefined;
  if (!isMapping(rule) || Array.isArray(rule)) {
    set(rules, index, { paths: ANY_PATHS });
    return;
  }
  // A part of a key that is wrong leaves nothing of it that could be judged.
  const wrong = key === undefined ? keys : [String(key)];
  for (const name of wrong) Reflect.deleteProperty(rule, name);
  const isUnselected = rule['paths'] === undefined && rule['match'] === undefined;
  if (isUnselected && wrong.some((name) => name === 'match' || isMeantToSelect(name))) rule['paths'] = ANY_PATHS;
}

function set(container: unknown, key: string | number | undefined, value: unknown): void {
  if (isMapping(container) && key !== undefined) container[key] = value;
}
