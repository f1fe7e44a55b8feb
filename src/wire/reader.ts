/**
 * Reads the lines of a scan that runs on another host and hands them to a sink as they come, so that no more than a
 * line is held. The other host may be in an intruder's hands: whatever it sends is either well-formed or ends the
 * reading. A scan that is cut off is never taken for a whole one.
 */
import { type DigestName, digestLength } from '../model/attributes.ts';
import { comparePaths, type Path, printable, printableText } from '../model/bytes.ts';
import { DirectoryNodes } from '../model/directory-nodes.ts';
import type { MountPoint, ScanSink, ScanSummary } from '../model/entry.ts';
import { type Failure, UserError } from '../model/errors.ts';
import { isWellFormed, recordType, sizeOf } from '../model/record.ts';
import { storedName } from '../model/stored-entries.ts';
import { LONGEST_LINE, LONGEST_RECORD, MOST_LISTED, MOST_VALUES_OF_LINE } from './bounds.ts';
import { type RemoteViolation, SCAN_SCHEMA } from './format.ts';
import {
  bigOf,
  bytesOf,
  countOf,
  digestNamesOf,
  flagOf,
  type JsonObject,
  listOf,
  Malformed,
  objectOf,
  parseJson,
  pathOf,
  printableOf,
  textOf,
} from './json.ts';
import type { PrefixAnswers } from './prefixes.ts';
import type { RequestedObjects } from './selection.ts';
import { failureOf, mountOf, requirementsOf, unavailableOf } from './values.ts';

/** What the scan must be of, known from the request. */
export interface ExpectedScan {
  /** Who sends, for messages. */
  readonly sender: string;
  readonly version: string;
  readonly policySha256: string;
  /** Names of the rules the scan runs by, and whether each has requirements. */
  readonly rules: readonly { readonly name: string; readonly isRequirement: boolean }[];
  /** Bytes that all of it may have. */
  readonly longest: number;
  readonly requested: Pick<RequestedObjects, 'mayGovern' | 'mayRequire'>;
  /** Called before something is kept of which the sender decides how much there is; throws where it is too much. */
  readonly keep: (path: Path, bytes: number) => void;
}

/** All that a whole scan says beside its entries and failures. */
export interface RemoteScan {
  readonly host: string;
  readonly summary: ScanSummary;
  readonly violations: readonly RemoteViolation[];
  /** What could not be examined for the requirements. */
  readonly failures: readonly Failure[];
}

const LONGEST_HOST = 255;
/** Directories remembered, and bytes of their paths; others are built again from their paths. */
const REMEMBERED = 4096;
const REMEMBERED_BYTES = 1 << 24;
const NEWLINE = 0x0a;

export class RemoteScanReader {
  readonly #expected: ExpectedScan;
  readonly #sink: ScanSink;
  readonly #prefixes: PrefixAnswers;
  readonly #directories = new DirectoryNodes(REMEMBERED, REMEMBERED_BYTES);
  readonly #violations: RemoteViolation[] = [];
  readonly #failures: Failure[] = [];
  #begun: Buffer[] = [];
  #begunLength = 0;
  #lines = 0;
  #length = 0;
  #pulses = 0;
  #host: string | undefined;
  #summary: ScanSummary | undefined;
  #examined = 0;
  #failed = 0;
  #bytes = 0;

  constructor(expected: ExpectedScan, sink: ScanSink, prefixes: PrefixAnswers) {
    this.#expected = expected;
    this.#sink = sink;
    this.#prefixes = prefixes;
  }

  /** For a progress line; the bytes are the sizes of the objects, since only the end tells what was read. */
  get progress(): { readonly examined: number; readonly bytes: number } {
    return { examined: this.#examined, bytes: this.#bytes };
  }

  /** Lines that were whole and as they should be: by these the other side shows that it goes on. */
  get lines(): number {
    return this.#lines;
  }

  /** Takes the next bytes of the stream. Throws UserError io when they are no scan of what was asked for. */
  take(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#expected.longest) this.#refuse(`all of it is longer than ${this.#expected.longest} bytes`);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#line(this.#completed(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start === chunk.length) return;
    this.#begun.push(chunk.subarray(start));
    this.#begunLength += chunk.length - start;
    if (this.#begunLength > LONGEST_LINE) this.#refuse(`longer than ${LONGEST_LINE} bytes`);
  }

  /** What was said by a scan that came to its end. Throws UserError io when it did not. */
  finish(): RemoteScan {
    if (this.#begunLength > 0 || this.#summary === undefined || this.#host === undefined) {
      throw new UserError('io', `${this.#expected.sender}: the connection ended before the scan did`, {
        hint: 'nothing was compared; run the check again',
      });
    }
    return { host: this.#host, summary: this.#summary, violations: this.#violations, failures: this.#failures };
  }

  #completed(end: Buffer): Buffer {
    if (this.#begunLength === 0) return end;
    const line = Buffer.concat([...this.#begun, end]);
    this.#begun = [];
    this.#begunLength = 0;
    return line;
  }

  #refuse(problem: string): never {
    const place = `line ${this.#lines + (this.#begunLength > 0 ? 1 : 0)}`;
    throw new UserError('io', `${this.#expected.sender} sent what is no scan: ${place}: ${printableText(problem)}`, {
      hint: 'see that no shell profile there prints anything, and that its integ was not tampered with',
    });
  }

  #line(bytes: Buffer): void {
    this.#lines += 1;
    try {
      if (bytes.length > LONGEST_LINE) throw new Malformed(`longer than ${LONGEST_LINE} bytes`);
      this.#value(objectOf(parseJson(bytes, MOST_VALUES_OF_LINE), 'it'));
    } catch (error) {
      if (error instanceof Malformed) this.#refuse(error.message);
      throw error;
    }
  }

  #value(line: JsonObject): void {
    if (this.#summary !== undefined) throw new Malformed('it comes after the end');
    if (this.#host === undefined) this.#header(line);
    else if (line['record'] !== undefined) this.#entry(line);
    else if (line['failure'] !== undefined) this.#failure(objectOf(line['failure'], 'failure'));
    else if (line['prefix'] !== undefined) this.#prefix(objectOf(line['prefix'], 'prefix'));
    else if (line['violation'] !== undefined) this.#violation(objectOf(line['violation'], 'violation'));
    else if (line['pulse'] !== undefined) this.#pulse(line['pulse']);
    else if (line['summary'] !== undefined) this.#end(objectOf(line['summary'], 'summary'));
    else throw new Malformed('it is neither an entry nor anything else of a scan');
  }

  #header(line: JsonObject): void {
    const schema = line['schema'];
    if (typeof schema !== 'string' || !schema.startsWith('integ-scan/')) throw new Malformed('it is no scan of integ');
    const version = printableOf(line['version'], 'version');
    // Another version may see other attributes or another policy language: its scan would not mean the same.
    if (version !== this.#expected.version || schema !== SCAN_SCHEMA) {
      const versions = `integ ${version.slice(0, LONGEST_HOST)}, and this is integ ${this.#expected.version}`;
      throw new UserError('io', `${this.#expected.sender} has ${versions}`, {
        hint: 'install the same version on both hosts',
      });
    }
    const host = printableOf(line['host'], 'host');
    if (host === '' || host.length > LONGEST_HOST) throw new Malformed('host is no name of a host');
    const policy = objectOf(line['policy'], 'policy');
    const most = this.#expected.rules.length;
    const rules = listOf(line['rules'], 'rules', (rule) => textOf(rule, 'a rule'), most);
    const isSame =
      policy['sha256'] === this.#expected.policySha256 &&
      rules.length === this.#expected.rules.length &&
      rules.every((name, index) => name === this.#expected.rules[index]?.name);
    if (!isSame) throw new Malformed('it is a scan by another policy');
    this.#host = host;
  }

  #ruleOf(value: unknown): number {
    const rule = countOf(value, 'rule');
    if (rule >= this.#expected.rules.length) throw new Malformed('rule is none of the policy');
    return rule;
  }

  #entry(line: JsonObject): void {
    const path = pathOf(line, 'path');
    const rule = this.#ruleOf(line['rule']);
    const record = bytesOf(line['record'], 'record');
    if (record.length > LONGEST_RECORD) throw new Malformed(`record is longer than ${LONGEST_RECORD} bytes`);
    if (!isWellFormed(record)) throw new Malformed('record is not in the form of a record');
    if (!this.#expected.requested.mayGovern(rule, path, recordType(record))) {
      throw new Malformed(`${printable(path)} is not what the rule selects`);
    }
    this.#examined += 1;
    this.#bytes += Number(sizeOf(record));
    this.#sink.entry({
      directory: this.#directories.holderOf(path),
      name: storedName(path),
      rule,
      record,
    });
  }

  #failure(value: JsonObject): void {
    const failure = failureOf(value, pathOf(value, 'path'));
    const below = flagOf(value['below'], 'below');
    switch (value['part']) {
      case 'scan':
        this.#failed += 1;
        this.#sink.failure(failure, below);
        break;
      case 'requirements':
        this.#keep(failure.path, failure.message, failure.operation, failure.code);
        this.#failures.push(failure);
        break;
      default:
        throw new Malformed('part is neither scan nor requirements');
    }
  }

  #prefix(value: JsonObject): void {
    const path = pathOf(value, 'path');
    const length = bigOf(value['length'], 'length');
    const algorithms = digestNamesOf(value['algorithms'], 'algorithms');
    const outcome = value['failure'] === undefined ? digestsOf(value, algorithms) : failureOf(value['failure'], path);
    if (outcome instanceof Uint8Array) this.#keep(path);
    else this.#keep(path, outcome.message, outcome.operation, outcome.code);
    if (!this.#prefixes.add(path, length, algorithms, outcome))
      throw new Malformed('prefix is none that was asked for');
  }

  /** What is kept of a line beside the path costs an object of its own and its texts. */
  #keep(path: Path, ...texts: readonly string[]): void {
    this.#expected.keep(
      path,
      texts.reduce((sum, text) => sum + text.length, 0),
    );
  }

  /** The other side is at something that takes long. */
  #pulse(value: unknown): void {
    this.#pulses += 1;
    if (value !== this.#pulses) throw new Malformed('pulse is not the next one');
  }

  #violation(value: JsonObject): void {
    const rule = this.#ruleOf(value['rule']);
    if (this.#expected.rules[rule]?.isRequirement !== true) throw new Malformed('rule requires nothing');
    const expected = requirementsOf(value['expected'], 'expected');
    const actual = requirementsOf(value['actual'], 'actual');
    const path = pathOf(value, 'path');
    if (!this.#expected.requested.mayRequire(rule, path)) {
      throw new Malformed(`${printable(path)} is not what the rule requires something of`);
    }
    this.#keep(path, ...[...Object.entries(expected), ...Object.entries(actual)].flat().map(String));
    this.#violations.push({ path, rule, expected, actual });
  }

  #end(value: JsonObject): void {
    const examined = countOf(value['examined'], 'examined');
    const failures = countOf(value['failures'], 'failures');
    if (examined !== this.#examined) throw new Malformed(`${examined} objects announced, ${this.#examined} received`);
    if (failures !== this.#failed) throw new Malformed(`${failures} failures announced, ${this.#failed} received`);
    this.#summary = {
      examined,
      bytes: bigOf(value['bytes'], 'bytes'),
      failures,
      mounts: inOrder(listOf(value['mounts'], 'mounts', mountOf, MOST_LISTED)),
      unavailable: listOf(value['unavailable'], 'unavailable', unavailableOf, MOST_LISTED),
    };
  }
}

function digestsOf(value: JsonObject, algorithms: readonly DigestName[]): Uint8Array {
  const digests = bytesOf(value['digests'], 'digests');
  const wanted = algorithms.reduce((sum, name) => sum + digestLength(name), 0);
  if (digests.length !== wanted) throw new Malformed('digests have another length than their algorithms');
  return digests;
}

/** A scan tells each mount once, in byte order. */
function inOrder(mounts: readonly MountPoint[]): readonly MountPoint[] {
  for (const [index, { path }] of mounts.entries()) {
    const before = mounts[index - 1];
    if (before !== undefined && comparePaths(before.path, path) >= 0) throw new Malformed('mounts are not in order');
  }
  return mounts;
}
