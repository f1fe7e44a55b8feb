/** Which policy a command works with: the one that was named, the one of this host, or the one integ ships. */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { PolicySource } from '../../model/baseline.ts';
import { pathFromText } from '../../model/bytes.ts';
import type { OsFamily } from '../../policy/builtin.ts';
import { isSameText, type LoadedPolicy, loadPolicy } from '../../policy/load.ts';
import { readOsRelease } from '../../system/os-release.ts';
import { type Context, DEFAULT_POLICY_FILE } from '../context.ts';
import { requireSafeFile } from '../safe-files.ts';
import { readPolicyFile } from './file.ts';

const BUILTIN_DEFAULT = 'builtin:default';

/** File of the policy, or builtin:NAME. */
export function policyName(context: Context): string {
  const named = context.policyFile;
  if (named === undefined) return existsSync(DEFAULT_POLICY_FILE) ? DEFAULT_POLICY_FILE : BUILTIN_DEFAULT;
  return named.startsWith('builtin:') || isAbsolute(named) ? named : resolve(named);
}

/**
 * The policy that a baseline is held against: the one that was named; else the file it was made from, which need not be
 * the default one; else the one of this host. `sources` are those of the baseline, which names no file to be read
 * unless it is known here (generation/known-baseline.ts).
 */
export function policyNameFor(context: Context, sources: readonly PolicySource[], isKnown: boolean): string {
  const madeFrom = sources[0]?.name;
  const isNamed = context.policyFile !== undefined || madeFrom === undefined || !isAbsolute(madeFrom);
  return isNamed || !isKnown ? policyName(context) : madeFrom;
}

function osFamily(context: Context): OsFamily {
  const release = readOsRelease(pathFromText(context.root));
  return { id: release.id, idLike: release.idLike };
}

/**
 * Loads and compiles the policy. Throws UserError: missing, permission (also for a file that others may write), policy.
 */
export function loadContextPolicy(context: Context, name = policyName(context)): LoadedPolicy {
  let refused: unknown;
  const readSafely = (file: string): Uint8Array => {
    try {
      requireSafeFile(context, file, 'policy');
    } catch (error) {
      refused ??= error;
      throw error;
    }
    return readPolicyFile(file);
  };
  try {
    return loadPolicy(name, { read: readSafely, osFamily: () => osFamily(context) });
  } catch (error) {
    // An include that cannot be read is a mistake in the policy; one that others can change is more than that.
    throw refused ?? error;
  }
}

/**
 * Whether the policy of that name is the one that was loaded, whose sources are known here: the files that they name
 * are read. Throws as loadContextPolicy.
 */
export function isPolicy(context: Context, name: string, loaded: LoadedPolicy): boolean {
  const read = (file: string): Uint8Array => {
    requireSafeFile(context, file, 'policy');
    return readPolicyFile(file);
  };
  // Most often not a byte has changed, and then nothing need be compiled.
  if (isSameText(name, loaded.sources, { read, osFamily: () => osFamily(context) })) return true;
  return loadContextPolicy(context, name).sha256 === loaded.sha256;
}
