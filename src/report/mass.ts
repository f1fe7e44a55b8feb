/**
 * What changed alike in many places is one event to its reader: a restored backup, a clock that was set, a recursive
 * chown, a remount, one script in four hundred pages. Told once, with what differs, after the changes that stand alone.
 */
import { type AttributeName, isDigestName } from '../model/attributes.ts';
import type { ReportChange } from '../model/report.ts';
import { type ChangeGroup, FOLDED_ABOVE, mustBeRead, parentOf } from './groups.ts';
import { plain } from './plain.ts';
import { grouped } from './words.ts';

/** Differ whenever a file is written anew or put elsewhere, each time otherwise. */
const INCIDENTAL: ReadonlySet<string> = new Set<AttributeName>([
  ...(['inode', 'mtime', 'ctime', 'atime', 'btime', 'blocks', 'nlink'] as const),
]);
/** Must have gone from the same to the same to be alike, and how that came to be. */
const ALIKE: ReadonlyMap<string, string> = new Map<AttributeName, string>([
  ['dev', 'as when they are mounted from another device'],
  ['uid', 'as by a recursive chown'],
  ['gid', 'as by a recursive chgrp'],
  ['mode', 'as by a recursive chmod'],
  ['acl', 'as by a recursive setfacl'],
  ['selinux', 'as by a relabelling'],
]);
/** Content differs, and what differs in it is known by its lines. */
const CONTENT: ReadonlySet<string> = new Set(['size']);
/** Fewer with the same lines are read one by one. */
const LEAST_OF_SAME_LINES = 3;
/** What stands for a secret in a diff; two of them need not be the same. */
const REDACTED = '<redacted';

interface Alike {
  /** Equal for those that changed alike. */
  readonly key: string;
  readonly title: (count: number) => string;
  /** Lines of a diff, without what is around them. */
  readonly lines: readonly string[];
  readonly least: number;
}

/** Lines that came or went; undefined where not all of them are known. */
function changedLines({ content }: ReportChange): readonly string[] | undefined {
  if (content?.diff === undefined || content.omitted !== undefined) return undefined;
  const lines = content.diff.filter((line) => line.startsWith('+') || line.startsWith('-'));
  return lines.length === 0 || lines.some((line) => line.includes(REDACTED)) ? undefined : lines;
}

function namesDiffering(names: ReadonlySet<string>): string {
  const times = [...names].some((name) => name.endsWith('time'));
  return [...(names.has('inode') ? ['inode'] : []), ...(times ? ['times'] : [])].join(' and ');
}

/** What many may have in common with a change; undefined for one that stands alone. */
function alikeOf(change: ReportChange): Alike | undefined {
  if (change.kind !== 'changed' || mustBeRead(change)) return undefined;
  // Computed at each access, so asked for once.
  const { attributes } = change;
  const lines = changedLines(change);
  const isDirectory = change.type === 'directory';
  const values: string[] = [];
  const names = new Set<string>();
  const causes = new Set<string>();
  for (const [name, { before, after }] of Object.entries(attributes)) {
    const cause = ALIKE.get(name);
    if (cause !== undefined) {
      values.push(`${name} ${plain(before ?? 'none')} -> ${plain(after ?? 'none')}`);
      causes.add(cause);
    } else if (INCIDENTAL.has(name)) names.add(name);
    else if (lines === undefined && !(isDirectory && CONTENT.has(name))) return undefined;
    else if (lines !== undefined && !isContent(name)) return undefined;
  }
  if (lines !== undefined) {
    const also = values.length === 0 ? '' : `, and ${values.join(', ')}`;
    return {
      key: JSON.stringify([lines, values]),
      title: (count) => `${grouped(count)} changed in the same lines${also}`,
      lines,
      least: LEAST_OF_SAME_LINES,
    };
  }
  const isReplaced = names.has('inode');
  const differing = namesDiffering(names);
  if (values.length === 0 && differing === '') return undefined;
  const what = values.length === 0 ? differing : [...values, ...(isReplaced ? [differing] : [])].join(', ');
  const why = values.length > 0 ? [...causes].join(', ') : isReplaced ? 'as after a restored backup' : TOUCHED;
  return {
    key: JSON.stringify([values, values.length === 0 ? differing : isReplaced]),
    title: (count) => `${grouped(count)} changed only in ${what}, ${why}`,
    lines: [],
    least: FOLDED_ABOVE + 1,
  };
}

const TOUCHED = 'as after a touch or a clock that was set';

function isContent(name: string): boolean {
  return CONTENT.has(name) || isDigestName(name);
}

/** The deepest directory that holds them all. */
function commonDirectory(changes: readonly ReportChange[]): string {
  const [first, ...others] = changes.map(({ path }) => parentOf(path).split('/'));
  let length = first?.length ?? 0;
  for (const names of others) {
    let same = 0;
    while (same < length && names[same] === first?.[same]) same += 1;
    length = same;
  }
  return first?.slice(0, length).join('/') || '/';
}

export interface MassChanges {
  readonly groups: readonly ChangeGroup[];
  /** What stands alone. */
  readonly rest: readonly ReportChange[];
}

/** Takes what changed alike out of the changes of one severity. */
export function massChanges(changes: readonly ReportChange[]): MassChanges {
  const found = new Map<string, { readonly alike: Alike; readonly changes: ReportChange[] }>();
  for (const change of changes) {
    const alike = alikeOf(change);
    if (alike === undefined) continue;
    const group = found.get(alike.key);
    if (group === undefined) found.set(alike.key, { alike, changes: [change] });
    else group.changes.push(change);
  }
  const groups = [...found.values()]
    .filter((group) => group.changes.length >= group.alike.least)
    .map(({ alike, changes: members }): ChangeGroup => {
      const common = { title: alike.title(members.length), lines: alike.lines };
      return { kind: 'changed', directory: commonDirectory(members), changes: members, common };
    });
  const taken = new Set(groups.flatMap((group) => group.changes));
  return { groups, rest: taken.size === 0 ? changes : changes.filter((change) => !taken.has(change)) };
}
