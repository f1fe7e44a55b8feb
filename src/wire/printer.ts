/**
 * The sink of `integ scan`: turns a scan into lines and hands them on in large pieces. Which logs have grown it notes
 * on the way; their first bytes are digested after the scan, by somebody else.
 */
import type { DigestName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import { type Entry, EntryPaths, type ScanSink, type ScanSummary } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import { attributeBytes, inodeOf, type RecordBytes, recordType, sizeOf } from '../model/record.ts';
import { LONGEST_LINE, LONGEST_RECORD, tellable } from './bounds.ts';
import { entryLine, failureLine, type PrefixRequest, pulseLine, summaryLine } from './format.ts';

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
  readonly #isBounded: boolean;
  readonly #paths = new EntryPaths();
  readonly #byPath = new Map<Path, PrefixRequest>();
  readonly #byInode = new Map<bigint, PrefixRequest[]>();
  readonly #grown: GrownLog[] = [];
  #gathered = '';
  #pulses = 0;
  /** Objects that were examined and are too long to be told, and the failures that were told of them instead. */
  #untold = 0;
  #lastUntold: Path | undefined;
  #failuresOfUntold = 0;

  constructor(
    write: (text: string) => boolean,
    options: {
      readonly readable: boolean;
      /** Whether who reads takes nothing beyond the bounds (bounds.ts). */
      readonly isBounded: boolean;
      readonly prefixes: readonly PrefixRequest[];
    },
  ) {
    this.#write = write;
    this.#readable = options.readable;
    this.#isBounded = options.isBounded;
    for (const request of options.prefixes) {
      this.#byPath.set(request.path, request);
      const same = this.#byInode.get(request.inode);
      if (same === undefined) this.#byInode.set(request.inode, [request]);
      else same.push(request);
    }
  }

  entry(entry: Entry): void {
    const path = this.#paths.of(entry);
    const text = this.#entryLine(path, entry);
    if (text === undefined) {
      this.#leaveOut(path);
      return;
    }
    this.line(text);
    if (this.#byPath.size > 0 && recordType(entry.record) === 'file') this.#noteLog(path, entry.record);
  }

  listed(): void {
    // A reader finds what is missing when it has seen everything.
  }

  failure(failure: Failure, below: boolean): void {
    const path = this.#isBounded ? tellable(failure.path) : failure.path;
    this.line(failureLine({ ...failure, path }, below || path !== failure.path, 'scan'));
  }

  /** The last line. */
  summary(summary: ScanSummary): void {
    const examined = summary.examined - this.#untold;
    this.line(summaryLine({ ...summary, examined, failures: summary.failures + this.#failuresOfUntold }));
  }

  /** Says that the scan goes on, and hands on what was gathered so far. Throws ReaderGone. */
  pulse(): void {
    this.#pulses += 1;
    this.line(pulseLine(this.#pulses));
    this.flush();
  }

  /** How many objects could not be told. */
  get untold(): number {
    return this.#untold;
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

  /** Undefined when it is longer than the reader would take. */
  #entryLine(path: Path, { rule, record }: Entry): string | undefined {
    if (!this.#isBounded) return entryLine(path, rule, record, this.#readable);
    if (tellable(path) !== path || record.length > LONGEST_RECORD) return undefined;
    const text = entryLine(path, rule, record, this.#readable);
    return text.length > LONGEST_LINE ? undefined : text;
  }

  /** Says of an object, or of the directory above it that can be named, that it could not be told. */
  #leaveOut(path: Path): void {
    this.#untold += 1;
    const told = tellable(path);
    if (told !== path && told === this.#lastUntold) return;
    this.#lastUntold = told;
    this.#failuresOfUntold += 1;
    const message = 'its name or its attributes are too long for a scan of another host';
    this.line(failureLine({ path: told, operation: 'tell', code: 'LIMIT', message }, told !== path, 'scan'));
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
