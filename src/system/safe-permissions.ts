/**
 * Whether others than root and the caller could change what a path names: the file itself, a directory on the way to
 * it, or a symbolic link on that way and what it leads to. Looks at owners, permission bits and POSIX ACLs; opens
 * nothing for the caller and prints nothing.
 */
import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  baseName,
  joinPath,
  type Path,
  parentPath,
  pathBytes,
  pathFromBytes,
  pathFromLatin1,
  pathFromText,
  printable,
  ROOT,
} from '../model/bytes.ts';
import { errorCode, SystemError } from '../model/errors.ts';
import { readRootedFile } from './rooted-file.ts';
import { readSmallFile } from './small-file.ts';
import { Tree } from './tree.ts';

/** Somebody else who can change what the path names, and the command that takes the right away. */
export interface UnsafePermission {
  /** Printable: `/srv/integ is owned by uid 1000`. */
  readonly problem: string;
  /** For a shell: `chown root /srv/integ`. */
  readonly mend: string;
}

/** As many as the kernel follows in one path (path_resolution(7)). */
const LINK_LIMIT = 40;
const STICKY = 0o1000n;
const GROUP_WRITES = 0o020n;
const OTHERS_WRITE = 0o002n;

/** Names of open descriptors: who handed them over has chosen the file. */
const DESCRIPTORS = ['/dev/fd/', '/dev/stdin', '/proc/self/fd/'];

const ACCOUNTS_LIMIT = 16 * 1024 * 1024;
const MOUNTS_LIMIT = 64 * 1024 * 1024;

function linesOf(file: string): string[][] {
  try {
    const text = readRootedFile(ROOT, pathFromLatin1(file), ACCOUNTS_LIMIT)?.toString('latin1') ?? '';
    return text.split('\n').map((line) => line.split(':'));
  } catch (error) {
    if (error instanceof SystemError) return [];
    throw error;
  }
}

/** The group that has this user alone, as many systems give each user one; undefined when there is none such. */
function privateGroupOf(uid: number): number | undefined {
  const users = linesOf('/etc/passwd');
  const user = users.find(([, , id]) => id === String(uid));
  const [name, , , gid] = user ?? [];
  if (name === undefined || gid === undefined) return undefined;
  if (users.some((other) => other !== user && other[3] === gid)) return undefined;
  const [, , , members] = linesOf('/etc/group').find(([, , id]) => id === gid) ?? [];
  if (members === undefined || !['', name].includes(members.trim())) return undefined;
  return Number(gid);
}

/** A word for a shell. What a terminal would obey is written as bash's $'…' takes it. */
function shellWord(path: Path): string {
  const shown = printable(path);
  if (/^[A-Za-z0-9@%+=:,./_-]+$/.test(shown)) return shown;
  const isPlain = pathFromText(shown) === path;
  return isPlain ? `'${shown.replaceAll("'", "'\\''")}'` : `$'${shown.replaceAll("'", "\\'")}'`;
}

/** File systems of a local disk or medium; others may change behind a mount that is read-only here. */
const LOCAL = 'iso9660 udf vfat exfat ext2 ext3 ext4 xfs squashfs erofs tmpfs'.split(' ').join('|');

/** Whether nobody can write to the whole file system, as on a CD: then permission bits say nothing. */
function isReadOnlyDevice(device: bigint): boolean {
  // The parts of a device number as the kernel's huge encoding has them (makedev(3)).
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  // The options at the end are those of the file system; a read-only bind mount has them in its own field alone.
  const line = new RegExp(`^\\d+ \\d+ ${major}:${minor} .* - (?:${LOCAL}) \\S+ ro(?:,|$)`, 'm');
  return line.test(readMountInfo());
}

function readMountInfo(): string {
  try {
    return readSmallFile('/proc/self/mountinfo', MOUNTS_LIMIT).toString('latin1');
  } catch {
    // Without it nothing is known to be read-only.
    return '';
  }
}

interface Writer {
  readonly kind: 'uid' | 'gid';
  readonly id: number;
}

const ACCESS_ACL = pathFromLatin1('system.posix_acl_access');
// linux/posix_acl_xattr.h: a version, then entries of tag, rights and id.
const ACL_HEADER = 4;
const ACL_ENTRY = 8;
const NAMED: ReadonlyMap<number, Writer['kind']> = new Map([
  [0x02, 'uid'],
  [0x08, 'gid'],
]);
const ACL_WRITE = 2;

/** Users and groups that an access ACL names and lets write, if its mask does. */
function writersOfAcl(acl: Uint8Array): Writer[] {
  const view = new DataView(acl.buffer, acl.byteOffset, acl.byteLength);
  const writers: Writer[] = [];
  for (let offset = ACL_HEADER; offset + ACL_ENTRY <= acl.length; offset += ACL_ENTRY) {
    const kind = NAMED.get(view.getUint16(offset, true));
    const mayWrite = (view.getUint16(offset + 2, true) & ACL_WRITE) !== 0;
    if (kind !== undefined && mayWrite) writers.push({ kind, id: view.getUint32(offset + 4, true) });
  }
  return writers;
}

/** The access ACL of an object, or undefined without one. Throws a SystemError when that cannot be found out. */
function accessAcl(path: Path): Uint8Array | undefined {
  const tree = new Tree({ root: '/', isWorker: false, portable: false });
  try {
    if (!tree.kernel.hasExtendedAttributes) throw new SystemError('getxattr', 'ENOSYS');
    const directory = tree.openParent(path === ROOT ? ROOT : parentPath(path));
    try {
      const name = path === ROOT ? pathFromLatin1('') : baseName(path);
      const names = tree.kernel.listXattrs(directory, name) ?? [];
      return names.includes(ACCESS_ACL) ? tree.kernel.readXattr(directory, name, ACCESS_ACL) : undefined;
    } finally {
      tree.kernel.close(directory);
    }
  } finally {
    tree.close();
  }
}

function componentsFromLast(path: string): Path[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return names.reverse().map((name) => pathFromLatin1(name));
}

/** Goes along one path and gathers what is unsafe. */
class Inspection {
  readonly found: UnsafePermission[] = [];
  readonly #uid: number;
  #privateGroup: { readonly gid: number | undefined } | undefined;

  constructor(uid: number) {
    this.#uid = uid;
  }

  /** Every object on the path as the kernel resolves it. Throws what lstat(2) and readlink(2) give. */
  follow(path: Path): void {
    let resolved = ROOT;
    let links = 0;
    this.#inspect(ROOT);
    const ahead = componentsFromLast(path);
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (name === '..') {
        resolved = parentPath(resolved);
        continue;
      }
      const next = joinPath(resolved, name);
      if (!this.#inspect(next)) {
        resolved = next;
        continue;
      }
      links += 1;
      if (links > LINK_LIMIT) throw new SystemError('open', 'ELOOP');
      const target = pathFromBytes(readlinkSync(pathBytes(next), { encoding: 'buffer' }));
      if (target.startsWith('/')) resolved = ROOT;
      ahead.push(...componentsFromLast(target));
    }
  }

  /** Gives back whether it is a symbolic link. */
  #inspect(path: Path): boolean {
    const stat = lstatSync(pathBytes(path), { bigint: true });
    const isLink = stat.isSymbolicLink();
    const found = [...this.#ownerProblem(path, stat), ...(isLink ? [] : this.#rightsProblems(path, stat))];
    if (found.length > 0 && !isReadOnlyDevice(stat.dev)) this.found.push(...found);
    return isLink;
  }

  #ownerProblem(path: Path, { uid }: BigIntStats): UnsafePermission[] {
    if (this.#isTrusted(Number(uid))) return [];
    const owner = this.#uid === 0 ? 'root' : String(this.#uid);
    return [unsafe(path, `is owned by uid ${uid}`, `chown ${owner}`)];
  }

  #rightsProblems(path: Path, stat: BigIntStats): UnsafePermission[] {
    // In a sticky directory nobody can replace what belongs to another, and what comes next must be ours anyway.
    if (stat.isDirectory() && (stat.mode & STICKY) !== 0n) return [];
    const problems: UnsafePermission[] = [];
    if ((stat.mode & OTHERS_WRITE) !== 0n) problems.push(unsafe(path, 'may be written by everybody', 'chmod o-w'));
    // With an ACL the bits of the group are its mask: without the bit no entry lets anybody write.
    if ((stat.mode & GROUP_WRITES) !== 0n) problems.push(...this.#groupProblem(path, Number(stat.gid)));
    return problems;
  }

  #groupProblem(path: Path, gid: number): UnsafePermission[] {
    const [writer] = this.#strangers(path, gid);
    return writer === undefined ? [] : [unsafe(path, `may be written by ${writer}`, 'chmod g-w')];
  }

  /** Who else may write, in words. */
  #strangers(path: Path, gid: number): string[] {
    if (!this.#isTrustedGroup(gid)) return [`gid ${gid}`];
    try {
      const acl = accessAcl(path);
      if (acl === undefined) return [];
      return writersOfAcl(acl)
        .filter(({ kind, id }) => !(kind === 'uid' ? this.#isTrusted(id) : this.#isTrustedGroup(id)))
        .map(({ kind, id }) => `${kind} ${id}`);
    } catch (error) {
      if (error instanceof SystemError) return [`those whom its ACL names, which cannot be read (${error.code})`];
      throw error;
    }
  }

  #isTrusted(uid: number): boolean {
    return uid === 0 || uid === this.#uid;
  }

  #isTrustedGroup(gid: number): boolean {
    if (gid === 0) return true;
    this.#privateGroup ??= { gid: privateGroupOf(this.#uid) };
    return gid === this.#privateGroup.gid;
  }
}

function unsafe(path: Path, what: string, command: string): UnsafePermission {
  return { problem: `${printable(path)} ${what}`, mend: `${command} ${shellWord(path)}` };
}

/**
 * What lets others than root and the caller change what a file name stands for, in the order of the path; empty when
 * nothing does. As far as the path leads nowhere, nothing is said: opening it will.
 */
export function findUnsafePermissions(file: string): readonly UnsafePermission[] {
  if (DESCRIPTORS.some((start) => file.startsWith(start))) return [];
  const inspection = new Inspection(process.geteuid?.() ?? 0);
  try {
    inspection.follow(pathFromText(resolve(file)));
  } catch (error) {
    const code = errorCode(error);
    if (!/^E[A-Z]+$/.test(code)) throw error;
  }
  return inspection.found;
}
