/**
 * The lines of `integ scan`: a scan as JSON, one object a line, exact and in any order but for the first line and the
 * last (docs/check-from-another-host.md). It only makes lines; reader.ts takes them for hostile and reads them.
 */
import type { DigestName } from '../model/attributes.ts';
import { type Path, pathBase64, pathFromText, printable } from '../model/bytes.ts';
import type { ScanSummary } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import { type RecordBytes, recordType } from '../model/record.ts';
import { formatAttributes } from '../model/values.ts';
import { bounded } from './bounds.ts';

export const SCAN_SCHEMA = 'integ-scan/1';

/** The first line. Everything after `root` is missing when the request was refused. */
export interface ScanHeader {
  /** Printable name of the host that was examined. */
  readonly host: string;
  readonly version: string;
  /** The directory there that was examined as root. */
  readonly root: Path;
  readonly policyName: string;
  readonly policySha256: string;
  /** Names of the rules; `rule` in the other lines counts in these. */
  readonly rules: readonly string[];
}

/** First bytes of a log whose digests are asked for, where the scan finds the file grown. */
export interface PrefixRequest {
  readonly path: Path;
  /** The file is also looked for under other names, by its inode number: logs are rotated. */
  readonly inode: bigint;
  /** In bytes. */
  readonly length: bigint;
  readonly algorithms: readonly DigestName[];
}

/** A prefix that was digested, or could not be. */
export interface PrefixAnswer {
  readonly path: Path;
  readonly length: bigint;
  readonly algorithms: readonly DigestName[];
  /** The digests one after the other in the order of `algorithms`. */
  readonly outcome: Uint8Array | Failure;
}

/** A requirement that does not hold. `rule` is an index. */
export interface RemoteViolation {
  readonly path: Path;
  readonly rule: number;
  readonly expected: Readonly<Record<string, string | boolean>>;
  readonly actual: Readonly<Record<string, string | boolean>>;
}

/** What a failure belongs to: the scan, or the requirements, which look at objects on their own. */
export type FailurePart = 'scan' | 'requirements';

/**
 * A path as members of a JSON object: printable under `name`, and the exact bytes under `nameBase64` wherever the UTF-8
 * form of the printable text is not the path itself.
 */
export function pathMembers(name: string, path: Path): Readonly<Record<string, string>> {
  const text = printable(path);
  // Printable text is the path itself only where that is plain ASCII, since a Path holds one character a byte.
  if (text === path || pathFromText(text) === path) return { [name]: text };
  return { [name]: text, [`${name}Base64`]: pathBase64(path) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

export function headerLine(header: ScanHeader): string {
  const { host, version, root, policyName, policySha256, rules } = header;
  return line({
    schema: SCAN_SCHEMA,
    host,
    version,
    ...pathMembers('root', root),
    policy: { name: policyName, sha256: policySha256 },
    rules,
  });
}

/** Says who answers, and nothing else: for a request of another version. */
export function refusalLine(host: string, version: string): string {
  return line({ schema: SCAN_SCHEMA, host, version });
}

/** `readable`: with type and attributes as text too, for people and other programs. */
export function entryLine(path: Path, rule: number, record: RecordBytes, readable: boolean): string {
  return line({
    ...pathMembers('path', path),
    rule,
    record: base64(record),
    ...(readable ? { type: recordType(record), attributes: formatAttributes(record) } : {}),
  });
}

/** `below`: nothing under the path was examined either. */
export function failureLine({ path, operation, code, message }: Failure, below: boolean, part: FailurePart): string {
  return line({ failure: { ...pathMembers('path', path), operation, code, message: bounded(message), below, part } });
}

export function prefixLine({ path, length, algorithms, outcome }: PrefixAnswer): string {
  const what = { ...pathMembers('path', path), length: String(length), algorithms };
  if (outcome instanceof Uint8Array) return line({ prefix: { ...what, digests: base64(outcome) } });
  const { operation, code, message } = outcome;
  return line({ prefix: { ...what, failure: { operation, code, message: bounded(message) } } });
}

export function violationLine({ path, rule, expected, actual }: RemoteViolation): string {
  const values = { expected: boundedValues(expected), actual: boundedValues(actual) };
  return line({ violation: { ...pathMembers('path', path), rule, ...values } });
}

function boundedValues(values: RemoteViolation['expected']): RemoteViolation['expected'] {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([key, value]) => [key, typeof value === 'string' ? bounded(value) : value]));
}

/** Says that the scan goes on although it has nothing to tell; they are counted from 1. */
export function pulseLine(pulse: number): string {
  return line({ pulse });
}

/** The last line: without it the scan is not complete. */
export function summaryLine({ examined, bytes, failures, mounts, unavailable }: ScanSummary): string {
  return line({
    summary: {
      examined,
      bytes: String(bytes),
      failures,
      mounts: mounts.map(({ path, ...mount }) => ({ ...pathMembers('path', path), ...mount })),
      unavailable: unavailable.map(({ example, ...item }) => ({ ...item, ...pathMembers('example', example) })),
    },
  });
}
