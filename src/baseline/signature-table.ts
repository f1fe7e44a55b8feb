/**
 * The one row of a baseline file that its seal does not cover: the manifest, which names the seal, and the signature
 * over it. This module stores and reads the two texts and judges neither.
 */
import type { Database } from 'better-sqlite3';
import { blobRows } from './header-tables.ts';
import { MalformedRows } from './malformed.ts';

export const SIGNATURE_TABLE = 'CREATE TABLE signature (manifest TEXT NOT NULL, signature TEXT NOT NULL) STRICT';

/** A signature of RSA with 16,384 bits needs 6 KiB. */
const LONGEST_TEXT = 64 * 1024;

export interface StoredSignature {
  readonly manifest: string;
  /** In the armored form of ssh-keygen(1), or empty when the baseline is not signed. */
  readonly signature: string;
}

export function writeSignature(database: Database, { manifest, signature }: StoredSignature): void {
  database.exec('DELETE FROM signature');
  database.prepare('INSERT INTO signature VALUES (?, ?)').run(manifest, signature);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer | undefined): string {
  try {
    return decoder.decode(bytes ?? Buffer.alloc(0));
  } catch {
    throw new MalformedRows('the manifest or the signature is not UTF-8');
  }
}

/** Throws MalformedRows unless there is exactly one row of bounded length. */
export function readSignature(database: Database): StoredSignature {
  const lengths = blobRows(
    database,
    `SELECT CAST(max(length(CAST(manifest AS BLOB)), length(CAST(signature AS BLOB))) AS BLOB) FROM signature LIMIT 2`,
  );
  const [length] = lengths[0] ?? [];
  if (lengths.length !== 1 || length === undefined || Number(length.toString('latin1')) > LONGEST_TEXT) {
    throw new MalformedRows('there is no manifest, or more than one, or a huge one');
  }
  const [row = []] = blobRows(database, 'SELECT CAST(manifest AS BLOB), CAST(signature AS BLOB) FROM signature');
  return { manifest: textOf(row[0]), signature: textOf(row[1]) };
}
