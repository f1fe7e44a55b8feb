/** Entries, headers and files that the tests of the baseline share. */
import { BaselineReader } from '../../src/baseline/reader.ts';
import { BaselineWriter } from '../../src/baseline/writer.ts';
import type { BaselineHeader } from '../../src/model/baseline.ts';
import { type Path, pathBytes, pathFromLatin1, ROOT } from '../../src/model/bytes.ts';
import type { DirectoryNode, Entry } from '../../src/model/entry.ts';
import { SYSEXITS, UserError } from '../../src/model/errors.ts';
import { packPaths } from '../../src/model/packages.ts';
import type { Rule } from '../../src/model/rule.ts';
import { runSteps } from '../../src/system/turns.ts';
import { encodeRecord } from './records.ts';

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

export const FILE = encodeRecord({ mode: 0o100644, numbers: { size: 11n, inode: 42n } });
export const DIRECTORY = encodeRecord({ mode: 0o040755, numbers: { inode: 2n } });

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
