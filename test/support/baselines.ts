/** Entries, headers and files that the tests of the baseline share. */
import { BaselineReader } from '../../src/baseline/reader.ts';
import { BaselineWriter } from '../../src/baseline/writer.ts';
import type { AttributeName } from '../../src/model/attributes.ts';
import type { BaselineHeader } from '../../src/model/baseline.ts';
import { type Path, pathBytes, pathFromLatin1, ROOT } from '../../src/model/bytes.ts';
import type { DirectoryNode, Entry } from '../../src/model/entry.ts';
import { SYSEXITS, UserError } from '../../src/model/errors.ts';
import { packPaths } from '../../src/model/packages.ts';
import { FIXED_LENGTH, fieldBit, fixedOffset, OPTIONAL_FIELDS, VARIABLE_FIELDS } from '../../src/model/record.ts';
import type { Rule } from '../../src/model/rule.ts';
import { runSteps } from '../../src/system/turns.ts';

export const RULES: readonly Rule[] = ['System binaries', 'Configuration'].map((name, index) => ({
  index,
  name,
  severity: index === 0 ? 'critical' : 'high',
  paths: [],
  exclude: [],
  watch: {
    attributes: ['type', 'mode', 'uid', 'gid', 'size', 'sha256'],
    growing: false,
    appendOnly: false,
    digests: ['sha256'],
  },
  depth: Number.POSITIVE_INFINITY,
  types: ['file', 'directory'],
  match: [],
  crossMounts: false,
  require: undefined,
  notify: [],
  diff: undefined,
}));

export const HEADER: BaselineHeader = {
  host: 'mail1',
  version: '0.1.0',
  sequence: 1,
  createdAt: '2026-01-02T03:04:05.678901234Z',
  previousSeal: '',
  origin: { command: 'init', who: 'root', why: 'first baseline' },
  root: ROOT,
  policyName: 'mail-gateway',
  policySha256: 'ab'.repeat(32),
  policy: [{ name: '/etc/integ/policy.yaml', text: 'version: 1\nname: mail-gateway\n' }],
  startLinks: [{ rule: 0, path: pathFromLatin1('/bin'), target: pathFromLatin1('/usr/bin') }],
  mounts: [
    { path: pathFromLatin1('/proc'), type: 'proc', source: 'proc', options: 'nosuid,rw', entered: false },
    { path: pathFromLatin1('/mnt/\xff'), type: 'ext4', source: '/dev/sda1', options: 'ro', entered: true },
  ],
  unavailable: [{ attribute: 'btime', fileSystem: 'tmpfs', example: pathFromLatin1('/run') }],
  failures: [{ path: pathFromLatin1('/root/\n'), operation: 'open', code: 'EACCES', message: 'permission denied' }],
  packages: [
    {
      name: 'hello',
      version: '2.10-3',
      files: packPaths([pathFromLatin1('/usr/bin/hello'), pathFromLatin1('/a\xff')]),
    },
    { name: 'libc6:amd64', version: '2.36-9', files: packPaths([]) },
  ],
};

export interface RecordFields {
  readonly mode?: number;
  readonly numbers?: { readonly [Name in AttributeName]?: bigint };
  /** Bytes of optional and variable attributes; an empty variable one is known to be empty. */
  readonly bytes?: { readonly [Name in AttributeName]?: Uint8Array };
  readonly times?: { readonly [Name in AttributeName]?: readonly [seconds: bigint, nanoseconds: number] };
  readonly flagsKnown?: boolean;
}

function time(seconds: bigint, nanoseconds: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigInt64LE(seconds, 0);
  bytes.writeUInt32LE(nanoseconds, 8);
  return bytes;
}

/** Builds the bytes of a record from its values. */
export function record(fields: RecordFields = {}): Buffer {
  const fixed = Buffer.alloc(FIXED_LENGTH);
  let bits = fields.flagsKnown === true ? 1 : 0;
  fixed.writeUInt16LE(fields.mode ?? 0o100644, fixedOffset('mode'));
  const lengths: { readonly [Name in AttributeName]?: number } = { uid: 4, gid: 4, nlink: 4, flags: 4 };
  for (const [name, value] of Object.entries(fields.numbers ?? {}) as [AttributeName, bigint][]) {
    const offset = fixedOffset(name);
    if (lengths[name] === 4) fixed.writeUInt32LE(Number(value), offset);
    else fixed.writeBigUInt64LE(value, offset);
  }
  const values = new Map(Object.entries(fields.bytes ?? {}) as [AttributeName, Uint8Array][]);
  for (const [name, [seconds, nanoseconds]] of Object.entries(fields.times ?? {}) as [
    AttributeName,
    readonly [bigint, number],
  ][]) {
    if (name === 'mtime' || name === 'ctime') time(seconds, nanoseconds).copy(fixed, fixedOffset(name));
    else values.set(name, time(seconds, nanoseconds));
  }
  const parts: Uint8Array[] = [fixed];
  for (const { name } of OPTIONAL_FIELDS) {
    const value = values.get(name);
    if (value === undefined) continue;
    bits += fieldBit(name);
    parts.push(value);
  }
  for (const { name, filledBit } of VARIABLE_FIELDS) {
    const value = values.get(name);
    if (value === undefined) continue;
    bits += fieldBit(name);
    if (value.length === 0) continue;
    bits += 2 ** filledBit;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(value.length);
    parts.push(length, value);
  }
  fixed.writeUInt32LE(bits, 0);
  return Buffer.concat(parts);
}

export const FILE = record({ mode: 0o100644, numbers: { size: 11n, inode: 42n } });
export const DIRECTORY = record({ mode: 0o040755, numbers: { inode: 2n } });

/** Turns paths into entries as a scan delivers them, with one node for each directory. */
export class TreeSource {
  static name(text: string): Path {
    return pathFromLatin1(text);
  }

  readonly root: DirectoryNode = { parent: undefined, name: pathFromLatin1('') };
  readonly #nodes = new Map<string, DirectoryNode>([['', this.root]]);

  node(path: string): DirectoryNode {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const node = { parent: this.node(path.slice(0, slash)), name: pathFromLatin1(path.slice(slash + 1)) };
    this.#nodes.set(path, node);
    return node;
  }

  /** `path` is latin1, absolute; '/' is the root object. */
  entry(path: string, bytes: Uint8Array = FILE, rule = 0): Entry {
    if (path === '/') return { directory: undefined, name: Buffer.alloc(0), rule, record: bytes };
    const slash = path.lastIndexOf('/');
    return {
      directory: this.node(path.slice(0, slash)),
      name: pathBytes(pathFromLatin1(path.slice(slash + 1))),
      rule,
      record: bytes,
    };
  }
}

export const SMALL_TREE: readonly (readonly [path: string, bytes: Buffer])[] = [
  ['/', DIRECTORY],
  ['/bin', DIRECTORY],
  ['/bin/ls', FILE],
  ['/bin-x', FILE],
  ['/etc/mail', DIRECTORY],
  ['/etc/mail/new\nline', FILE],
  ['/etc/mail/\xff\xfe', FILE],
];

export function writeBaseline(
  file: string,
  tree: Iterable<readonly [path: string, bytes: Uint8Array]> = SMALL_TREE,
  header: BaselineHeader = HEADER,
): { seal: string; entries: number } {
  const writer = BaselineWriter.create(file, RULES);
  const source = new TreeSource();
  for (const [path, bytes] of tree) writer.add(source.entry(path, bytes));
  return runSteps(writer.finish(header));
}

/** Opens, hands the reader over, and closes it in any case. */
export function withReader<Result>(source: string | Buffer, use: (reader: BaselineReader) => Result): Result {
  const reader = BaselineReader.open(source);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

export function listing(source: string | Buffer): (readonly [path: Path, record: string])[] {
  return withReader(source, (reader) =>
    [...reader.entries()].map(({ path, record: bytes }) => [path, Buffer.from(bytes).toString('hex')] as const),
  );
}

/** What the user sees and how the command ends, or undefined when nothing was wrong. */
export function ending(run: () => unknown): { readonly exit: number; readonly line: string } | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return { exit: SYSEXITS[error.code], line: error.message };
    throw error;
  }
}

export function openAndClose(source: string | Buffer, expectSeal?: string): void {
  BaselineReader.open(source, expectSeal === undefined ? {} : { expectSeal }).close();
}
