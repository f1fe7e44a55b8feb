/** The generations of baselines that were ever in force, as rows of a history. What they mean is decided elsewhere. */
import type { Database } from 'better-sqlite3';
import type { GenerationOrigin } from '../../model/baseline.ts';

/** A generation that was in force once, as it was first seen. */
export interface SeenGeneration {
  readonly sequence: number;
  readonly seal: string;
  readonly createdAt: string;
  readonly origin: Omit<GenerationOrigin, 'command'> & { readonly command: string };
}

interface GenerationRow {
  readonly sequence: number;
  readonly seal: string;
  readonly createdAt: string;
  readonly command: string;
  readonly who: string;
  readonly why: string;
  readonly ticket: string;
}

/** Adds one; one that is known already stays as it is. */
export function addGeneration(database: Database, lineage: string, generation: SeenGeneration, seenAt: string): void {
  const { sequence, seal, createdAt, origin } = generation;
  database
    .prepare('INSERT OR IGNORE INTO generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(lineage, sequence, seal, createdAt, origin.command, origin.who, origin.why, origin.ticket ?? '', seenAt);
}

/** All of one baseline, oldest first. */
export function generationsOf(database: Database, lineage: string): readonly SeenGeneration[] {
  const rows = database
    .prepare(
      'SELECT sequence, seal, createdAt, command, who, why, ticket FROM generations WHERE lineage = ? ORDER BY sequence',
    )
    .all(lineage);
  return rows.map((row) => {
    // The table is STRICT: the columns have the types they were declared with.
    const { sequence, seal, createdAt, command, who, why, ticket } = row as GenerationRow;
    const origin = { command, who, why, ...(ticket === '' ? {} : { ticket }) };
    return { sequence, seal, createdAt, origin };
  });
}
