/**
 * A finding while it is being judged, and where its records lie. A flood of a million new files must fit in memory, so
 * records are kept in one arena and everything printable is made when the report is written. Nothing here decides.
 */
import type { AttributeName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import type { RecordBytes } from '../model/record.ts';
import type { AttributeChange, ChangeKind, Explanation, FindingFlag, ShippingPackage } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';

/** Place of a record in a RecordArena. */
export type RecordHandle = number;

const CHUNK_BYTES = 2 ** 20;
const LENGTH_BYTES = 4;

/** Keeps copies of records, each with its length before it, in chunks that are never moved. */
export class RecordArena {
  readonly #chunks: Buffer[] = [];
  /** Position in the arena at which each chunk starts. */
  readonly #starts: number[] = [];
  #end = 0;
  #free = 0;

  add(record: RecordBytes): RecordHandle {
    const needed = record.length + LENGTH_BYTES;
    if (needed > this.#free) {
      this.#end += this.#free;
      this.#free = Math.max(CHUNK_BYTES, needed);
      this.#chunks.push(Buffer.allocUnsafeSlow(this.#free));
      this.#starts.push(this.#end);
    }
    const handle = this.#end;
    const { chunk, offset } = this.#locate(handle);
    chunk.writeUInt32LE(record.length, offset);
    chunk.set(record, offset + LENGTH_BYTES);
    this.#end += needed;
    this.#free -= needed;
    return handle;
  }

  get(handle: RecordHandle): RecordBytes {
    const { chunk, offset } = this.#locate(handle);
    const start = offset + LENGTH_BYTES;
    return chunk.subarray(start, start + chunk.readUInt32LE(offset));
  }

  #locate(handle: RecordHandle): { readonly chunk: Buffer; readonly offset: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= handle) low = middle;
      else high = middle - 1;
    }
    const chunk = this.#chunks[low];
    if (chunk === undefined) throw new Error('integ: internal error: no such record');
    return { chunk, offset: handle - (this.#starts[low] ?? 0) };
  }
}

/** One difference between baseline and scan. `before` is missing for added ones, `after` for removed ones. */
export interface Finding {
  readonly kind: ChangeKind;
  readonly path: Path;
  /** Index of the rule that governs the object; for removed ones, that governed it. */
  readonly rule: number;
  readonly before: RecordHandle | undefined;
  readonly after: RecordHandle | undefined;
  /** Attributes to show: of changed and moved ones those that differ, of the others all watched ones. */
  readonly differences: readonly AttributeName[];
  /** Where a moved object was. */
  readonly from: Path | undefined;
  readonly mount: AttributeChange | undefined;
  readonly flags: readonly FindingFlag[];
  /** The rule's, raised by flags. */
  readonly severity: Severity;
  /** It only follows from another finding; see consequences.ts, moves.ts and logs.ts. */
  readonly isConsequence: boolean;
  /** The package that explains it; see packages/explain.ts. */
  readonly explained?: Explanation;
  /** The package that ships other content. */
  readonly shippedBy?: ShippingPackage;
}
