/** Examines one object: from a name in an open directory to a record. The content of files is read in content.ts. */
import type { ObjectType } from '../model/attributes.ts';
import { joinPath, type Path, pathFromLatin1 } from '../model/bytes.ts';
import { type Failure, failureFrom, SystemError } from '../model/errors.ts';
import type { Kernel, Stat } from '../system/kernel.ts';
import { encodeRecord, tellsFlags } from './encode.ts';
import { type Extended, readExtended, wantedExtended } from './extended.ts';
import type { Shape } from './shape.ts';

const NOTHING: Extended = {};

/** What the examiner tells of, besides its results. */
export interface ExaminerEvents {
  failure(failure: Failure, below: boolean): void;
  unavailable(attribute: string, device: string, path: Path): void;
}

/** Where an object is looked for: an open directory and its path for messages. */
export interface Place {
  readonly descriptor: number;
  readonly path: Path;
}

/** What was read of a file that is still open. */
export interface Content {
  readonly descriptor: number;
  /** Concatenated in the order of the shape. */
  readonly digests: Uint8Array;
}

const ITSELF = pathFromLatin1('');

export class Examiner {
  readonly #kernel: Kernel;
  readonly #events: ExaminerEvents;

  constructor(kernel: Kernel, events: ExaminerEvents) {
    this.#kernel = kernel;
    this.#events = events;
  }

  fail(path: Path, error: unknown, below = false): void {
    this.#events.failure(failureFrom(path, error), below);
  }

  /** lstat; false when there is no such name any more, or when it failed, which was told. */
  stat(place: Place, name: Path, into: Stat): boolean {
    try {
      this.#kernel.stat(place.descriptor, name, into);
      return true;
    } catch (error) {
      if (!isGone(error)) this.fail(objectPath(place, name), error);
      return false;
    }
  }

  /** The record of an object that was looked at, with what was read of it. Undefined when it has gone. */
  describe(
    place: Place,
    name: Path,
    stat: Stat,
    type: ObjectType,
    shape: Shape,
    content?: Content,
  ): Buffer | undefined {
    let extended = NOTHING;
    try {
      if (shape.extended) extended = this.#extended(place, name, stat, type, shape, content?.descriptor);
      if (type === 'symlink') {
        extended = { ...extended, target: this.#kernel.readLink(place.descriptor, name) };
      }
    } catch (error) {
      if (isGone(error)) return undefined;
      this.fail(objectPath(place, name), error);
    }
    if (!tellsFlags(stat)) this.#unavailable('flags', place, name, stat);
    if (shape.btime && !stat.hasBirthTime) this.#unavailable('btime', place, name, stat);
    return encodeRecord(stat, shape, extended, content?.digests);
  }

  #extended(
    place: Place,
    name: Path,
    stat: Stat,
    type: ObjectType,
    shape: Shape,
    descriptor: number | undefined,
  ): Extended {
    // Of an open file they are read through its descriptor: by the time, another file may have the name.
    const extended =
      descriptor === undefined
        ? readExtended(this.#kernel, place.descriptor, name, type, shape)
        : readExtended(this.#kernel, descriptor, ITSELF, type, shape);
    if (extended !== undefined) return extended;
    for (const attribute of wantedExtended(shape, type)) this.#unavailable(attribute, place, name, stat);
    return NOTHING;
  }

  #unavailable(attribute: string, place: Place, name: Path, stat: Stat): void {
    this.#events.unavailable(attribute, `${stat.deviceMajor}:${stat.deviceMinor}`, objectPath(place, name));
  }
}

export function objectPath(place: Place, name: Path): Path {
  return name === '' ? place.path : joinPath(place.path, name);
}

/** Whether a call failed because the object is not there any more, which is an answer and no failure. */
export function isGone(error: unknown): boolean {
  return error instanceof SystemError && error.code === 'ENOENT';
}
