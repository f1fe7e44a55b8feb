/**
 * Flags: combinations of attributes that mean more than their parts, and the severity they raise a finding to. Looks at
 * the two records of one object only; whether an object moved or a log was rotated is decided elsewhere.
 */
import { type AttributeName, isDigestName } from '../model/attributes.ts';
import { attributeBytes, permissions, type RecordBytes, recordType, sameAttribute } from '../model/record.ts';
import type { FindingFlag } from '../model/report.ts';
import { atLeast, type Severity } from '../model/severity.ts';
import { type FlagName, flagBit } from '../model/values/flags.ts';

// inode(7)
const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_ISVTX = 0o1000;
const S_IWOTH = 0o0002;
const ANY_EXECUTE = 0o0111;

const NONE: readonly FindingFlag[] = [];
const RAISED_TO: Severity = 'high';

/**
 * Flags that tell of rights somebody gained, of a protection taken away, of an effort to hide a change, or of what
 * contradicts the packages. The rule may have been written with harmless changes in mind; such a finding is at least
 * `high` whatever the rule says.
 */
const RAISING: ReadonlySet<FindingFlag> = new Set([
  'setuid-added',
  'setgid-added',
  'capability-added',
  'immutable-no-longer',
  'append-only-no-longer',
  'content-changed-times-kept',
  'package-mismatch',
  'unowned-now-claimed',
  'rolled-back',
  'database-contradiction',
]);

export function raisedSeverity(severity: Severity, flags: readonly FindingFlag[]): Severity {
  return !atLeast(severity, RAISED_TO) && flags.some((flag) => RAISING.has(flag)) ? RAISED_TO : severity;
}

type Predicate = (record: RecordBytes) => boolean;

const isSetuid: Predicate = (record) => recordType(record) === 'file' && (permissions(record) & S_ISUID) !== 0;
// On a directory setgid hands the group down to new files: usual on a new one, worth a flag when it appears later.
const isSetgid: Predicate = (record) => recordType(record) === 'file' && (permissions(record) & S_ISGID) !== 0;
const isSetgidDirectory: Predicate = (record) =>
  recordType(record) === 'directory' && (permissions(record) & S_ISGID) !== 0;
const isExecutable: Predicate = (record) => recordType(record) === 'file' && (permissions(record) & ANY_EXECUTE) !== 0;
const hasCapabilities: Predicate = (record) => (attributeBytes(record, 'caps')?.length ?? 0) > 0;

/** Others may write: the mode of a symbolic link means nothing, and a sticky directory such as /tmp is meant so. */
const isWorldWritable: Predicate = (record) => {
  const type = recordType(record);
  if (type === 'symlink' || (permissions(record) & S_IWOTH) === 0) return false;
  return type !== 'directory' || (permissions(record) & S_ISVTX) === 0;
};

function hasFileFlag(record: RecordBytes, name: FlagName): boolean {
  const bytes = attributeBytes(record, 'flags');
  if (bytes === undefined) return false;
  return (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(0) & flagBit(name)) !== 0;
}

/** Flags of a new object. */
export function flagsOfAdded(after: RecordBytes): readonly FindingFlag[] {
  const flags: FindingFlag[] = [];
  if (isSetuid(after)) flags.push('setuid-added');
  if (isSetgid(after)) flags.push('setgid-added');
  if (isWorldWritable(after)) flags.push('world-writable-now');
  if (hasCapabilities(after)) flags.push('capability-added');
  if (isExecutable(after)) flags.push('executable-appeared');
  return flags.length === 0 ? NONE : flags;
}

/** Flags of an object that was there before. Only attributes that the rule watches and that differ raise one. */
export function flagsOfChanged(
  before: RecordBytes,
  after: RecordBytes,
  differences: readonly AttributeName[],
): readonly FindingFlag[] {
  const flags: FindingFlag[] = [];
  const appeared = (predicate: Predicate): boolean => predicate(after) && !predicate(before);
  const isOtherType = recordType(before) !== recordType(after);
  if (isOtherType || differences.includes('mode')) {
    if (appeared(isSetuid)) flags.push('setuid-added');
    if (appeared(isSetgid) || (!isOtherType && appeared(isSetgidDirectory))) flags.push('setgid-added');
    if (appeared(isWorldWritable)) flags.push('world-writable-now');
  }
  // Other capabilities than before count as added: which of them are new is for the reader to see.
  if ((isOtherType || differences.includes('caps')) && hasCapabilities(after)) flags.push('capability-added');
  if ((isOtherType || differences.includes('mode')) && appeared(isExecutable)) flags.push('executable-appeared');
  if (isOtherType) flags.push('type-changed');
  const isOtherContent = differences.some((name) => isDigestName(name) && attributeBytes(before, name) !== undefined);
  if (isOtherContent && sameAttribute(before, after, 'mtime')) flags.push('content-changed-times-kept');
  if (differences.includes('flags')) {
    const isGone = (name: FlagName): boolean => hasFileFlag(before, name) && !hasFileFlag(after, name);
    if (isGone('immutable')) flags.push('immutable-no-longer');
    if (isGone('append-only')) flags.push('append-only-no-longer');
  }
  return flags.length === 0 ? NONE : flags;
}
