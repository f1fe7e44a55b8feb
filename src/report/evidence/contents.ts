/**
 * States of objects as they are compared with what generations of the baseline record: by digests of the exact bytes,
 * so that following a million findings through a year of runs needs little memory. Says what a generation holds of a
 * finding, and decides nothing.
 */
import { createHash } from 'node:crypto';
import type { Path } from '../../model/bytes.ts';
import type { MountPoint } from '../../model/entry.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { RecordBytes } from '../../model/record.ts';
import type { GenerationNote } from './document.ts';

/** What a generation of the baseline records. */
interface GenerationContents {
  recordAt(path: Path): RecordBytes | undefined;
  mountAt(path: Path): MountPoint | undefined;
}

/** A generation that was in force; `contents` is missing where its file is gone or not to be trusted. */
export interface KnownGeneration {
  readonly note: GenerationNote;
  readonly contents: GenerationContents | undefined;
}

/** A generation that nobody remembers has a number and nothing else. */
export function forgotten(sequence: number): GenerationNote {
  return { sequence, createdAt: '', command: '', who: '', why: '' };
}

const ABSENT = '';

/** Both sides of a finding: what was recorded and what was found, each as one text; equal texts are equal states. */
export interface Sides {
  readonly path: Path;
  readonly from: Path | undefined;
  /** Whether the record at the path counts, and whether the mount there does. */
  readonly hasRecord: boolean;
  readonly hasMount: boolean;
  /** At `from`, of a moved object. */
  readonly origin: string;
  readonly before: string;
  readonly after: string;
}

function recordText(record: RecordBytes | undefined): string {
  return record === undefined ? ABSENT : createHash('sha256').update(record).digest('base64');
}

function mountText(mount: MountPoint | undefined): string {
  return mount === undefined ? ABSENT : JSON.stringify([mount.type, mount.source, mount.options]);
}

function text(record: string | undefined, mount: string | undefined): string {
  return JSON.stringify([record ?? null, mount ?? null]);
}

export function sidesOf(state: FindingState): Sides {
  const { kind, path, from, before, after, replaced, mount } = state;
  const hasMount = mount !== undefined;
  // A mount point of which only the mount differs has no record of its own in the finding.
  const hasRecord = kind !== 'changed' || after !== undefined;
  const isMove = kind === 'moved';
  const side = (record: RecordBytes | undefined, point: MountPoint | undefined): string =>
    text(hasRecord ? recordText(record) : undefined, hasMount ? mountText(point) : undefined);
  return {
    path,
    from: isMove ? from : undefined,
    hasRecord,
    hasMount,
    origin: isMove ? recordText(before) : ABSENT,
    before: side(isMove ? replaced : before, mount?.before),
    after: side(after, mount?.after),
  };
}

/** `after`: exactly the reported state. `before`: exactly what was recorded when it was reported. */
export type Held = 'after' | 'before' | 'other' | 'unknown';

/** What a generation holds of a finding; `reported` are the states in which runs have reported it. */
export function heldBy({ contents }: KnownGeneration, sides: Sides, reported: { has(after: string): boolean }): Held {
  if (contents === undefined) return 'unknown';
  const { path, from, hasRecord, hasMount, origin } = sides;
  const now = text(
    hasRecord ? recordText(contents.recordAt(path)) : undefined,
    hasMount ? mountText(contents.mountAt(path)) : undefined,
  );
  const source = from === undefined ? ABSENT : recordText(contents.recordAt(from));
  // Of an accepted move nothing is left at the old name, unless another object has taken it.
  if (reported.has(now) && (from === undefined || source !== origin)) return 'after';
  return now === sides.before && (from === undefined || source === origin) ? 'before' : 'other';
}
