/**
 * Holds a folder of integ, installed or in a rescue kit, against its list of digests: what is missing, what is another
 * file now, and what is there that nobody listed, since a module that was planted is loaded as well as one that was
 * installed. It looks at bytes and rights; it does not know who wrote the list.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import {
  comparePaths,
  joinPath,
  type Path,
  parentPath,
  pathBytes,
  pathFromBytes,
  pathFromLatin1,
  pathFromText,
  printableText,
  ROOT,
} from '../../model/bytes.ts';
import { type DigestList, LARGEST_DIGEST_LIST, parseDigestList } from '../../model/digest-list.ts';
import { errorCode, SystemError, UserError } from '../../model/errors.ts';
import { isTrustedOwner } from '../../system/own-file.ts';
import { hashingFile } from '../../system/sha256-file.ts';
import { readingProblem, readSmallFile, shortProblem } from '../../system/small-file.ts';
import { MANIFEST } from './files.ts';

export type DifferenceKind = 'missing' | 'changed' | 'added' | 'type' | 'rights' | 'unreadable';

export interface Difference {
  readonly kind: DifferenceKind;
  /** Relative to the folder. */
  readonly path: Path;
  /** In words and printable, where the kind does not say it all: `it is a symbolic link`. */
  readonly detail: string | undefined;
}

export interface Comparison {
  /** The list, absolute or as the folder was named. */
  readonly manifest: string;
  readonly sha256: string;
  /** How many files it lists. */
  readonly files: number;
  /** In byte order of paths. */
  readonly differences: readonly Difference[];
}

export interface CompareOptions {
  /** How many folders above this one files may lie that the list names. */
  readonly above: number;
  /** Whether owners and permission bits count, which not every medium keeps. */
  readonly hasRights: boolean;
}

const OTHERS_WRITE = 0o022n;
/** The folder itself, in it. */
const NAMELESS = pathFromLatin1('');

/** Throws a UserError `missing` where there is no list, `untrusted` for one that is none. */
export function* comparing(
  folder: string,
  { above, hasRights }: CompareOptions,
): Generator<void, Comparison, undefined> {
  const manifest = `${folder.replace(/\/$/, '')}/${MANIFEST}`;
  const bytes = readManifest(manifest);
  const list = parseDigestList(bytes, { name: printableText(manifest), above });
  const inspection = new Inspection(pathFromText(folder.replace(/(.)\/$/, '$1')), hasRights);
  for (const [path, sha256] of list) {
    yield* inspection.compareFile(path, sha256);
    yield;
  }
  yield* inspection.findOthers(list);
  return {
    manifest,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    files: list.size,
    differences: inspection.differences.sort((left, right) => comparePaths(left.path, right.path)),
  };
}

function readManifest(manifest: string): Buffer {
  try {
    return readSmallFile(manifest, LARGEST_DIGEST_LIST);
  } catch (error) {
    const { kind, reason, hint = 'name the folder that was made with it' } = readingProblem(error);
    throw new UserError(kind, `cannot read ${printableText(manifest)}: ${reason}`, { hint, cause: error });
  }
}

function kindOf(stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isDirectory()) return 'a directory';
  return stat.isFile() ? 'a regular file' : 'a special file';
}

class Inspection {
  readonly differences: Difference[] = [];
  readonly #folder: Path;
  readonly #hasRights: boolean;

  constructor(folder: Path, hasRights: boolean) {
    this.#folder = folder;
    this.#hasRights = hasRights;
  }

  *compareFile(path: Path, sha256: string): Generator<void, void, undefined> {
    try {
      const stat = this.#lstat(path);
      if (!stat.isFile()) {
        this.#add('type', path, `it is ${kindOf(stat)}`);
        return;
      }
      this.#compareRights(path, stat);
      if ((yield* hashingFile(this.#bytes(path))) !== sha256) this.#add('changed', path);
    } catch (error) {
      this.#addFailure(path, error);
    }
  }

  /** What is in the folder and leads to no file of the list. */
  *findOthers(list: DigestList): Generator<void, void, undefined> {
    const folders = new Set<Path>();
    for (const path of list.keys()) {
      // Those that lead out of it are no folders of ours.
      if (path.startsWith('../')) continue;
      for (let above = parentPath(path); above !== ROOT; above = parentPath(above)) folders.add(above);
    }
    this.#inspectFolder(NAMELESS);
    const ahead: Path[] = [NAMELESS];
    for (let folder = ahead.pop(); folder !== undefined; folder = ahead.pop()) {
      yield;
      for (const path of this.#namesIn(folder)) {
        if (list.has(path) || path === MANIFEST) continue;
        if (!folders.has(path)) this.#add('added', path);
        else if (this.#inspectFolder(path)) ahead.push(path);
      }
    }
  }

  #namesIn(folder: Path): Path[] {
    try {
      const names = readdirSync(this.#bytes(folder), { encoding: 'buffer' }).map((name) => pathFromBytes(name));
      return folder === '' ? names : names.map((name) => joinPath(folder, name));
    } catch (error) {
      this.#addFailure(folder, error);
      return [];
    }
  }

  /** Whether it is a directory. */
  #inspectFolder(path: Path): boolean {
    try {
      const stat = this.#lstat(path);
      if (stat.isDirectory()) this.#compareRights(path, stat);
      else this.#add('type', path, `it is ${kindOf(stat)}`);
      return stat.isDirectory();
    } catch (error) {
      this.#addFailure(path, error);
      return false;
    }
  }

  #compareRights(path: Path, stat: BigIntStats): void {
    if (!this.#hasRights) return;
    const mode = (stat.mode & 0o7777n).toString(8).padStart(4, '0');
    if ((stat.mode & OTHERS_WRITE) !== 0n) this.#add('rights', path, `others may write it (mode ${mode})`);
    if (!isTrustedOwner(stat)) this.#add('rights', path, `it belongs to uid ${stat.uid}`);
  }

  /** The kernel must not be led elsewhere by the end of a name. */
  #bytes(path: Path): Buffer {
    return pathBytes(path === '' ? this.#folder : joinPath(this.#folder, path));
  }

  #lstat(path: Path): BigIntStats {
    return lstatSync(this.#bytes(path), { bigint: true });
  }

  #add(kind: DifferenceKind, path: Path, detail?: string): void {
    // The folder itself has no name of its own.
    this.differences.push({ kind, path: path === '' ? pathFromLatin1('.') : path, detail });
  }

  #addFailure(path: Path, error: unknown): void {
    const code = errorCode(error);
    if (!(error instanceof SystemError) && !/^E[A-Z0-9]+$/.test(code)) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') this.#add('missing', path);
    else this.#add('unreadable', path, shortProblem(error));
  }
}
