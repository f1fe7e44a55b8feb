/**
 * Whether a file may be written to in place, emptied or removed: only one that is ours. In a directory that others may
 * write, even a sticky one, a link, a fifo or a file of somebody else can stand under the name that integ is about to
 * use; what would be changed then is another file. Files that are replaced by renaming need none of this
 * (safe-write.ts).
 */
import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';

const OWNER_ONLY = 0o600;

/** Root, or who runs integ: nobody else is believed to leave a file as it should be. */
export function isTrustedOwner({ uid }: { readonly uid: number | bigint }): boolean {
  return BigInt(uid) === 0n || BigInt(uid) === BigInt(process.geteuid?.() ?? 0);
}

/** Why a file is not ours alone, or undefined when it is: regular, of root or the caller, and without a second name. */
export function foreignBecause(stat: BigIntStats): string | undefined {
  if (stat.isSymbolicLink()) return 'it is a symbolic link';
  if (!stat.isFile()) return 'it is not a regular file';
  if (!isTrustedOwner(stat)) return `it belongs to uid ${stat.uid}`;
  if (stat.nlink > 1n) return 'it has a second name (a hard link), under which it would be changed too';
  return undefined;
}

/** Whether there is a file of this name that is ours alone. */
export function isOwnFile(file: string): boolean {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found !== undefined && foreignBecause(found) === undefined;
}

/** Whether the name still leads to the open file: somebody may have removed or exchanged it since. */
export function isStillNamed(descriptor: number, file: string): boolean {
  const named = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  const open = fstatSync(descriptor, { bigint: true });
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}

/**
 * Opens a file of ours to read and write, and makes it, for the owner alone, where there is none; it is changed in no
 * way. `doing` is for messages: `lock`. Throws a UserError `cannotCreate` for one that is not ours, or what the kernel
 * said.
 */
export function openOwnFile(file: string, doing: string): number {
  const refuse = (reason: string): never => {
    throw new UserError('cannotCreate', `cannot ${doing} ${printableText(file)}: ${reason}`, {
      hint: 'find out who put it there, and remove it',
    });
  };
  // Before it is opened, since opening alone starts some devices; and after, since the name may lead elsewhere by then.
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  const before = found && foreignBecause(found);
  if (before !== undefined) refuse(before);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  const descriptor = openSync(file, flags, OWNER_ONLY);
  try {
    const after = foreignBecause(fstatSync(descriptor, { bigint: true }));
    if (after !== undefined) refuse(after);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
