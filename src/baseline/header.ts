/** Writes what a baseline says of itself into the tables beside the tree, and reads it back. */
import type { Database } from 'better-sqlite3';
import type { BaselineHeader, GenerationOrigin } from '../model/baseline.ts';
import { type Path, pathBytes, pathFromBytes } from '../model/bytes.ts';
import type { Rule } from '../model/rule.ts';
import { isSeverity, type Severity } from '../model/severity.ts';
import { blobRows, type HeaderTable, readMeta, readRows, storable, writeRows } from './header-tables.ts';
import { MalformedRows } from './malformed.ts';
import { readSignature, type StoredSignature } from './signature-table.ts';

const COMMANDS: readonly GenerationOrigin['command'][] = ['init', 'accept', 'policy update'];

/** A rule as the baseline names it; what it selects is in the policy text. */
export interface StoredRule {
  readonly name: string;
  readonly severity: Severity;
  /** Names of the watched attributes, then `growing` or `append-only`, separated by spaces. */
  readonly watch: string;
}

export interface StoredHeader {
  readonly header: BaselineHeader;
  readonly rules: readonly StoredRule[];
  readonly entries: number;
  readonly seal: string;
  /** Not under the seal. */
  readonly signed: StoredSignature;
}

export function writeRules(database: Database, rules: readonly Rule[]): void {
  const rows = rules.map(({ name, severity, watch }) => {
    const manner = watch.appendOnly ? ['append-only'] : watch.growing ? ['growing'] : [];
    return [name, severity, [...watch.attributes, ...manner].join(' ') || 'nothing'];
  });
  writeRows(database, 'rules', rows);
}

function writeMeta(database: Database, key: string, value: string | number | Buffer): void {
  // The driver binds a large JavaScript number as REAL; its digits are sealed, so it must be an integer.
  const stored = typeof value === 'number' ? BigInt(value) : typeof value === 'string' ? storable(value) : value;
  database.prepare('INSERT INTO meta VALUES (?, ?)').run(key, stored);
}

export function writeHeader(database: Database, header: BaselineHeader, entries: number): void {
  const { origin } = header;
  writeMeta(database, 'host', header.host);
  writeMeta(database, 'version', header.version);
  writeMeta(database, 'sequence', header.sequence);
  writeMeta(database, 'createdAt', header.createdAt);
  writeMeta(database, 'previousSeal', header.previousSeal);
  writeMeta(database, 'command', origin.command);
  writeMeta(database, 'who', origin.who);
  writeMeta(database, 'why', origin.why);
  if (origin.ticket !== undefined) writeMeta(database, 'ticket', origin.ticket);
  writeMeta(database, 'root', pathBytes(header.root));
  writeMeta(database, 'policyName', header.policyName);
  writeMeta(database, 'policySha256', header.policySha256);
  writeMeta(database, 'entries', entries);

  const { policy, startLinks, mounts, unavailable, failures, packages } = header;
  const write = <Row>(table: HeaderTable, rows: readonly Row[], values: (row: Row) => (string | Buffer | number)[]) =>
    writeRows(database, table, rows.map(values));
  write('policy_sources', policy, ({ name, text }) => [name, text]);
  write('start_links', startLinks, ({ rule, path, target }) => [rule, pathBytes(path), pathBytes(target)]);
  write('mounts', mounts, ({ path, type, source, options, entered }) => [
    pathBytes(path),
    type,
    source,
    options,
    entered ? 1 : 0,
  ]);
  write('unavailable', unavailable, ({ attribute, fileSystem, example }) => [
    attribute,
    fileSystem,
    pathBytes(example),
  ]);
  write('failures', failures, ({ path, operation, code, message }) => [pathBytes(path), operation, code, message]);
  write('packages', packages, ({ name, version, files }) => [name, version, Buffer.from(files)]);
}

export function writeSeal(database: Database, seal: string): void {
  writeMeta(database, 'seal', seal);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The values of one row, taken one after the other. */
class Fields {
  readonly #values: readonly Buffer[];
  #at = 0;

  constructor(values: readonly Buffer[]) {
    this.#values = values;
  }

  bytes(): Buffer {
    const value = this.#values[this.#at];
    if (value === undefined) throw new MalformedRows('a value of the header is missing');
    this.#at += 1;
    return value;
  }

  path(): Path {
    return pathFromBytes(this.bytes());
  }

  text(): string {
    const bytes = this.bytes();
    try {
      return decoder.decode(bytes);
    } catch {
      throw new MalformedRows('a text of the header is not UTF-8');
    }
  }

  /** A whole number from 0 to 2^53 - 1. */
  number(): number {
    const text = this.text();
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    throw new MalformedRows('a number of the header is none');
  }
}

function rowsOf<Row>(database: Database, table: HeaderTable, decode: (fields: Fields) => Row): Row[] {
  return readRows(database, table).map((values) => decode(new Fields(values)));
}

/** The values of `meta` by key. */
class Meta {
  readonly #values = new Map<string, Buffer>();

  constructor(rows: readonly Buffer[][]) {
    for (const row of rows) {
      const fields = new Fields(row);
      this.#values.set(fields.text(), fields.bytes());
    }
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  value(key: string): Fields {
    const value = this.#values.get(key);
    if (value === undefined) throw new MalformedRows(`the header has no ${key}`);
    return new Fields([value]);
  }

  text(key: string): string {
    return this.value(key).text();
  }
}

function readOrigin(meta: Meta): GenerationOrigin {
  const written = meta.text('command');
  const command = COMMANDS.find((known) => known === written);
  if (command === undefined) throw new MalformedRows('the command that made it is unknown');
  const origin = { command, who: meta.text('who'), why: meta.text('why') };
  return meta.has('ticket') ? { ...origin, ticket: meta.text('ticket') } : origin;
}

function decodeRule(fields: Fields): StoredRule {
  const name = fields.text();
  const severity = fields.text();
  if (!isSeverity(severity)) throw new MalformedRows('a rule has an unknown severity');
  return { name, severity, watch: fields.text() };
}

function readSeal(database: Database): string {
  const [row] = blobRows(database, "SELECT CAST(value AS BLOB) FROM meta WHERE key = 'seal'");
  if (row === undefined) throw new MalformedRows('there is no seal');
  return new Fields(row).text();
}

/** Reads everything beside the tree. Throws MalformedRows when it is not what integ writes. */
export function readHeader(database: Database): StoredHeader {
  const meta = new Meta(readMeta(database));
  return {
    header: {
      host: meta.text('host'),
      version: meta.text('version'),
      sequence: meta.value('sequence').number(),
      createdAt: meta.text('createdAt'),
      previousSeal: meta.text('previousSeal'),
      origin: readOrigin(meta),
      root: meta.value('root').path(),
      policyName: meta.text('policyName'),
      policySha256: meta.text('policySha256'),
      policy: rowsOf(database, 'policy_sources', (fields) => ({ name: fields.text(), text: fields.text() })),
      startLinks: rowsOf(database, 'start_links', (fields) => ({
        rule: fields.number(),
        path: fields.path(),
        target: fields.path(),
      })),
      mounts: rowsOf(database, 'mounts', (fields) => ({
        path: fields.path(),
        type: fields.text(),
        source: fields.text(),
        options: fields.text(),
        entered: fields.number() === 1,
      })),
      unavailable: rowsOf(database, 'unavailable', (fields) => ({
        attribute: fields.text(),
        fileSystem: fields.text(),
        example: fields.path(),
      })),
      failures: rowsOf(database, 'failures', (fields) => ({
        path: fields.path(),
        operation: fields.text(),
        code: fields.text(),
        message: fields.text(),
      })),
      packages: rowsOf(database, 'packages', (fields) => ({
        name: fields.text(),
        version: fields.text(),
        files: fields.bytes(),
      })),
    },
    rules: rowsOf(database, 'rules', decodeRule),
    entries: meta.value('entries').number(),
    seal: readSeal(database),
    signed: readSignature(database),
  };
}
