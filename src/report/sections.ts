/** The order in which a reader should meet what a report holds, the same in text, HTML and Markdown. */
import type { Report, ReportChange, ReportError } from '../model/report.ts';
import { SEVERITIES, type Severity } from '../model/severity.ts';
import { explanationOf, type PackageGroup, packageGroups } from './explained.ts';
import { type ChangeGroup, groupChanges, mustBeRead } from './groups.ts';
import { massChanges } from './mass.ts';
import { type ViolatedObject, violatedObjects } from './violations.ts';
import { plural } from './words.ts';

export interface SeveritySection {
  readonly severity: Severity;
  /** Findings in it. */
  readonly count: number;
  /** Objects that are not as required, each with what changed of it. */
  readonly violated: readonly ViolatedObject[];
  /** What nothing explains: what must be read, then the rest in the order of paths. */
  readonly groups: readonly ChangeGroup[];
  /** What packages explain. */
  readonly explained: readonly PackageGroup[];
}

/** A text, its numbers and a mail ask for the same. */
const known = new WeakMap<Report, readonly SeveritySection[]>();

/** The findings that count, the worst severity first; severities without any are left out. */
export function severitySections(report: Report): readonly SeveritySection[] {
  const sections = known.get(report) ?? sectionsOf(report);
  known.set(report, sections);
  return sections;
}

function sectionsOf(report: Report): readonly SeveritySection[] {
  const objects = violatedObjects(report);
  const told = new Set(objects.flatMap(({ change }) => change ?? []));
  return [...SEVERITIES].reverse().flatMap((severity) => {
    const isHere = (change: ReportChange): boolean => change.severity === severity && !told.has(change);
    const changes = report.changes.filter((change) => isHere(change) && change.consequence !== true);
    const violated = objects.filter((object) => object.severity === severity);
    const count = changes.length + violated.length;
    if (count === 0) return [];
    const groups = groupsInOrder(changes.filter((change) => explanationOf(change) === undefined));
    return [{ severity, count, violated, groups, explained: packageGroups(changes) }];
  });
}

/** New executables come in numbers, and anybody can make more: they must not stand before what has a graver flag. */
function isOnlyExecutable({ flags, content }: ReportChange): boolean {
  const hasFacts = content !== undefined && content.facts.length > 0;
  return !hasFacts && flags.every((flag) => flag === 'executable-appeared');
}

function pressing({ changes }: ChangeGroup): number {
  if (!changes.some(mustBeRead)) return 0;
  return changes.every(isOnlyExecutable) ? 1 : 2;
}

/** What must be read comes before what comes in numbers, and what changed alike in many places last. */
function groupsInOrder(changes: readonly ReportChange[]): readonly ChangeGroup[] {
  const { groups, rest } = massChanges(changes);
  return [...groupChanges(rest).toSorted((left, right) => pressing(right) - pressing(left)), ...groups];
}

export interface Consequences {
  readonly changes: readonly ReportChange[];
  /** What they are and how many, one text for each sort. */
  readonly words: readonly string[];
}

/** What only follows from the findings, and counts nowhere. */
export function consequencesOf(report: Report): Consequences {
  const changes = report.changes.filter((change) => change.consequence === true);
  const isMove = (change: ReportChange): boolean => change.kind === 'moved';
  const directories = changes.filter((change) => !isMove(change) && change.type === 'directory').length;
  const moved = changes.filter(isMove).length;
  const logs = changes.length - directories - moved;
  const words: string[] = [];
  if (directories > 0) {
    words.push(`${plural(directories, 'directory', 'directories')} changed only because of the above`);
  }
  if (moved > 0) words.push(`${plural(moved, 'object')} moved along with a directory above`);
  if (logs > 0) words.push(`${plural(logs, 'new log')} in the place of a rotated one`);
  return { changes, words };
}

/** Errors with the same code have the same remedy. */
export function errorsByCode(errors: readonly ReportError[]): ReadonlyMap<string, readonly ReportError[]> {
  const byCode = new Map<string, ReportError[]>();
  for (const error of errors) {
    const same = byCode.get(error.code);
    if (same === undefined) byCode.set(error.code, [error]);
    else same.push(error);
  }
  return byCode;
}
