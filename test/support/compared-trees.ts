/**
 * Records and trees in memory for tests of the comparison: the same bytes that a scan would give and a baseline hold.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Comparison, type ComparisonOptions, type ComparisonResult } from '../../src/check/comparison.ts';
import { compareCanonical } from '../../src/check/missing-entries.ts';
import type { BaselineEntries, StoredPathEntry } from '../../src/check/stored.ts';
import type { AttributeName, ObjectType } from '../../src/model/attributes.ts';
import { baseName, type Path, parentPath, pathBytes, pathFromLatin1, ROOT } from '../../src/model/bytes.ts';
import type { DirectoryNode, Entry, MountPoint } from '../../src/model/entry.ts';
import type { FailureCode } from '../../src/model/failure-codes.ts';
import type { RecordBytes } from '../../src/model/record.ts';
import type { Rule, Watch } from '../../src/model/rule.ts';
import type { StoredEntry } from '../../src/model/stored-entries.ts';
import { runSteps } from '../../src/system/turns.ts';
import { encodeRecord } from './records.ts';

const TYPE_BITS: Readonly<Record<ObjectType, number>> = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  fifo: 0o010000,
  socket: 0o140000,
  block: 0o060000,
  char: 0o020000,
};

export interface Facts {
  readonly type?: ObjectType;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly nlink?: number;
  readonly inode?: number;
  readonly mtime?: number;
  readonly ctime?: number;
  readonly size?: number;
  readonly flags?: number | 'unknown';
  /** Content of a file: its size and digests. */
  readonly content?: string;
  /** Digests recorded of the content. */
  readonly digests?: readonly ('crc32' | 'md5' | 'sha256')[];
  /** Values of optional and variable attributes, as they are stored. */
  readonly values?: { readonly [Name in AttributeName]?: Uint8Array };
}

export function digestOf(name: 'crc32' | 'md5' | 'sha256', content: string | Buffer): Buffer {
  if (name !== 'crc32') return createHash(name).update(content).digest();
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes;
}

export function record(facts: Facts = {}): RecordBytes {
  const { type = 'file', content, digests = ['crc32', 'sha256'], flags = 0 } = facts;
  const contents =
    type === 'file' && content !== undefined ? digests.map((name) => [name, digestOf(name, content)]) : [];
  const numbers = {
    uid: facts.uid ?? 0,
    gid: facts.gid ?? 0,
    nlink: facts.nlink ?? 1,
    size: facts.size ?? Buffer.byteLength(content ?? ''),
    inode: facts.inode ?? 1,
    flags: flags === 'unknown' ? 0 : flags,
  };
  return encodeRecord({
    mode: TYPE_BITS[type] | (facts.mode ?? 0o644),
    numbers: Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, BigInt(value)])),
    times: { mtime: [BigInt(facts.mtime ?? 1000), 0], ctime: [BigInt(facts.ctime ?? 1000), 0] },
    bytes: { ...facts.values, ...Object.fromEntries(contents) },
    flagsKnown: flags !== 'unknown',
  });
}

export const READ_ONLY: Watch = {
  attributes: [
    'type',
    'mode',
    'uid',
    'gid',
    'nlink',
    'size',
    'inode',
    'mtime',
    'ctime',
    'flags',
    'rdev',
    'crc32',
    'md5',
    'sha256',
    'target',
    'acl',
    'xattrs',
    'caps',
  ],
  growing: false,
  appendOnly: false,
  digests: ['crc32', 'md5', 'sha256'],
};
export const GROWING: Watch = {
  attributes: ['type', 'mode', 'uid', 'gid'],
  growing: true,
  appendOnly: false,
  digests: [],
};
export const APPEND_ONLY: Watch = { ...GROWING, appendOnly: true, digests: ['crc32', 'sha256'] };

export function rule(watch: Watch = READ_ONLY, more: Partial<Rule> = {}): Rule {
  return {
    index: 0,
    name: 'everything',
    severity: 'medium',
    paths: [{ text: '/', literal: '/' }],
    exclude: [],
    watch,
    depth: Number.POSITIVE_INFINITY,
    types: ['file', 'directory', 'symlink', 'fifo', 'socket', 'block', 'char'],
    match: [],
    crossMounts: false,
    require: undefined,
    notify: [],
    diff: undefined,
    ...more,
  };
}

export function mount(path: string, more: Partial<MountPoint> = {}): MountPoint {
  return { path: pathFromLatin1(path), type: 'ext4', source: '/dev/sda1', options: 'rw', entered: true, ...more };
}

interface Placed {
  readonly facts: Facts;
  readonly rule?: number;
}

/** Paths (one char a byte) and what lies there. */
export type Tree = Readonly<Record<string, Facts | Placed>>;

interface Row extends StoredPathEntry {
  readonly name: Path;
}

function placed(value: Facts | Placed): Placed {
  return 'facts' in value ? value : { facts: value };
}

/** A baseline in memory: the same lookups, the same order. */
class StoredTree implements BaselineEntries {
  readonly #directories = new Map<string, number>([['/', 1]]);
  readonly #rows: Row[] = [];
  readonly #byName = new Map<string, StoredEntry>();

  constructor(tree: Tree) {
    const paths = Object.keys(tree).map(pathFromLatin1).sort(compareCanonical);
    for (const [id, path] of paths.entries()) {
      const { facts, rule: index = 0 } = placed(tree[path] ?? {});
      const directory = path === ROOT ? 0 : this.#directoryId(parentPath(path));
      const row = { path, directory, name: baseName(path), id, rule: index, record: record(facts) };
      this.#rows.push(row);
      this.#byName.set(`${directory}/${row.name}`, row);
    }
  }

  get entryCount(): number {
    return this.#rows.length;
  }

  directory(parent: number, name: Buffer): number | undefined {
    for (const [path, id] of this.#directories) {
      if (path === '/' || path.slice(path.lastIndexOf('/') + 1) !== name.toString('latin1')) continue;
      if (this.#directories.get(parentPath(pathFromLatin1(path))) === parent) return id;
    }
    return undefined;
  }

  find(directory: number, name: Buffer): StoredEntry | undefined {
    return this.#byName.get(`${directory}/${name.toString('latin1')}`);
  }

  entries(): IterableIterator<StoredPathEntry> {
    return this.#rows.values();
  }

  #directoryId(path: Path): number {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    this.#directoryId(parentPath(path));
    const id = this.#directories.size + 1;
    this.#directories.set(path, id);
    return id;
  }
}

export function storedTree(tree: Tree): BaselineEntries {
  return new StoredTree(tree);
}

export interface Scan {
  readonly tree: Tree;
  readonly failures?: readonly { readonly path: string; readonly below?: boolean; readonly code?: string }[];
  readonly mounts?: readonly MountPoint[];
}

export interface Given {
  readonly recordedMounts?: readonly MountPoint[];
  readonly options?: Partial<ComparisonOptions>;
}

/** Hands over the objects of a tree as a scan does. */
export function feed(tree: Tree, onEntry: (entry: Entry) => void): void {
  const nodes = new Map<string, DirectoryNode>();
  const nodeOf = (path: Path): DirectoryNode => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    const node = { parent: path === ROOT ? undefined : nodeOf(parentPath(path)), name: baseName(path) };
    nodes.set(path, node);
    return node;
  };
  for (const [text, value] of Object.entries(tree)) {
    const path = pathFromLatin1(text);
    const { facts, rule: index = 0 } = placed(value);
    const directory = path === ROOT ? undefined : nodeOf(parentPath(path));
    onEntry({ directory, name: pathBytes(baseName(path)), rule: index, record: record(facts) });
  }
}

/** Feeds a scan of `now` to a comparison with a baseline that holds `before`. */
export function compareTrees(before: Tree | BaselineEntries, now: Tree | Scan, given: Given = {}): ComparisonResult {
  const scan: Scan = 'tree' in now ? (now as Scan) : { tree: now as Tree };
  const baseline = 'entryCount' in before ? (before as BaselineEntries) : new StoredTree(before as Tree);
  const comparison = new Comparison(baseline, { rules: [rule()], ...given.options });
  feed(scan.tree, (entry) => comparison.entry(entry));
  for (const { path, below = false, code = 'EACCES' } of scan.failures ?? []) {
    // Stored reports may have any code: what shows them is tested with such ones.
    const failure = { path: pathFromLatin1(path), operation: 'open', code: code as FailureCode };
    comparison.failure({ ...failure, message: 'permission denied' }, below);
  }
  return runSteps(comparison.finish(given.recordedMounts ?? [], scan.mounts ?? []));
}

/** One line for each finding, in path order: what a reader would name first. */
export function lines(result: ComparisonResult): readonly string[] {
  return result.findings
    .map((finding) => {
      const from = finding.from === undefined ? '' : ` from ${finding.from}`;
      const what = finding.kind === 'changed' || finding.kind === 'moved' ? ` [${finding.differences.join(' ')}]` : '';
      const flags = finding.flags.length === 0 ? '' : ` ${finding.flags.join(' ')}`;
      return `${finding.path}: ${finding.kind}${from}${what}${flags}${finding.isConsequence ? ' (consequence)' : ''}`;
    })
    .sort();
}
