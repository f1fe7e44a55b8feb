/**
 * The findings of a report as a review lists them: in the order and the words of the report, what it folds on one line,
 * what packages explain on one line a package.
 */
import type { Report, ReportChange } from '../../model/report.ts';
import { compareSeverity, type Severity } from '../../model/severity.ts';
import { explainedTitle, groupsByProof } from '../../report/explained.ts';
import { groupTitle, isFolded } from '../../report/groups.ts';
import { numbersMark } from '../../report/number-marks.ts';
import { type SeveritySection, severitySections } from '../../report/sections.ts';
import { grouped, plural } from '../../report/words.ts';

export interface ReviewItem {
  /** Position in report.changes. */
  readonly index: number;
  readonly change: ReportChange;
  /** Of the section that it stands in. */
  readonly severity: Severity;
  /** Whether its object is not as required either, which cannot be accepted. */
  readonly isViolated: boolean;
  /** Another rule under which the object is recorded: a group does not show that, so it is not decided with one. */
  readonly oldRule: string | undefined;
  /** What its rule alone would make it, where the finding is graver. */
  readonly raisedFrom: Severity | undefined;
  /** Objects that moved along with it. */
  readonly along: number;
}

/** Findings on one line, which can be unfolded. */
export interface ReviewFold {
  /** Tells it from the others of the report. */
  readonly key: string;
  readonly title: string;
  /** Lines of a diff that came or went in each of them. */
  readonly lines: readonly string[];
  readonly items: readonly ReviewItem[];
}

/** Findings below one heading. */
export interface ReviewGroup {
  readonly key: string;
  readonly title: string;
  readonly entries: readonly (ReviewItem | ReviewFold)[];
}

/** What the report alone does not tell, by the position of a finding in it. */
export interface KnownBesides {
  /** Other rules that findings came from. */
  readonly oldRules?: ReadonlyMap<number, string>;
  /** Severities of rules, by their printable names. */
  readonly ruleSeverities?: ReadonlyMap<string, Severity>;
}

export function isFold(entry: ReviewItem | ReviewFold): entry is ReviewFold {
  return 'items' in entry;
}

export function itemsOf(entries: readonly (ReviewItem | ReviewFold)[]): readonly ReviewItem[] {
  return entries.flatMap((entry) => (isFold(entry) ? entry.items : [entry]));
}

/** Consequences are no findings of their own: they come along with what they follow from. */
export function groupsOf(report: Report, known: KnownBesides): readonly ReviewGroup[] {
  const itemOf = itemMaker(report, known);
  return severitySections(report)
    .flatMap((section) => [unexplainedGroup(section, itemOf), ...explainedGroups(section, itemOf)])
    .filter(({ entries }) => entries.length > 0);
}

type ItemMaker = (change: ReportChange, severity: Severity, isViolated?: boolean) => ReviewItem;

function itemMaker(report: Report, { oldRules, ruleSeverities }: KnownBesides): ItemMaker {
  const positions = new Map(report.changes.map((change, index) => [change, index]));
  const along = movedAlong(report);
  return (change, severity, isViolated = false) => {
    const index = positions.get(change) ?? -1;
    const own = ruleSeverities?.get(change.rule);
    return {
      index,
      change,
      severity,
      isViolated,
      oldRule: oldRules?.get(index),
      raisedFrom: own !== undefined && compareSeverity(change.severity, own) > 0 ? own : undefined,
      along: along.get(change) ?? 0,
    };
  };
}

/** How many objects moved along with each directory that moved. */
function movedAlong({ changes }: Report): ReadonlyMap<ReportChange, number> {
  const moved = new Map<string, ReportChange>();
  for (const change of changes) {
    const { from, kind, type, consequence } = change;
    if (kind === 'moved' && type === 'directory' && consequence !== true && from !== undefined) moved.set(from, change);
  }
  const counts = new Map<ReportChange, number>();
  if (moved.size === 0) return counts;
  for (const { from = '', kind, consequence } of changes) {
    if (consequence !== true || kind !== 'moved') continue;
    for (let end = from.lastIndexOf('/'); end > 0; end = from.lastIndexOf('/', end - 1)) {
      const directory = moved.get(from.slice(0, end));
      if (directory !== undefined) counts.set(directory, (counts.get(directory) ?? 0) + 1);
    }
  }
  return counts;
}

function unexplainedGroup({ severity, violated, groups }: SeveritySection, itemOf: ItemMaker): ReviewGroup {
  const entries = [
    ...violated.flatMap(({ change }) => (change === undefined ? [] : [itemOf(change, severity, true)])),
    ...groups.flatMap((group, position): readonly (ReviewItem | ReviewFold)[] => {
      const items = group.changes.map((change) => itemOf(change, severity));
      if (!isFolded(group)) return items;
      const title = numbersMark(group.changes) + groupTitle(group);
      return [{ key: `${severity} ${position}`, title, lines: group.common?.lines ?? [], items }];
    }),
  ];
  const count = itemsOf(entries).length;
  return { key: severity, title: `${severity.toUpperCase()}: ${plural(count, 'finding')}`, entries };
}

function explainedGroups({ severity, explained }: SeveritySection, itemOf: ItemMaker): readonly ReviewGroup[] {
  return groupsByProof(explained).map((packages) => {
    const entries = packages.map(({ words, proof, changes }) => ({
      key: `${severity} ${proof} ${words}`,
      title: `${numbersMark(changes)}${words}: ${grouped(changes.length)}`,
      lines: [],
      items: changes.map((change) => itemOf(change, severity)),
    }));
    const title = `${severity.toUpperCase()}: ${explainedTitle(packages)}`;
    return { key: `${severity} ${packages[0]?.proof}`, title, entries };
  });
}
