/**
 * The generations of a baseline for the evidence: what their files hold, where they are still there, and what the
 * history remembers of the others. Reads only; what cannot be believed is a problem in words and holds nothing.
 */
import { existsSync } from 'node:fs';
import { candidateFile, olderGenerations } from '../../baseline/generations.ts';
import type { SeenGeneration } from '../../baseline/history/seen-generations.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import { judgeSignature, type SignatureVerdict, signersOf } from '../../baseline/signature.ts';
import { BaselineLookup } from '../../check/stored.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { KnownGeneration } from '../../report/evidence/contents.ts';
import type { EvidenceGeneration, GenerationNote } from '../../report/evidence/document.ts';

const STANDARD_INPUT = '-';

interface Opened {
  readonly reader: BaselineReader;
  readonly known: KnownGeneration;
}

export class Generations {
  /** What is wrong with them, printable. */
  readonly problems: string[] = [];
  readonly #current: BaselineReader;
  readonly #seen: ReadonlyMap<number, SeenGeneration>;
  readonly #opened = new Map<number, Opened>();

  /** `current` is the one in force, verified and trusted; it is closed by whoever opened it. */
  constructor(current: BaselineReader, seen: readonly SeenGeneration[]) {
    this.#current = current;
    this.#seen = new Map(seen.map((generation) => [generation.sequence, generation]));
    this.#take(current);
    if (current.file === STANDARD_INPUT) return;
    for (const { sequence, file } of olderGenerations(current.file)) this.#open(sequence, file);
    this.#verifyChain();
  }

  /** The generation of a number, or undefined when nothing is known of it. */
  readonly find = (sequence: number): KnownGeneration | undefined => {
    const opened = this.#opened.get(sequence);
    if (opened !== undefined) return opened.known;
    const seen = this.#seen.get(sequence);
    return seen && { note: noteOf(seen), contents: undefined };
  };

  /** The seal of a generation, as far as it is known. */
  sealOf(sequence: number): string | undefined {
    return this.#opened.get(sequence)?.reader.seal ?? this.#seen.get(sequence)?.seal;
  }

  /** All that are known, oldest first. */
  list(): readonly EvidenceGeneration[] {
    const sequences = [...new Set([...this.#seen.keys(), ...this.#opened.keys()])].sort((left, right) => left - right);
    return sequences.flatMap((sequence): EvidenceGeneration[] => {
      const opened = this.#opened.get(sequence);
      if (opened !== undefined) {
        const { reader, known } = opened;
        const signature = plainVerdict(judgeSignature(reader, signersOf(reader)));
        const { policySha256 } = reader.header;
        return [{ ...known.note, seal: reader.seal, source: 'sealed', signature, policySha256 }];
      }
      const seen = this.#seen.get(sequence);
      return seen === undefined ? [] : [{ ...noteOf(seen), seal: printableText(seen.seal), source: 'remembered' }];
    });
  }

  /** Whether a generation waits for a signature. */
  get hasCandidate(): boolean {
    const { file } = this.#current;
    return file !== STANDARD_INPUT && existsSync(candidateFile(file));
  }

  close(): void {
    for (const { reader } of this.#opened.values()) if (reader !== this.#current) reader.close();
  }

  #open(sequence: number, file: string): void {
    let reader: BaselineReader;
    try {
      reader = BaselineReader.open(file);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.problems.push(error.message);
      return;
    }
    const problem = this.#contradiction(reader, sequence);
    if (problem === undefined) {
      // A run that was killed while it made the next generation leaves the one in force under both names.
      if (sequence === this.#current.header.sequence) reader.close();
      else this.#take(reader);
      return;
    }
    this.problems.push(`${printableText(file)}: ${problem}`);
    reader.close();
  }

  /** What is known against a file. */
  #contradiction({ header, seal }: BaselineReader, sequence: number): string | undefined {
    if (header.sequence !== sequence) return `it is sequence ${header.sequence} under the name of ${sequence}`;
    const known = this.sealOf(sequence);
    return known === undefined || known === seal ? undefined : `it was replaced: its seal was ${printableText(known)}`;
  }

  #take(reader: BaselineReader): void {
    const { header } = reader;
    const lookup = new BaselineLookup(reader);
    const mounts = new Map(header.mounts.map((mount) => [mount.path, mount]));
    const contents: KnownGeneration['contents'] = {
      recordAt: (path) => lookup.findPath(path)?.record,
      mountAt: (path) => mounts.get(path),
    };
    this.#opened.set(header.sequence, { reader, known: { note: noteOf(header), contents } });
  }

  /** Each names the seal of the one before it. */
  #verifyChain(): void {
    for (const [sequence, { reader }] of this.#opened) {
      const before = this.sealOf(sequence - 1);
      if (before === undefined || reader.header.previousSeal === before) continue;
      const what = `generation ${sequence} does not follow generation ${sequence - 1}: it names another seal`;
      this.problems.push(what);
    }
  }
}

function noteOf({ sequence, createdAt, origin }: Omit<SeenGeneration, 'seal'>): GenerationNote {
  const { command, who, why, ticket } = origin;
  return {
    sequence,
    createdAt: printableText(createdAt),
    command: printableText(command),
    who: printableText(who),
    why: printableText(why),
    ...(ticket === undefined ? {} : { ticket: printableText(ticket) }),
  };
}

export function plainVerdict({
  status,
  signer,
  reason,
}: SignatureVerdict): NonNullable<EvidenceGeneration['signature']> {
  return {
    status,
    ...(signer === undefined ? {} : { signer }),
    ...(reason === undefined ? {} : { reason }),
  };
}
