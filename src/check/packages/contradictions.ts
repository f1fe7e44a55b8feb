/**
 * What of a finding contradicts the package database, the database itself, or what the baseline knows of packages. Such
 * a finding bears a flag, so that nothing explains it and it is read first. It reads no file.
 */
import type { Path } from '../../model/bytes.ts';
import { hasSameContent } from '../../model/content.ts';
import type { PackageClaim, PackageKnowledge } from '../../model/packages.ts';
import { attributeBytes, type RecordBytes, recordType } from '../../model/record.ts';
import type { FindingFlag } from '../../model/report.ts';
import type { Finding } from '../finding.ts';
import { isNobodys } from './never.ts';
import { hasOtherIdentity, rightsArePlain } from './rights.ts';

/** What is known of packages now, and was known when the baseline was made. */
export interface PackageMemory {
  readonly known: PackageKnowledge;
  /** Nothing is known of the packages of the baseline where it records none. */
  readonly hasRecorded: boolean;
  /** Owners in the baseline. */
  readonly owners: (path: Path) => readonly string[];
  /** It was installed, removed, or is of another version than in the baseline. */
  readonly hasChanged: (name: string) => boolean;
  readonly wasRecorded: (path: Path) => boolean;
  /** The file of overrides is the one that the baseline recorded. */
  readonly trustsOverrides: boolean;
}

/** Objects that dpkg makes nowhere in its database. */
const FOREIGN: ReadonlySet<string> = new Set(['block', 'char', 'fifo', 'socket']);

export interface Judged {
  readonly finding: Finding;
  readonly before: RecordBytes | undefined;
  readonly after: RecordBytes | undefined;
}

/** The flags that a finding gets beside those that it has. */
export function contradictions(judged: Judged, memory: PackageMemory): readonly FindingFlag[] {
  const flags: FindingFlag[] = [];
  const content = contentFlag(judged, memory);
  if (content !== undefined) flags.push(content);
  if (memory.hasRecorded) {
    if (isUnownedNowClaimed(judged, memory)) flags.push('unowned-now-claimed');
    if (isDatabaseContradiction(judged, memory)) flags.push('database-contradiction');
  }
  return flags;
}

export function installedClaims({ known }: PackageMemory, path: Path): readonly PackageClaim[] {
  return known.claims(path).filter(({ state }) => state === 'installed');
}

/** Its package ships other content and nobody is meant to edit it. What a rule does not digest cannot be told. */
function contentFlag({ finding, before, after }: Judged, memory: PackageMemory): FindingFlag | undefined {
  const { kind, path } = finding;
  if (kind === 'removed' || after === undefined || recordType(after) !== 'file') return undefined;
  const claims = installedClaims(memory, path).filter(({ isListed }) => isListed);
  const md5 = md5Of(after);
  if (md5 === undefined || claims.some(({ isConffile }) => isConffile)) return undefined;
  const shipped = claims.flatMap((claim) => claim.md5 ?? []);
  if (shipped.length === 0 || shipped.includes(md5)) return undefined;
  if (kind !== 'changed' || before === undefined || !hasSameContent(before, after)) return 'package-mismatch';
  // Content of before, though its package is another one now: somebody put the old one back.
  return memory.hasRecorded && memory.owners(path).some(memory.hasChanged) ? 'rolled-back' : undefined;
}

/** It was there and no package had it, or no package ever has such a thing, and one claims it now. */
function isUnownedNowClaimed({ finding, after }: Judged, memory: PackageMemory): boolean {
  const { kind, path, from } = finding;
  const isClaimed = (place: Path): boolean =>
    memory.owners(place).length === 0 && installedClaims(memory, place).length > 0;
  if (from !== undefined && isClaimed(from)) return true;
  if (!isClaimed(path)) return false;
  if (isNobodys(path) && (after === undefined || recordType(after) !== 'directory')) return true;
  return kind === 'changed' || kind === 'removed' || (kind === 'moved' && memory.wasRecorded(path));
}

function isDatabaseContradiction(judged: Judged, memory: PackageMemory): boolean {
  const { finding, after } = judged;
  if (isForeign(finding.path, after, memory)) return true;
  if (after !== undefined && isNewlyOverridden(judged, after, memory)) return true;
  return forgers(finding, memory).length > 0;
}

/** Among the files of the package database, and none of them. */
function isForeign(path: Path, after: RecordBytes | undefined, { known }: PackageMemory): boolean {
  const about = known.databaseFile(path);
  if (about === undefined || after === undefined) return false;
  if (about.kind === 'state') return FOREIGN.has(recordType(after));
  return recordType(after) !== 'file' || !rightsArePlain(after, undefined);
}

/**
 * Other rights than before, or unusual ones, and a line about it among overrides that are not those of the baseline.
 */
function isNewlyOverridden({ finding, before }: Judged, after: RecordBytes, memory: PackageMemory): boolean {
  if (memory.trustsOverrides || !memory.known.overrides.names(finding.path)) return false;
  return before === undefined ? !rightsArePlain(after, undefined) : hasOtherIdentity(before, after);
}

/**
 * The packages whose files in the database contradict each other about an object that is gone: the list has it no more,
 * but the digests or conffiles do, or the status file does not know the package any more.
 */
export function forgers(
  { kind, path, from }: Finding,
  { known, owners, hasChanged }: PackageMemory,
): readonly string[] {
  const gone = kind === 'removed' ? path : from;
  if (gone === undefined || !owners(gone).some(hasChanged)) return [];
  return known
    .claims(gone)
    .filter(({ isListed, state }) => state === 'unknown' || (state === 'installed' && !isListed))
    .map((claim) => claim.package);
}

export function md5Of(record: RecordBytes): string | undefined {
  const bytes = attributeBytes(record, 'md5');
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
}
