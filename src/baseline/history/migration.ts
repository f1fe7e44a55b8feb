/**
 * Brings the tables of a history of format 2, in which generations stood outside of the chain, to the present format.
 * The runs stay as they are, with their digests.
 */
import type { Database } from 'better-sqlite3';
import { createTable, HISTORY_VERSION } from './schema.ts';
import { addGeneration, RECORD_TYPES } from './seen-generations.ts';
import { typedRow } from './stored-types.ts';

/**
 * For one transaction. `inForceOn` is the host whose generations they are taken to be; empty where nothing but the file
 * says so, since format 2 did not tell what came into force from what was only looked at.
 */
export function migrateFormat2(database: Database, inForceOn: string): void {
  database.exec('ALTER TABLE runs RENAME TO runs_2');
  database.exec('ALTER TABLE generations RENAME TO generations_2');
  createTable(database, 'runs');
  createTable(database, 'generations');
  const facts =
    'number, id, lineage, host, startedAt, finishedAt, status, exitCode, sequence, seal, rules, limits, summary, ' +
    'report, states';
  database.exec(
    `INSERT INTO runs (${facts}, generations, previous, digest) SELECT ${facts}, '', previous, digest FROM runs_2`,
  );
  const old: unknown[] = database.prepare('SELECT * FROM generations_2 ORDER BY lineage, sequence').all();
  for (const row of old) {
    const typed = typedRow('generations', RECORD_TYPES, row);
    const { lineage, seenAt, ticket, sequence, seal, createdAt, command, who, why } = typed;
    const origin = { command, who, why, ...(ticket === '' ? {} : { ticket }) };
    addGeneration(database, { lineage, generation: { sequence, seal, createdAt, origin }, seenAt, inForceOn });
  }
  database.exec('DROP TABLE runs_2');
  database.exec('DROP TABLE generations_2');
  database.pragma(`user_version = ${HISTORY_VERSION}`);
}
