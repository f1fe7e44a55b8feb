/**
 * Groups changes for a reader: what came, went or moved together in one place is one group, and a directory that is new
 * as a whole takes what is in it along. A change that must be read is never grouped.
 */
import type { ChangeKind, ReportChange } from '../model/report.ts';
import { plain } from './plain.ts';
import { grouped } from './words.ts';

/** A group or list longer than this is folded to its first entries. */
export const FOLDED_ABOVE = 12;
export const SHOWN_OF_FOLDED = 5;

export interface ChangeGroup {
  readonly kind: ChangeKind;
  /** The directory that holds them. */
  readonly directory: string;
  readonly changes: readonly ReportChange[];
  /** What they have in common besides, how many they are, and lines of a diff that came or went in each (mass.ts). */
  readonly common?: { readonly title: string; readonly lines: readonly string[] };
}

/** A group on one line: `40 added in /srv and below`. */
export function groupTitle({ changes, kind, directory, common }: ChangeGroup): string {
  return `${common?.title ?? `${grouped(changes.length)} ${kind}`} in ${plain(directory)} and below`;
}

/** Whether only the first few of a group are named. */
export function isFolded({ changes, common }: ChangeGroup): boolean {
  return common !== undefined || changes.length > FOLDED_ABOVE;
}

/** Whether a change is more than one of many: it bears a flag, or something is known of what changed inside. */
export function mustBeRead({ flags, content }: ReportChange): boolean {
  return flags.length > 0 || (content !== undefined && content.facts.length > 0);
}

/** Of a printable path. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** `changes` are in path order, so that a directory comes before what is in it. */
export function groupChanges(changes: readonly ReportChange[]): readonly ChangeGroup[] {
  const groups: { kind: ChangeKind; directory: string; changes: ReportChange[] }[] = [];
  const open = new Map<string, ReportChange[]>();
  /** For each grouped directory, the directory that its group is named after. */
  const homes = new Map<string, string>();
  for (const change of changes) {
    const parent = parentOf(change.path);
    if (mustBeRead(change)) {
      groups.push({ kind: change.kind, directory: parent, changes: [change] });
      continue;
    }
    const home = homes.get(`${change.kind} ${parent}`) ?? parent;
    if (change.type === 'directory' && change.kind !== 'changed') homes.set(`${change.kind} ${change.path}`, home);
    const key = `${change.kind} ${home}`;
    const group = open.get(key);
    if (group !== undefined) group.push(change);
    else {
      const started = [change];
      open.set(key, started);
      groups.push({ kind: change.kind, directory: home, changes: started });
    }
  }
  return groups;
}
