/** The files of a package before they are packed: each with its rights, and all of one time. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Staged {
  /** As it will be installed, without the / in front. */
  readonly path: string;
  readonly kind: 'directory' | 'file';
  readonly mode: number;
}

const byBytes = (left: Staged, right: Staged): number =>
  Buffer.compare(Buffer.from(left.path), Buffer.from(right.path));

export class Stage {
  readonly root: string;
  readonly #staged = new Map<string, Staged>();

  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { mode: 0o755 });
    chmodSync(root, 0o755);
  }

  /** Where an object lies now. */
  at(path: string): string {
    return join(this.root, path);
  }

  directory(path: string, mode = 0o755): void {
    const parent = dirname(path);
    if (parent !== '.') this.#directoryIfNew(parent);
    mkdirSync(this.at(path));
    this.#note(path, 'directory', mode);
  }

  #directoryIfNew(path: string): void {
    if (!this.#staged.has(path)) this.directory(path);
  }

  text(path: string, content: string | Buffer, mode = 0o644): void {
    this.#requireDirectory(path);
    writeFileSync(this.at(path), content);
    this.#note(path, 'file', mode);
  }

  /** As gzip -9n writes it. */
  compressed(path: string, content: string | Buffer): void {
    this.text(`${path}.gz`, gzipSync(content, { level: 9 }));
  }

  copy(from: string, path: string, mode = 0o644): void {
    this.#requireDirectory(path);
    copyFileSync(from, this.at(path));
    this.#note(path, 'file', mode);
  }

  #requireDirectory(path: string): void {
    const parent = dirname(path);
    if (parent !== '.') this.#directoryIfNew(parent);
  }

  #note(path: string, kind: Staged['kind'], mode: number): void {
    chmodSync(this.at(path), mode);
    this.#staged.set(path, { path, kind, mode });
  }

  /** In byte order of paths. */
  all(): readonly Staged[] {
    return [...this.#staged.values()].sort(byBytes);
  }

  files(): readonly string[] {
    return this.all().flatMap(({ path, kind }) => (kind === 'file' ? [path] : []));
  }

  read(path: string): Buffer {
    return readFileSync(this.at(path));
  }

  /** Bytes of all files. */
  size(): number {
    return this.files().reduce((sum, path) => sum + statSync(this.at(path)).size, 0);
  }

  /** Gives everything one time: whoever packs it writes that down. */
  setTimes(seconds: number): void {
    for (const { path } of this.all()) utimesSync(this.at(path), seconds, seconds);
    utimesSync(this.root, seconds, seconds);
  }
}
