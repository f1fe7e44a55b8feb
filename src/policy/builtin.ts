/**
 * The policies that are shipped in policies/ beside the program, and which of them is the default of a system. Reads
 * the program's own files, never the examined tree.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { didYouMean } from './suggest.ts';

export const BUILTIN_PREFIX = 'builtin:';
const DEFAULT = 'default';

/** ID and ID_LIKE of os-release(5). */
export interface OsFamily {
  readonly id: string;
  readonly idLike: readonly string[];
}

// Seen from src/policy and from the bundle alike.
const FOLDER = new URL('../../policies/', import.meta.url);
const SUFFIX = '.yaml';

const DEBIAN_FAMILIES: readonly string[] = ['debian', 'ubuntu'];
const RPM_FAMILIES: readonly string[] = [
  'rhel',
  'fedora',
  'centos',
  'rocky',
  'almalinux',
  'ol',
  'amzn',
  'suse',
  'opensuse',
];

/** Names that `builtin:NAME` accepts, sorted; `default` is whichever fits the system. */
export function builtinPolicyNames(): readonly string[] {
  const shipped = readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
  return [...shipped, DEFAULT].sort();
}

/** The shipped policy that `builtin:default` stands for on a system. */
export function defaultPolicyName(family: OsFamily): string {
  const names = [family.id, ...family.idLike];
  if (names.some((name) => DEBIAN_FAMILIES.includes(name))) return 'debian-base';
  return names.some((name) => RPM_FAMILIES.includes(name)) ? 'rhel-base' : 'linux-base';
}

export type BuiltinText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

/** The text of `builtin:NAME`, given the name without the prefix. */
export function readBuiltin(name: string, family: () => OsFamily): BuiltinText {
  const known = builtinPolicyNames();
  if (!known.includes(name)) {
    return {
      ok: false,
      problem: `no shipped policy '${name}'${didYouMean(name, known)}; shipped: ${known.join(', ')}`,
    };
  }
  const file = name === DEFAULT ? defaultPolicyName(family()) : name;
  return { ok: true, text: readFileSync(new URL(file + SUFFIX, FOLDER), 'utf8') };
}
