/**
 * Opens the file of a history, or makes it, and lets it through only when its marks and tables are those of one. It
 * reads no row.
 */
import { accessSync, closeSync, constants, lstatSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { printableText } from '../../model/bytes.ts';
import { errorCode, SystemError, UserError } from '../../model/errors.ts';
import { foreignBecause } from '../../system/own-file.ts';
import { requireRegularFile } from '../../system/small-file.ts';
import { damagedHistory, historyFailure } from './failure.ts';
import { migrateFormat2 } from './migration.ts';
import {
  createHistorySchema,
  HISTORY_APPLICATION_ID,
  HISTORY_VERSION,
  hasHistoryTables,
  TABLES_OF_FORMAT_2,
} from './schema.ts';

/** Another run may be storing a long report. */
const WAIT_MILLISECONDS = 30_000;

/**
 * Opens a history to read and write; makes an empty one, for its owner alone, where there is none, and brings one of
 * format 2 to the present one (`adopt` is the host whose generations are in it, see `migrateFormat2`). Throws a
 * UserError: 65 when the file is damaged or no history, 73, 74 or 77 when it cannot be written.
 */
export function openHistoryFile(file: string, adopt: string): Database {
  try {
    const isNew = createFile(file);
    requireOwn(file);
    return verified(file, connect(file), (database) => {
      database.pragma('synchronous = FULL');
      database
        .transaction(() => {
          if (isNew && isEmpty(database)) createHistorySchema(database);
          if (isOfFormat2(database)) migrateFormat2(database, adopt);
        })
        .immediate();
    });
  } catch (error) {
    throw historyFailure(file, error);
  }
}

/**
 * Opens a history that exists, to read only; undefined when there is none. One of format 2 is left as it is and read in
 * the present form, from memory. Throws as `openHistoryFile`.
 */
export function openHistoryFileToRead(file: string, adopt: string): Database | undefined {
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    refuseForeignJournals(file);
    rollBackInterrupted(file);
    const { database, isOld } = connectToRead(file);
    return verified(file, database, (opened) => {
      if (isOld) opened.transaction(() => migrateFormat2(opened, adopt))();
    });
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return undefined;
    throw historyFailure(file, error);
  }
}

function connect(file: string, options: { readonly readonly?: boolean } = {}): Database {
  try {
    // SQLite would wait for who writes into a fifo.
    requireRegularFile(file);
  } catch (error) {
    if (error instanceof SystemError) throw damagedHistory(file, error.message, error);
    throw error;
  }
  return new SqliteDatabase(resolve(file), { ...options, fileMustExist: true, timeout: WAIT_MILLISECONDS });
}

/** One of an older format comes as a copy in memory, which can be brought to the present one. */
function connectToRead(file: string): { readonly database: Database; readonly isOld: boolean } {
  const database = connect(file, { readonly: true });
  try {
    if (!isOfFormat2(database)) return { database, isOld: false };
    const copy = new SqliteDatabase(database.serialize());
    database.close();
    return { database: copy, isOld: true };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** By its marks and its tables: no trigger of another's runs when it is changed. */
function isOfFormat2(database: Database): boolean {
  database.pragma('trusted_schema = OFF');
  return (
    database.pragma('application_id', { simple: true }) === HISTORY_APPLICATION_ID &&
    database.pragma('user_version', { simple: true }) === 2 &&
    hasHistoryTables(database, TABLES_OF_FORMAT_2)
  );
}

function verified(file: string, database: Database, prepare?: (database: Database) => void): Database {
  try {
    database.pragma('trusted_schema = OFF');
    prepare?.(database);
    requireHistory(file, database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Makes the file where there is none, mode 0600, before SQLite would make it readable for others. */
function createFile(file: string): boolean {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    closeSync(openSync(file, flags, 0o600));
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // A run that was killed right here leaves an empty file, which is as good as none.
    return lstatSync(file).size === 0;
  }
}

/** What is written must be the history and nothing else that somebody gave its name to. */
function requireOwn(file: string): void {
  const reason = foreignBecause(statSync(file, { bigint: true }));
  if (reason !== undefined) {
    throw new UserError('cannotCreate', `cannot write ${printableText(file)}: ${reason}`, {
      hint: 'move it away, or copy it to where it belongs with cp',
    });
  }
  refuseForeignJournals(file);
}

/**
 * SQLite plays back a journal beside the file, and removes the file that a journal names, whoever wrote it. A history
 * has never a WAL.
 */
function refuseForeignJournals(file: string): void {
  const path = realpathSync(file);
  for (const suffix of ['-journal', '-wal', '-shm']) {
    const found = lstatSync(path + suffix, { bigint: true, throwIfNoEntry: false });
    const reason = found && (suffix === '-journal' ? foreignBecause(found) : 'it is none of integ');
    if (reason === undefined) continue;
    const hint = `find out who made ${printableText(basename(path) + suffix)}, then remove it`;
    const what = `a journal that cannot be trusted lies beside it (${printableText(basename(path) + suffix)}: ${reason})`;
    throw new UserError('untrusted', `history ${printableText(file)}: ${what}`, { hint });
  }
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT count(*) FROM sqlite_schema').pluck(true).get() === 0;
}

/**
 * A run that was killed while it stored leaves a journal, which SQLite rolls back at the next opening, though never at
 * one to read only. Where it may not be rolled back, that opening says what is wrong.
 */
function rollBackInterrupted(file: string): void {
  if (lstatSync(`${realpathSync(file)}-journal`, { throwIfNoEntry: false }) === undefined) return;
  try {
    accessSync(file, constants.W_OK);
  } catch {
    return;
  }
  const database = connect(file);
  try {
    database.pragma('schema_version');
  } finally {
    database.close();
  }
}

function requireHistory(file: string, database: Database): void {
  const mark = database.pragma('application_id', { simple: true });
  if (mark !== HISTORY_APPLICATION_ID) throw damagedHistory(file, 'this is not a history of integ');
  const version = database.pragma('user_version', { simple: true });
  if (version !== HISTORY_VERSION) {
    throw new UserError('untrusted', `history ${printableText(file)}: its format is version ${String(version)}`, {
      hint: `this integ reads version ${HISTORY_VERSION}: use the version of integ that wrote it`,
    });
  }
  if (!hasHistoryTables(database)) throw damagedHistory(file, 'its tables are not those of a history');
}
