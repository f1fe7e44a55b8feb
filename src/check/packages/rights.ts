/**
 * Whether owner, mode and the rest of the rights of an object are what a package may have given it. dpkg records none
 * of them but those that the administrator overrode, so that only what is plain is taken for granted. Looks at records
 * only.
 */
import type { AttributeName } from '../../model/attributes.ts';
import { baseName, type Path, parentPath } from '../../model/bytes.ts';
import type { StatOverride } from '../../model/packages.ts';
import {
  attributeBytes,
  groupId,
  ownerId,
  permissions,
  type RecordBytes,
  recordType,
  sameAttribute,
} from '../../model/record.ts';

// inode(7)
const SET_ID = 0o6000;
const OTHERS_WRITE = 0o0022;
const ANY_EXECUTE = 0o0111;

/** Directories of programs (hier(7)). */
const PROGRAMS: ReadonlySet<string> = new Set(['bin', 'sbin', 'libexec', 'games']);

const IDENTITY: readonly AttributeName[] = ['mode', 'uid', 'gid'];
const EXTENDED: readonly AttributeName[] = ['acl', 'xattrs', 'selinux', 'caps', 'flags'];
/** What gives somebody more than owner and mode say. A label is given to every object by the policy of the system. */
const GRANTING: readonly AttributeName[] = ['acl', 'xattrs', 'caps'];

function isAsOverridden(record: RecordBytes, { uid, gid, mode }: StatOverride): boolean {
  return ownerId(record) === uid && groupId(record) === gid && permissions(record) === mode;
}

/** Of an object that was recorded: nothing of it differs, watched or not, but what an override says. */
export function rightsAreKept(before: RecordBytes, after: RecordBytes, override: StatOverride | undefined): boolean {
  if (!EXTENDED.every((name) => sameAttribute(before, after, name))) return false;
  if (!hasOtherIdentity(before, after)) return true;
  const gained = permissions(after) & ~permissions(before) & SET_ID;
  return gained === 0 && override !== undefined && isAsOverridden(after, override);
}

/** Of a new object: it is root's and nobody else may write it, or as an override says; setuid and setgid never. */
export function rightsArePlain(after: RecordBytes, override: StatOverride | undefined): boolean {
  if ((permissions(after) & SET_ID) !== 0) return false;
  if (GRANTING.some((name) => (attributeBytes(after, name)?.length ?? 0) > 0)) return false;
  if (override !== undefined) return isAsOverridden(after, override);
  return ownerId(after) === 0 && groupId(after) === 0 && (permissions(after) & OTHERS_WRITE) === 0;
}

/** Whether owner, group or mode differ. */
export function hasOtherIdentity(before: RecordBytes, after: RecordBytes): boolean {
  return !IDENTITY.every((name) => sameAttribute(before, after, name));
}

/** A file of the package database has the rights that dpkg gives to those of its kind, and they are nobody else's. */
export function isAsDpkgKeeps(after: RecordBytes, isScript: boolean): boolean {
  return rightsArePlain(after, undefined) && permissions(after) === (isScript ? 0o755 : 0o644);
}

/** Something that runs, by its mode or by where it stood. */
export function isProgram(path: Path, record: RecordBytes): boolean {
  if (recordType(record) !== 'file') return false;
  return (permissions(record) & ANY_EXECUTE) !== 0 || PROGRAMS.has(baseName(parentPath(path)));
}
