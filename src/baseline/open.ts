/**
 * Opens a baseline file and lets it through only when every check of the format holds: trailer, marks, tables, rows,
 * seal. No row leaves this module's caller before that, and nothing beside the file (journal, WAL) is looked at.
 */
import { closeSync, fstatSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { SystemError } from '../model/errors.ts';
import { openRegular } from '../system/small-file.ts';
import { readHeader, type StoredHeader } from './header.ts';
import { manifestOf } from './manifest.ts';
import { APPLICATION_ID, FORMAT_VERSION, hasOurTables, PAGE_SIZE } from './schema.ts';
import { computeSeal } from './seal.ts';
import { damaged, readFailure, untrusted } from './sqlite-failure.ts';
import { type ByteSource, byteLength, checkTrailer, readBytes, TRAILER_LENGTH } from './trailer.ts';

export interface OpenBaseline {
  readonly database: Database;
  readonly stored: StoredHeader;
}

const SQLITE_MAGIC = 'SQLite format 3\0';
const SQLITE_HEADER_LENGTH = 100;

/** Offsets in the SQLite file header, https://www.sqlite.org/fileformat2.html section 1.3; big-endian. */
const HEADER = { pageSize: 16, writeVersion: 18, readVersion: 19, pageCount: 28, userVersion: 60, applicationId: 68 };

const WRONG_FILE = 'name the file that integ init wrote';

type Steps<Result> = Generator<void, Result, undefined>;

/** Looks at the bytes alone, before SQLite does. Throws a UserError. */
function* checkBytes(name: string, source: ByteSource): Steps<void> {
  const header = readBytes(source, 0, SQLITE_HEADER_LENGTH);
  if (header.length === 0) throw untrusted(name, 'the file is empty', WRONG_FILE);
  if (header.toString('latin1', 0, SQLITE_MAGIC.length) !== SQLITE_MAGIC) {
    throw untrusted(name, 'this is not a baseline (not an SQLite file)', WRONG_FILE);
  }
  if (header.length < SQLITE_HEADER_LENGTH) throw damaged(name, 'the file is truncated');
  const isOurs = header.readUInt32BE(HEADER.applicationId) === APPLICATION_ID;
  const trailer = yield* checkTrailer(source);
  if (trailer !== 'intact') {
    if (!isOurs) throw untrusted(name, 'this is an SQLite file, but not a baseline of integ', WRONG_FILE);
    if (trailer === 'wrong')
      throw damaged(name, 'the checksum at its end does not match: the file is damaged or edited');
    throw damaged(name, 'the checksum at its end is missing: the file is truncated or edited');
  }
  if (!isOurs) throw untrusted(name, 'this is not a baseline of integ', WRONG_FILE);
  const version = header.readUInt32BE(HEADER.userVersion);
  if (version !== FORMAT_VERSION) {
    const what = `its format is version ${version}, and this integ reads version ${FORMAT_VERSION}`;
    throw untrusted(name, what, 'use the version of integ that wrote it');
  }
  const pages = (byteLength(source) - TRAILER_LENGTH) / PAGE_SIZE;
  const isPlain =
    header.readUInt16BE(HEADER.pageSize) === PAGE_SIZE &&
    header[HEADER.writeVersion] === 1 &&
    header[HEADER.readVersion] === 1 &&
    header.readUInt32BE(HEADER.pageCount) === pages;
  if (!isPlain) throw damaged(name, 'the file was not written by integ');
}

function* checkRows(name: string, database: Database, expectedSeal: string | undefined): Steps<StoredHeader> {
  // The file may be forged: no function with side effects from a view, and every cell of a page checked for its size.
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  database.pragma('query_only = ON');
  // One read transaction for as long as it is open: SQLite looks neither at the locks nor for a journal again.
  database.exec('BEGIN');
  if (!hasOurTables(database)) throw damaged(name, 'its tables are not those of a baseline');
  const { seal, counts } = yield* computeSeal(database);
  const stored = readHeader(database);
  if (seal !== stored.seal) throw damaged(name, 'the seal does not match its contents: the file was edited');
  const isWhole = stored.entries === counts.entries && counts.highestRule < stored.rules.length;
  if (!isWhole) throw damaged(name, 'its contents contradict each other');
  if (stored.signed.manifest !== manifestOf(stored)) throw damaged(name, 'the manifest in it is of another baseline');
  if (expectedSeal !== undefined && !seal.startsWith(expectedSeal)) {
    const what = `the seal is ${seal}, not the expected ${expectedSeal}`;
    throw untrusted(name, what, 'this is another baseline than the one whose seal was written down: find out why');
  }
  return stored;
}

function* verified(name: string, database: Database, expectedSeal: string | undefined): Steps<OpenBaseline> {
  try {
    return { database, stored: yield* checkRows(name, database, expectedSeal) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite would play back a journal or read a WAL that lies beside the file: what was checked is the file alone. */
function refuseCompanions(file: string, path: string): void {
  for (const suffix of ['-journal', '-wal']) {
    if (lstatSync(path + suffix, { throwIfNoEntry: false }) === undefined) continue;
    const hint = `integ leaves no ${basename(path)}${suffix}: find out who made it, then remove it`;
    throw untrusted(file, `a journal lies beside it (${basename(path)}${suffix})`, hint);
  }
}

function openBytes(file: string): number {
  try {
    return openRegular(file);
  } catch (error) {
    if (error instanceof SystemError) throw untrusted(file, 'this is not a regular file', WRONG_FILE);
    throw error;
  }
}

function* openOnDisk(file: string, expectedSeal: string | undefined): Steps<OpenBaseline> {
  const descriptor = openBytes(file);
  try {
    const before = fstatSync(descriptor, { bigint: true });
    yield* checkBytes(file, descriptor);
    const path = realpathSync(file);
    refuseCompanions(file, path);
    const baseline = yield* verified(
      file,
      new SqliteDatabase(path, { readonly: true, fileMustExist: true }),
      expectedSeal,
    );
    // SQLite opened the name once more: what it reads must be what was checked.
    const after = statSync(path, { bigint: true });
    const isSame =
      after.dev === before.dev &&
      after.ino === before.ino &&
      after.size === before.size &&
      after.mtimeNs === before.mtimeNs &&
      after.ctimeNs === before.ctimeNs;
    if (isSame) return baseline;
    baseline.database.close();
    throw untrusted(file, 'the file changed while it was read', 'try again when nobody writes it');
  } finally {
    closeSync(descriptor);
  }
}

/** Opens and verifies, in steps; `name` is for messages when the source is a file in memory. Throws a UserError. */
export function* openBaseline(
  source: string | Buffer,
  name: string,
  expectedSeal: string | undefined,
): Steps<OpenBaseline> {
  try {
    if (typeof source === 'string') return yield* openOnDisk(source, expectedSeal);
    yield* checkBytes(name, source);
    return yield* verified(name, new SqliteDatabase(source, { readonly: true }), expectedSeal);
  } catch (error) {
    throw readFailure(name, error);
  }
}
