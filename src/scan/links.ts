/**
 * Hard links: the names of one inode share its content, so it is digested once and its record serves all of them. A
 * record is kept only while names of its inode are still to come.
 */
import type { Path } from '../model/bytes.ts';
import type { DirectoryNode } from '../model/entry.ts';
import { inodeKey, recordType } from '../model/record.ts';
import type { DeferredItem } from './batch.ts';

/** A name whose record is made later. */
export interface DeferredFile {
  readonly directory: DirectoryNode;
  readonly mountRoot: Path;
  readonly name: Path;
  readonly rule: number;
  readonly size: number;
}

/** Bounds the memory for links that never come. */
const REMEMBERED_INODES = 1 << 16;

interface Inode {
  /** Names still to come, as the link count promises. */
  missing: number;
  record: Buffer | undefined;
  /** Names that wait for the record. */
  waiting: DeferredFile[];
}

/** What becomes of a deferred name. */
export type Disposition =
  | { readonly kind: 'read' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'known'; readonly record: Buffer };

export class HardLinks {
  readonly #inodes = new Map<string, Inode>();
  readonly #shapeKeys: readonly string[];

  /** `shapeKeys`: for each rule a key that is the same for rules whose records hold the same attributes. */
  constructor(shapeKeys: readonly string[]) {
    this.#shapeKeys = shapeKeys;
  }

  /** The key under which names share a record: one inode, recorded in one way. Undefined for a file with one name. */
  keyOf(item: DeferredItem): string | undefined {
    if (item.links < 2) return undefined;
    const { major, minor, inode } = item.identity;
    return `${major}:${minor}:${inode}:${this.#shapeKeys[item.rule] ?? ''}`;
  }

  /** Says whether a name must be read, or whether another name of its inode serves. */
  meet(key: string, links: number, file: DeferredFile): Disposition {
    const known = this.#inodes.get(key);
    if (known === undefined) {
      this.#inodes.set(key, { missing: links - 1, record: undefined, waiting: [] });
      return { kind: 'read' };
    }
    known.missing -= 1;
    if (known.record === undefined) {
      known.waiting.push(file);
      return { kind: 'wait' };
    }
    if (known.missing <= 0) this.#inodes.delete(key);
    return { kind: 'known', record: known.record };
  }

  /**
   * Whether a record is of the inode that its name had when it was met. Another file may have been renamed over the
   * name before it was read; what is recorded of that one says nothing about the other names.
   */
  isRecordOf(key: string, record: Buffer): boolean {
    return recordType(record) === 'file' && key.startsWith(`${inodeKey(record)}:`);
  }

  /** Takes the record of the name that was read and gives back those that waited for it. */
  settle(key: string, record: Buffer): readonly DeferredFile[] {
    const inode = this.#inodes.get(key);
    if (inode === undefined) return [];
    const { waiting } = inode;
    inode.waiting = [];
    if (inode.missing <= 0) this.#inodes.delete(key);
    // A copy: the record is a view into a batch that would otherwise be kept whole.
    else inode.record = Buffer.from(record);
    if (this.#inodes.size > REMEMBERED_INODES) this.#forget();
    return waiting;
  }

  /** Inodes whose other names lie outside of the walk would pile up; one that is met again is read again. */
  #forget(): void {
    for (const [key, { record }] of this.#inodes) if (record !== undefined) this.#inodes.delete(key);
  }

  /** The name that was to be read has gone, failed or is another file: those that waited must be read themselves. */
  abandon(key: string): readonly DeferredFile[] {
    const waiting = this.#inodes.get(key)?.waiting ?? [];
    this.#inodes.delete(key);
    return waiting;
  }
}
