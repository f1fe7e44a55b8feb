/** What the entries of a baseline are written as for other programs, and what a format cannot hold. */
import type { DigestName } from '../../../../model/attributes.ts';
import type { Path } from '../../../../model/bytes.ts';
import { attributeBytes, type RecordBytes } from '../../../../model/record.ts';
import { hex } from '../../../../model/values/fields.ts';
import { formatCount } from '../../../../report/quantities.ts';

export interface RecordedEntry {
  readonly path: Path;
  readonly record: RecordBytes;
  /** Names of the attributes that its rule watches. */
  readonly watched: ReadonlySet<string>;
  /** Whether its content may grow, so that what is recorded of it need not hold any more. */
  readonly mayGrow: boolean;
}

/** Text for a program, one character a byte. */
export interface EntryFormat {
  readonly head: string;
  /** The lines of an entry; empty when it is left out. */
  readonly write: (entry: RecordedEntry) => string;
  readonly tail: string;
}

/** Counts what is left out, by the reason. */
export class LeftOut {
  readonly #counts = new Map<string, number>();

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** One line; undefined when nothing is left out. */
  get text(): string | undefined {
    const total = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) return undefined;
    const reasons = [...this.#counts].map(([reason, count]) => `${formatCount(count)} ${reason}`);
    return `left out ${formatCount(total)} ${total === 1 ? 'object' : 'objects'}: ${reasons.join(', ')}`;
  }
}

/** A recorded digest in hexadecimal digits. */
export function digestOf(record: RecordBytes, name: DigestName): string | undefined {
  const bytes = attributeBytes(record, name);
  return bytes === undefined ? undefined : hex(bytes);
}
