/**
 * The packed form in which a worker hands its results to the main thread: one transferable buffer holds thousands of
 * entries, so that the price of a message is paid once for all of them. All integers little-endian.
 */

/** What an item of a batch is about. `directory` refers to the task's list; the items after it belong to it. */
const ITEM = { directory: 1, entry: 2, child: 3, listed: 4, deferred: 5, job: 6, mountPoint: 7 } as const;

const INITIAL_LENGTH = 1 << 18;
/** A batch is sent when it holds this many bytes. */
export const FULL = INITIAL_LENGTH - (1 << 15);

/** A directory to descend into, with the identity it had when its parent was listed. */
export interface ChildItem {
  readonly name: Buffer;
  readonly isMountPoint: boolean;
  readonly identity: Identity;
}

/** Device and inode number: what a directory must still have when it is opened. */
export interface Identity {
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
}

/** A file whose digests are left for later: large, or one of several links to an inode. */
export interface DeferredItem {
  readonly name: Buffer;
  readonly rule: number;
  /** In bytes, as a number: for ordering only. */
  readonly size: number;
  readonly links: number;
  readonly identity: Identity;
}

export class BatchWriter {
  #buffer = Buffer.from(new ArrayBuffer(INITIAL_LENGTH));
  #view = new DataView(this.#buffer.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(this.#buffer.length * 2, this.#length + bytes)));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }

  #byte(value: number): void {
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  #name(name: string): void {
    this.#view.setUint16(this.#length, name.length, true);
    this.#length += 2;
    this.#length += this.#buffer.write(name, this.#length, 'latin1');
  }

  #identity(identity: Identity): void {
    this.#uint32(identity.major);
    this.#uint32(identity.minor);
    this.#view.setBigUint64(this.#length, identity.inode, true);
    this.#length += 8;
  }

  directory(index: number): void {
    this.#reserve(5);
    this.#byte(ITEM.directory);
    this.#uint32(index);
  }

  listed(): void {
    this.#reserve(1);
    this.#byte(ITEM.listed);
  }

  entry(name: string, rule: number, record: Uint8Array): void {
    this.#reserve(11 + name.length + record.length);
    this.#byte(ITEM.entry);
    this.#name(name);
    this.#uint32(rule);
    this.#uint32(record.length);
    this.#buffer.set(record, this.#length);
    this.#length += record.length;
  }

  child(name: string, isMountPoint: boolean, identity: Identity): void {
    this.#reserve(20 + name.length);
    this.#byte(ITEM.child);
    this.#name(name);
    this.#byte(isMountPoint ? 1 : 0);
    this.#identity(identity);
  }

  deferred(name: string, rule: number, size: number, links: number, identity: Identity): void {
    this.#reserve(35 + name.length);
    this.#byte(ITEM.deferred);
    this.#name(name);
    this.#uint32(rule);
    this.#view.setFloat64(this.#length, size, true);
    this.#length += 8;
    this.#uint32(links);
    this.#identity(identity);
  }

  /** A name that is to be looked at by itself. */
  mountPoint(name: string): void {
    this.#reserve(3 + name.length);
    this.#byte(ITEM.mountPoint);
    this.#name(name);
  }

  /** The outcome of job `index` follows as an entry, or with `hasEntry` false there is none: it failed or has gone. */
  job(index: number, hasEntry: boolean): void {
    this.#reserve(6);
    this.#byte(ITEM.job);
    this.#uint32(index);
    this.#byte(hasEntry ? 1 : 0);
  }

  /** Gives the buffer away and starts an empty one. */
  take(): { readonly buffer: ArrayBuffer; readonly length: number } {
    const taken = { buffer: this.#buffer.buffer, length: this.#length };
    this.#buffer = Buffer.from(new ArrayBuffer(INITIAL_LENGTH));
    this.#view = new DataView(this.#buffer.buffer);
    this.#length = 0;
    return taken;
  }
}

/** Receives the items of a batch; the buffers are views into the batch. */
export interface BatchHandler {
  directory(index: number): void;
  entry(name: Buffer, rule: number, record: Buffer): void;
  child(item: ChildItem): void;
  listed(): void;
  deferred(item: DeferredItem): void;
  job(index: number, hasEntry: boolean): void;
  mountPoint(name: Buffer): void;
}

export function readBatch(source: ArrayBuffer, length: number, handler: BatchHandler): void {
  const buffer = Buffer.from(source, 0, length);
  const view = new DataView(source, 0, length);
  let at = 0;
  const byte = (): number => view.getUint8(at++);
  const uint32 = (): number => {
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const bytes = (count: number): Buffer => {
    at += count;
    return buffer.subarray(at - count, at);
  };
  const name = (): Buffer => {
    at += 2;
    return bytes(view.getUint16(at - 2, true));
  };
  const identity = (): Identity => {
    const major = uint32();
    const minor = uint32();
    at += 8;
    return { major, minor, inode: view.getBigUint64(at - 8, true) };
  };
  while (at < length) {
    const item = byte();
    switch (item) {
      case ITEM.directory:
        handler.directory(uint32());
        break;
      case ITEM.entry: {
        const entryName = name();
        const rule = uint32();
        handler.entry(entryName, rule, bytes(uint32()));
        break;
      }
      case ITEM.child: {
        const childName = name();
        handler.child({ name: childName, isMountPoint: byte() === 1, identity: identity() });
        break;
      }
      case ITEM.listed:
        handler.listed();
        break;
      case ITEM.deferred: {
        const deferredName = name();
        const rule = uint32();
        at += 8;
        const size = view.getFloat64(at - 8, true);
        handler.deferred({ name: deferredName, rule, size, links: uint32(), identity: identity() });
        break;
      }
      case ITEM.job: {
        const index = uint32();
        handler.job(index, byte() === 1);
        break;
      }
      case ITEM.mountPoint:
        handler.mountPoint(name());
        break;
      default:
        throw new Error(`integ: internal error: item ${item} in a batch`);
    }
  }
}
