/**
 * What is mounted where, from /proc/self/mountinfo (proc(5), "mountinfo"). Only mounts that a path can reach are told:
 * one that lies below another mount at the same place, or below a mount made later over a parent directory, is hidden
 * from every reader and so from a scan. This module decides nothing about which mounts a walk enters.
 */
import { realpathSync } from 'node:fs';
import {
  comparePaths,
  isWithin,
  joinPath,
  type Path,
  pathBytes,
  pathFromLatin1,
  printable,
  ROOT,
} from '../model/bytes.ts';
import { errorMessage, SystemError, UserError } from '../model/errors.ts';
import { rootError } from './root-error.ts';
import { readSmallFile } from './small-file.ts';

export interface Mount {
  /** Mount id, as statx(2) gives it in stx_mnt_id; unique among present mounts only. */
  readonly id: number;
  /** Id of the mount that this one lies on; not always among those listed. */
  readonly parent: number;
  readonly major: number;
  readonly minor: number;
  /** Directory within the file system that appears at `path`: '/' unless it is a bind mount or a subvolume. */
  readonly root: Path;
  /** Mount point below the examined root. */
  readonly path: Path;
  /** Options that decide about access, sorted and comma-joined, printable. */
  readonly options: string;
  /** File system type, printable. */
  readonly type: string;
  /** Device or whatever else the mount was made from, printable. */
  readonly source: string;
}

const MOUNTINFO = '/proc/self/mountinfo';
const LONGEST_TABLE = 64 * 1024 * 1024;

// Options of a superblock that decide who may do what, or which content is seen. The others tune (commit=, stripe=) or
// differ from boot to boot without meaning (size= of a tmpfs in proportion to memory, pgrp= of autofs).
const SUPER_OPTIONS: ReadonlySet<string> = new Set(
  (
    'ro context fscontext defcontext rootcontext acl noacl user_xattr nouser_xattr uid gid umask fmask dmask mode ' +
    'user_id group_id allow_other default_permissions hidepid subset sec subvol lowerdir lowerdir+ upperdir workdir ' +
    'metacopy redirect_dir verity xino userxattr'
  ).split(' '),
);

/** mountinfo writes space, tab, newline, backslash and number sign as a backslash and three octal digits. */
function unescapeOctal(field: string): Path {
  const text = field.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return pathFromLatin1(text);
}

function effectiveOptions(ofMount: string, ofSuperblock: string): string {
  const chosen = new Set(ofMount.split(','));
  for (const option of ofSuperblock.split(',')) {
    if (SUPER_OPTIONS.has(option.split('=', 1)[0] ?? '')) chosen.add(option);
  }
  // A read-only superblock cannot be written through a mount that says rw.
  if (chosen.has('ro')) chosen.delete('rw');
  return printable(unescapeOctal([...chosen].sort().join(',')));
}

const LINE =
  /^(?<id>\d+) (?<parent>\d+) (?<major>\d+):(?<minor>\d+) (?<root>\S+) (?<path>\/\S*) (?<options>\S+)(?: (?!- )\S+)* - (?<type>\S+) (?<source>\S*) (?<superOptions>\S*)$/;

function parseLine(line: string, number: number): Mount {
  const fields = LINE.exec(line)?.groups;
  if (fields === undefined) {
    // To skip a mount would be a blind spot, so this ends the run.
    throw new SystemError('read', 'EBADMSG', `${MOUNTINFO}: line ${number} is not in the form that proc(5) describes`);
  }
  const field = (name: string): string => fields[name] ?? '';
  return {
    id: Number(field('id')),
    parent: Number(field('parent')),
    major: Number(field('major')),
    minor: Number(field('minor')),
    root: unescapeOctal(field('root')),
    path: unescapeOctal(field('path')),
    options: effectiveOptions(field('options'), field('superOptions')),
    type: printable(unescapeOctal(field('type'))),
    source: printable(unescapeOctal(field('source'))),
  };
}

/**
 * Reads the text of mountinfo, one character a byte: every mount in it, in its order, hidden ones too.
 * Throws a SystemError (EBADMSG) when a line has another form.
 */
export function parseMountInfo(latin1: string): Mount[] {
  const lines = latin1.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => parseLine(line, index + 1));
}

/** Start of each component's end: '/a/b' gives '/', '/a', '/a/b'. */
function prefixes(path: Path): Path[] {
  const found: Path[] = [ROOT];
  for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    found.push(pathFromLatin1(path.slice(0, slash)));
  }
  if (path !== ROOT) found.push(path);
  return found;
}

/** The mounts that a path leads to, in byte order of their paths; of those stacked at one place, the uppermost. */
export function visibleMounts(mounts: readonly Mount[]): Mount[] {
  const ids = new Set(mounts.map((mount) => mount.id));
  // The parent of the outermost mounts lies outside of what this process can see.
  const outside = -1;
  const placed = new Map<string, Mount>();
  for (const mount of mounts) {
    const parent = ids.has(mount.parent) && mount.parent !== mount.id ? mount.parent : outside;
    placed.set(`${parent} ${mount.path}`, mount);
  }
  const reached = (path: Path): Mount | undefined => {
    let current: Mount | undefined;
    for (const prefix of prefixes(path)) {
      // A chain of mounts stacked at one place is as long as their number at most, whatever the ids claim.
      for (let step = 0; step <= mounts.length; step += 1) {
        const upper = placed.get(`${current?.id ?? outside} ${prefix}`);
        if (upper === undefined) break;
        current = upper;
      }
    }
    return current;
  };
  return mounts
    .filter((mount) => reached(mount.path) === mount)
    .sort((left, right) => comparePaths(left.path, right.path));
}

/**
 * The deepest mount that holds the path, or undefined when none is known to (as in a chroot that is no mount point).
 */
export function mountOf<Place extends Pick<Mount, 'path'>>(mounts: readonly Place[], path: Path): Place | undefined {
  let deepest: Place | undefined;
  for (const mount of mounts) {
    if (!isWithin(path, mount.path)) continue;
    if (deepest === undefined || mount.path.length >= deepest.path.length) deepest = mount;
  }
  return deepest;
}

function withoutPrefix(path: Path, prefix: Path): Path {
  if (prefix === ROOT) return path;
  return path === prefix ? ROOT : pathFromLatin1(path.slice(prefix.length));
}

/**
 * The mounts as seen from a directory that is examined as root: those at or below it with its path taken off, and the
 * one that holds the directory itself as '/'. The directory is a real path without symbolic links.
 */
export function mountsBelow(mounts: readonly Mount[], directory: Path): Mount[] {
  const holder = mountOf(mounts, directory);
  const below = mounts
    .filter((mount) => mount !== holder && isWithin(mount.path, directory))
    .map((mount) => ({ ...mount, path: withoutPrefix(mount.path, directory) }));
  if (holder === undefined) return below;
  const inside = withoutPrefix(directory, holder.path);
  const root = inside === ROOT ? holder.root : joinPath(holder.root, pathFromLatin1(inside.slice(1)));
  return [{ ...holder, path: ROOT, root }, ...below];
}

/**
 * The mounts of the system under `rootDirectory` ('/' for the running one), in byte order of their paths.
 * Throws a UserError: `lacking` when /proc, `missing` or `permission` when the directory cannot be read.
 */
export function readMounts(rootDirectory: Path): Mount[] {
  const visible = visibleMounts(parseMountInfo(mountInfo()));
  if (rootDirectory === ROOT) return visible;
  try {
    const real = realpathSync.native(pathBytes(rootDirectory), { encoding: 'buffer' });
    return mountsBelow(visible, pathFromLatin1(real.toString('latin1')));
  } catch (error) {
    throw rootError(printable(rootDirectory), error);
  }
}

function mountInfo(): string {
  try {
    return readSmallFile(MOUNTINFO, LONGEST_TABLE).toString('latin1');
  } catch (error) {
    throw new UserError('lacking', `cannot read the mount table: ${errorMessage(error)}`, {
      hint: 'mount /proc, which integ needs to see what is mounted where',
      cause: error,
    });
  }
}
