/**
 * Finding states as bytes for the history (docs/history-format.md, "States"). Pure encoding: which states there are,
 * and what becomes of them, is decided elsewhere.
 */
import { type Path, pathBytes, pathFromBytes } from '../../model/bytes.ts';
import type { MountPoint } from '../../model/entry.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { RecordedPackage } from '../../model/packages.ts';
import { isWellFormed, type RecordBytes } from '../../model/record.ts';
import type { ChangeKind } from '../../model/report.ts';
import { MalformedRows } from '../malformed.ts';

const KINDS: readonly ChangeKind[] = ['added', 'removed', 'changed', 'moved'];
const PRESENT = {
  consequence: 1,
  from: 2,
  before: 4,
  after: 8,
  replaced: 16,
  mount: 32,
  mountBefore: 64,
  mountAfter: 128,
  content: 256,
  package: 512,
} as const;

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function sized(bytes: Uint8Array): Buffer[] {
  return [number(bytes.length), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)];
}

function mountBytes({ type, source, options, entered }: MountPoint): Buffer[] {
  const texts = [type, source, options].flatMap((text) => sized(Buffer.from(text, 'utf8')));
  return [...texts, Buffer.from([entered ? 1 : 0])];
}

function packageBytes({ name, version, files }: RecordedPackage): Buffer[] {
  return [Buffer.from(name, 'utf8'), Buffer.from(version, 'utf8'), files].flatMap(sized);
}

/** The bytes of one state. */
export function encodeState(state: FindingState): Buffer {
  const { from, before, after, replaced, content, mount, package: explaining } = state;
  let present = 0;
  if (state.isConsequence) present += PRESENT.consequence;
  if (from !== undefined) present += PRESENT.from;
  if (before !== undefined) present += PRESENT.before;
  if (after !== undefined) present += PRESENT.after;
  if (replaced !== undefined) present += PRESENT.replaced;
  if (content !== undefined) present += PRESENT.content;
  if (mount !== undefined) present += PRESENT.mount;
  if (explaining !== undefined) present += PRESENT.package;
  if (mount?.before !== undefined) present += PRESENT.mountBefore;
  if (mount?.after !== undefined) present += PRESENT.mountAfter;
  const parts = [
    Buffer.from([KINDS.indexOf(state.kind), present & 0xff, present >> 8]),
    number(state.rule),
    ...sized(pathBytes(state.path)),
  ];
  if (from !== undefined) parts.push(...sized(pathBytes(from)));
  for (const bytes of [before, after, replaced, content]) if (bytes !== undefined) parts.push(...sized(bytes));
  for (const side of [mount?.before, mount?.after]) if (side !== undefined) parts.push(...mountBytes(side));
  if (explaining !== undefined) parts.push(...packageBytes(explaining));
  return Buffer.concat(parts);
}

class StateReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(): FindingState {
    const [kindNumber = 0, low = 0, high = 0] = this.#take(3);
    const present = low | (high << 8);
    const kind = KINDS[kindNumber];
    if (kind === undefined) throw new MalformedRows('a state is of an unknown kind');
    const has = (bit: number): boolean => (present & bit) !== 0;
    const rule = this.#number();
    const path = this.#path();
    const from = has(PRESENT.from) ? this.#path() : undefined;
    const before = has(PRESENT.before) ? this.#record() : undefined;
    const after = has(PRESENT.after) ? this.#record() : undefined;
    const replaced = has(PRESENT.replaced) ? this.#record() : undefined;
    const content = has(PRESENT.content) ? this.#sized() : undefined;
    const mountBefore = has(PRESENT.mountBefore) ? this.#mount(path) : undefined;
    const mountAfter = has(PRESENT.mountAfter) ? this.#mount(path) : undefined;
    const mount = has(PRESENT.mount) ? { before: mountBefore, after: mountAfter } : undefined;
    const explaining = has(PRESENT.package) ? this.#package() : undefined;
    const isConsequence = has(PRESENT.consequence);
    const state = { kind, path, from, rule, isConsequence, before, after, replaced, content, mount };
    return explaining === undefined ? state : { ...state, package: explaining };
  }

  #take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new MalformedRows('a state ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #number(): number {
    return this.#take(4).readInt32LE();
  }

  #sized(): Buffer {
    return this.#take(this.#number());
  }

  #path(): Path {
    return pathFromBytes(this.#sized());
  }

  #record(): RecordBytes {
    const record = this.#sized();
    if (!isWellFormed(record)) throw new MalformedRows('a state holds a record that is none');
    return record;
  }

  #text(): string {
    return this.#sized().toString('utf8');
  }

  #mount(path: Path): MountPoint {
    return { path, type: this.#text(), source: this.#text(), options: this.#text(), entered: this.#take(1)[0] === 1 };
  }

  #package(): RecordedPackage {
    return { name: this.#text(), version: this.#text(), files: this.#sized() };
  }
}

/** The states in bytes that hold whole ones. Throws MalformedRows. */
export function* decodeStates(bytes: Buffer): Generator<FindingState, void, undefined> {
  const reader = new StateReader(bytes);
  while (!reader.isAtEnd) yield reader.next();
}
