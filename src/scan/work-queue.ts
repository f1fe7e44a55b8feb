/**
 * What a walk still has to do, and in which order: directories to list, on a stack, so that the walk goes deep first
 * and few of them wait; and files that are read when all listing is done, largest first, so that no worker ends long
 * after the others. What earlier checks left out comes before everything else, the more often the earlier. Of such
 * files the smallest goes first, since it will surely be done; and when several checks had no time for them they are
 * read one by one, since of many that are read at once none may come to its end.
 */
import { isWithin, type Path } from '../model/bytes.ts';
import { entryPath } from '../model/entry.ts';
import { MOST_TIMES, type Precedence } from '../model/skipped.ts';
import type { DeferredFile } from './links.ts';
import { mountAt, type Pending, pathsOf } from './pending.ts';

/** Files that may wait before they are read although directories are still to be listed. */
const FILES_AT_ONCE = 16384;

export interface WaitingFile extends DeferredFile {
  /** Of the inode, when it has other names. */
  readonly key: string | undefined;
}

/** Files to be read now. */
export interface Reading {
  readonly files: readonly WaitingFile[];
  readonly oneByOne: boolean;
}

export class WorkQueue {
  readonly #precedence: Precedence;
  /** Stacks of directories by their precedence. */
  readonly #stacks: Pending[][] = [];
  #files: WaitingFile[] = [];
  /** The highest precedence of a waiting file. */
  #urgency = 0;

  constructor(precedence: Precedence) {
    this.#precedence = precedence;
  }

  get directoryCount(): number {
    return this.#stacks.reduce((sum, stack) => sum + stack.length, 0);
  }

  get isEmpty(): boolean {
    return this.#files.length === 0 && this.#level < 0;
  }

  /** Whether a directory is to be listed next. */
  get wantsListing(): boolean {
    return this.#level >= this.#urgency && this.#files.length < FILES_AT_ONCE;
  }

  /**
   * Whether the waiting files are to be read next; `isListing`: directories are being listed, so that more may come.
   */
  wantsReading(isListing: boolean): boolean {
    return this.#files.length > 0 && (!isListing || this.#files.length >= FILES_AT_ONCE);
  }

  /** The highest precedence of a waiting directory, -1 when none waits. */
  get #level(): number {
    return this.#stacks.findLastIndex((stack) => stack.length > 0);
  }

  addDirectory(pending: Pending): void {
    const paths = this.#precedence.isEmpty ? [] : pathsOf(pending);
    const level = paths.reduce((highest, path) => Math.max(highest, this.#precedence.of(path)), 0);
    while (this.#stacks.length <= level) this.#stacks.push([]);
    // What may keep a worker for ever comes last.
    if (pending.isMountPoint === true) this.#stacks[level]?.unshift(pending);
    else this.#stacks[level]?.push(pending);
  }

  addFile(file: WaitingFile): void {
    this.#files.push(file);
    this.#urgency = Math.max(this.#urgency, this.#precedenceOf(file));
  }

  /**
   * Takes a share of the directories that come next: 1/`parts` of them, and no more than `most`; all of one mount, so
   * that nothing else is lost with one that does not answer.
   */
  takeDirectories(parts: number, most: number): readonly Pending[] {
    const stack = this.#stacks[this.#level] ?? [];
    const last = stack.at(-1);
    if (last === undefined || last.isMountPoint === true) return stack.splice(-1);
    const share = Math.min(most, Math.max(1, Math.ceil(stack.length / parts)));
    const mount = mountAt(last);
    let count = 1;
    while (count < share && isOf(stack.at(-count - 1), mount)) count += 1;
    return stack.splice(-count).reverse();
  }

  /**
   * Takes the files to be read now: all of the mount of the first one, unless directories that were left out still come
   * before some of them.
   */
  takeFiles(): Reading {
    const oneByOne = this.#urgency === MOST_TIMES;
    const lowest = oneByOne ? MOST_TIMES : this.#urgency > this.#level ? this.#level + 1 : 0;
    const byRank = this.#files
      .map((file) => ({ file, rank: this.#precedenceOf(file) }))
      .sort((left, right) => right.rank - left.rank || bySize(left.file, right.file) * (left.rank === 0 ? 1 : -1));
    const mount = byRank[0]?.file.mountRoot;
    const isTaken = ({ file, rank }: (typeof byRank)[number]): boolean => rank >= lowest && file.mountRoot === mount;
    const left = byRank.filter((ranked) => !isTaken(ranked));
    this.#files = left.map(({ file }) => file);
    this.#urgency = left[0]?.rank ?? 0;
    return { files: byRank.filter(isTaken).map(({ file }) => file), oneByOne };
  }

  /** Takes all directories: there is no time left for them. */
  abandonDirectories(): readonly Pending[] {
    return this.#stacks.splice(0).flat();
  }

  /** Takes all that lies on a mount or below it: it does not answer. */
  abandonMount(mount: Path): { readonly directories: readonly Pending[]; readonly files: readonly WaitingFile[] } {
    const isOn = (pending: Pending): boolean => isWithin(mountAt(pending), mount);
    const directories = this.#stacks.flatMap((stack) => stack.filter(isOn));
    for (const [level, stack] of this.#stacks.entries())
      this.#stacks[level] = stack.filter((pending) => !isOn(pending));
    const files = this.#files.filter(({ mountRoot }) => isWithin(mountRoot, mount));
    this.#files = this.#files.filter(({ mountRoot }) => !isWithin(mountRoot, mount));
    return { directories, files };
  }

  #precedenceOf({ directory, name }: WaitingFile): number {
    return this.#precedence.isEmpty ? 0 : this.#precedence.of(entryPath(directory, name));
  }
}

function isOf(pending: Pending | undefined, mount: Path): boolean {
  return pending !== undefined && pending.isMountPoint !== true && mountAt(pending) === mount;
}

function bySize(left: WaitingFile, right: WaitingFile): number {
  return right.size - left.size;
}
