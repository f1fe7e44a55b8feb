/**
 * The generations of baselines that were ever seen, as rows of a history, each of which covers the one before by its
 * digest (docs/history-format.md, "Chain of generations"). What they mean is decided elsewhere.
 */
import type { Database } from 'better-sqlite3';
import type { GenerationOrigin } from '../../model/baseline.ts';
import { type ChainBreak, chainDigest, NO_GENERATION, type RunFacts } from './chain.ts';
import { chainEnd, setChainEnd } from './meta.ts';
import { type RowOf, typedRow } from './stored-types.ts';

/** A generation, as it was first seen. */
export interface SeenGeneration {
  readonly sequence: number;
  readonly seal: string;
  readonly createdAt: string;
  readonly origin: Omit<GenerationOrigin, 'command'> & { readonly command: string };
}

/** Columns that every format has. */
export const RECORD_TYPES = {
  lineage: 'text',
  sequence: 'count',
  seal: 'text',
  createdAt: 'text',
  command: 'text',
  who: 'text',
  why: 'text',
  ticket: 'text',
  seenAt: 'text',
} as const;

const TYPES = {
  number: 'count',
  ...RECORD_TYPES,
  /** Identity of the host on which it came into force; empty where it was only seen. */
  inForceOn: 'text',
  previous: 'text',
  digest: 'text',
} as const;

type GenerationRow = RowOf<typeof TYPES>;

const COLUMNS = Object.keys(TYPES).join(', ');

const PREAMBLE = 'integ-generation/1\n';

function rowDigest(row: Omit<GenerationRow, 'digest'>): string {
  const { number, lineage, sequence, seal, createdAt, command, who, why, ticket, seenAt, inForceOn, previous } = row;
  const origin = [command, who, why, ticket];
  return chainDigest(PREAMBLE, [number, lineage, sequence, seal, createdAt, ...origin, seenAt, inForceOn, previous]);
}

function rowsOf(database: Database): readonly GenerationRow[] {
  const rows: unknown[] = database.prepare(`SELECT ${COLUMNS} FROM generations ORDER BY number`).all();
  return rows.map((row) => typedRow('generations', TYPES, row));
}

export interface GenerationRecord {
  readonly lineage: string;
  readonly generation: SeenGeneration;
  readonly seenAt: string;
  /** Identity of this host, where it puts the generation into force; empty where it only saw it. */
  readonly inForceOn: string;
}

/**
 * Adds one at the end of the chain. One that is known stays as it is, and so does the first seal of a sequence; that
 * one which was only seen comes into force is added.
 */
export function addGeneration(database: Database, { lineage, generation, seenAt, inForceOn }: GenerationRecord): void {
  const { sequence, seal, createdAt, origin } = generation;
  const known = rowsOf(database).filter((row) => row.lineage === lineage && row.sequence === sequence);
  const isNews = inForceOn !== '' && known.every((row) => row.seal === seal && row.inForceOn !== inForceOn);
  if (known.length > 0 && !isNews) return;
  const head = chainEnd(database, 'generations');
  const { command, who, why, ticket = '' } = origin;
  const number = head.number + 1;
  const facts = { number, lineage, sequence, seal, createdAt, command, who, why, ticket, seenAt, inForceOn };
  const row = { ...facts, previous: head.digest };
  const digest = rowDigest(row);
  const places = COLUMNS.split(', ').map((column) => `@${column}`);
  database
    .prepare(`INSERT INTO generations (${COLUMNS}) VALUES (${places.join(', ')})`)
    .run({ ...row, digest } satisfies GenerationRow);
  setChainEnd(database, 'generations', { number, digest });
}

/** All of one baseline, oldest first. */
export function generationsOf(database: Database, lineage: string): readonly SeenGeneration[] {
  const found = new Map<number, SeenGeneration>();
  for (const row of rowsOf(database)) {
    if (row.lineage !== lineage || found.has(row.sequence)) continue;
    const { sequence, seal, createdAt, command, who, why, ticket } = row;
    const origin = { command, who, why, ...(ticket === '' ? {} : { ticket }) };
    found.set(sequence, { sequence, seal, createdAt, origin });
  }
  return [...found.values()].sort((left, right) => left.sequence - right.sequence);
}

/** Whether the generation with this seal came into force on a host, whatever its file was called. */
export function cameIntoForce(database: Database, seal: string, host: string): boolean {
  return rowsOf(database).some((row) => row.seal === seal && row.inForceOn === host);
}

/** What a run that is stored now covers. */
export function newestGeneration(database: Database): string {
  const { number, digest } = chainEnd(database, 'generations');
  return number === 0 ? NO_GENERATION : digest;
}

/** Where the chain of generations is broken, or where a run knew of one that is not there any more. */
export function verifyGenerations(
  database: Database,
  runs: Iterable<Pick<RunFacts, 'number' | 'generations'>>,
): readonly ChainBreak[] {
  const breaks: ChainBreak[] = [];
  const digests = new Set(['', NO_GENERATION]);
  let last = { number: 0, digest: '' };
  for (const row of rowsOf(database)) {
    const follows = row.number === last.number + 1 && row.previous === last.digest;
    if (!follows) breaks.push({ number: 0, what: `the generation before ${row.sequence} was removed or replaced` });
    if (rowDigest(row) !== row.digest) breaks.push({ number: 0, what: `generation ${row.sequence} was edited` });
    digests.add(row.digest);
    last = row;
  }
  const head = chainEnd(database, 'generations');
  if (head.number !== last.number || head.digest !== last.digest) {
    breaks.push({ number: 0, what: 'generations at the end of their chain were removed or replaced' });
  }
  for (const { number, generations } of runs) {
    if (!digests.has(generations))
      breaks.push({ number, what: 'generations that it knew of were removed or replaced' });
  }
  return breaks;
}
