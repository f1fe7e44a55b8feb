/**
 * Finding states as bytes for the history (docs/history-format.md, "States"). Pure encoding: which states there are, and
 * what becomes of them, is decided elsewhere.
 */
import { type Path, pathBytes, pathFromBytes } from '../model/bytes.ts';
import type { MountPoint } from '../model/entry.ts';
import type { FindingState } from '../model/finding-state.ts';
import { isWellFormed, type RecordBytes } from '../model/record.ts';
import type { ChangeKind } from '../model/report.ts';
import { MalformedRows } from './malformed.ts';

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

/** The bytes of one state. */
export function encodeState(state: FindingState): Buffer {
  const { from, before, after, replaced, mount } = state;
  let present = 0;
  if (state.isConsequence) present += PRESENT.consequence;
  if (from !== undefined) present += PRESENT.from;
  if (before !== undefined) present += PRESENT.before;
  if (after !== undefined) present += PRESENT.after;
  if (replaced !== undefined) present += PRESENT.replaced;
  if (mount !== undefined) present += PRESENT.mount;
  if (mount?.before !== undefined) present += PRESENT.mountBefore;
  if (mount?.after !== undefined) present += PRESENT.mountAfter;
  const parts = [
    Buffer.from([KINDS.indexOf(state.kind), present]),
    number(state.rule),
    ...sized(pathBytes(state.path)),
  ];
  if (from !== undefined) parts.push(...sized(pathBytes(from)));
  for (const record of [before, after, replaced]) if (record !== undefined) parts.push(...sized(record));
  for (const side of [mount?.before, mount?.after]) if (side !== undefined) parts.push(...mountBytes(side));
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
    const [kindNumber = 0, present = 0] = this.#take(2);
    const kind = KINDS[kindNumber];
    if (kind === undefined) throw new MalformedRows('a state is of an unknown kind');
    const has = (bit: number): boolean => (present & bit) !== 0;
    const rule = this.#number();
    const path = this.#path();
    const from = has(PRESENT.from) ? this.#path() : undefined;
    const before = has(PRESENT.before) ? this.#record() : undefined;
    const after = has(PRESENT.after) ? this.#record() : undefined;
    const replaced = has(PRESENT.replaced) ? this.#record() : undefined;
    const mountBefore = has(PRESENT.mountBefore) ? this.#mount(path) : undefined;
    const mountAfter = has(PRESENT.mountAfter) ? this.#mount(path) : undefined;
    const mount = has(PRESENT.mount) ? { before: mountBefore, after: mountAfter } : undefined;
    return { kind, path, from, rule, isConsequence: has(PRESENT.consequence), before, after, replaced, mount };
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

  #mount(path: Path): MountPoint {
    const text = (): string => this.#sized().toString('utf8');
    return { path, type: text(), source: text(), options: text(), entered: this.#take(1)[0] === 1 };
  }
}

/** The states in bytes that hold whole ones. Throws MalformedRows. */
export function* decodeStates(bytes: Buffer): Generator<FindingState, void, undefined> {
  const reader = new StateReader(bytes);
  while (!reader.isAtEnd) yield reader.next();
}
