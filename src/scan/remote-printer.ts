/**
 * The sink of `integ scan`: turns a scan into lines and hands them on in large pieces. Which logs have grown it notes on
 * the way; their first bytes are digested after the scan, by somebody else.
 */
import type { DigestName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import { type Entry, EntryPaths, type ScanSink } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import { attributeBytes, inodeOf, type RecordBytes, recordType, sizeOf } from '../model/record.ts';
import { entryLine, failureLine, type PrefixRequest } from './remote-format.ts';

/** Nobody reads the lines any more, so that there is no use in going on. */
export class ReaderGone extends Error {}

/** Bytes of a file to be digested from its start. */
export interface GrownLog {
  readonly path: Path;
  readonly length: bigint;
  readonly algorithms: readonly DigestName[];
}

/** Characters gathered before they are written. */
const PIECE = 1 << 16;

export class ScanPrinter implements ScanSink {
  /** Takes text; false when nobody reads any more. */
  readonly #write: (text: string) => boolean;
  readonly #readable: boolean;
  readonly #paths = new EntryPaths();
  readonly #byPath = new Map<Path, PrefixRequest>();
  readonly #byInode = new Map<bigint, PrefixRequest[]>();
  readonly #grown: GrownLog[] = [];
  #gathered = '';

  constructor(
    write: (text: string) => boolean,
    options: { readonly readable: boolean; readonly prefixes: readonly PrefixRequest[] },
  ) {
    this.#write = write;
    this.#readable = options.readable;
    for (const request of options.prefixes) {
      this.#byPath.set(request.path, request);
      this.#byInode.set(request.inode, [...(this.#byInode.get(request.inode) ?? []), request]);
    }
  }

  entry(entry: Entry): void {
    const path = this.#paths.of(entry);
    this.line(entryLine(path, entry.rule, entry.record, this.#readable));
    if (this.#byPath.size > 0 && recordType(entry.record) === 'file') this.#noteLog(path, entry.record);
  }

  listed(): void {
    // A reader finds what is missing when it has seen everything.
  }

  failure(failure: Failure, below: boolean): void {
    this.line(failureLine(failure, below, 'scan'));
  }

  /** Throws ReaderGone. */
  line(text: string): void {
    this.#gathered += text;
    if (this.#gathered.length >= PIECE) this.flush();
  }

  /** Throws ReaderGone. */
  flush(): void {
    const text = this.#gathered;
    this.#gathered = '';
    if (!this.#write(text)) throw new ReaderGone();
  }

  /** Logs of which the first bytes were asked for and are not told by their records. */
  grownLogs(): readonly GrownLog[] {
    return this.#grown;
  }

  /** A log is known by its name, or by its inode where it was rotated to another one. */
  #noteLog(path: Path, record: RecordBytes): void {
    const here = this.#byPath.get(path);
    if (here !== undefined) this.#noteGrown(path, record, here);
    for (const request of this.#byInode.get(inodeOf(record)) ?? []) {
      if (request !== here) this.#noteGrown(path, record, request);
    }
  }

  #noteGrown(path: Path, record: RecordBytes, { length, algorithms }: PrefixRequest): void {
    const size = sizeOf(record);
    if (size < length) return;
    if (size === length && algorithms.every((name) => attributeBytes(record, name) !== undefined)) return;
    this.#grown.push({ path, length, algorithms });
  }
}
