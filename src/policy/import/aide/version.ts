/** The versions of AIDE whose configurations mean different things, and what tells them apart. */

/**
 * A version that changed the language, for it and those up to the next one: 0.16 and before read a line token by token,
 * so that comments and variables may stand anywhere; since 0.19 negative rules no longer leave out what lies below, and
 * the default groups have other digests.
 */
export type AideVersion = '0.16' | '0.18' | '0.19';

/** From the oldest. */
export const VERSIONS: readonly AideVersion[] = ['0.16', '0.18', '0.19'];

/** What is taken where nothing tells. */
export const NEWEST: AideVersion = '0.19';

export function isBefore(left: AideVersion, right: AideVersion): boolean {
  return VERSIONS.indexOf(left) < VERSIONS.indexOf(right);
}

/**
 * The language of a version as `aide --version` or a package has it: `0.16`, `0.18.3`, `AIDE 0.19.1`, `0.16-14.el8`.
 * Undefined for what is no version of AIDE.
 */
export function languageOf(written: string): AideVersion | undefined {
  const minor = /^(?:aide |v)?0\.(\d{1,3})(?![0-9])/i.exec(written.trim())?.[1];
  if (minor === undefined) return undefined;
  if (Number(minor) >= 19) return '0.19';
  return Number(minor) >= 17 ? '0.18' : '0.16';
}
