/**
 * The body of a report in lines, block by block, for text and for mail: what comes in numbers is folded and counted,
 * and how to see it all is said.
 */
import { hintsOf } from '../model/failure-codes.ts';
import type { Report } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import {
  changeLines,
  diffLines,
  explainedLines,
  type Line,
  type LineStyle,
  numberedTitle,
  violatedLines,
} from './change-lines.ts';
import { explainedTitle, groupsByProof, type PackageGroup } from './explained.ts';
import { type ChangeGroup, FOLDED_ABOVE, groupTitle, isFolded, SHOWN_OF_FOLDED } from './groups.ts';
import { numbersMark } from './number-marks.ts';
import { plain } from './plain.ts';
import { consequencesOf, errorsByCode, type SeveritySection, severitySections } from './sections.ts';
import { scoreWords, verdictLines } from './verdicts.ts';
import { grouped, plural } from './words.ts';

export interface BlockStyle extends LineStyle {
  /** How all of something folded can be seen, as in "… and 7 more: all of them with --verbose". */
  readonly seeAll: string;
}

/** Lines that belong together. */
export interface Block {
  /** `heading`: of the items that follow. `passage`: a section of its own. */
  readonly kind: 'heading' | 'item' | 'passage';
  readonly lines: readonly Line[];
  /** Of findings and their headings. */
  readonly severity?: Severity;
  /** How much an item tells of: findings when it has a severity, else errors. */
  readonly tells?: number;
}

/** As many fit on a page; an upgrade of everything has hundreds. */
const MOST_PACKAGES = 40;

export function* reportBlocks(report: Report, style: BlockStyle): Generator<Block, void, undefined> {
  // Before anything that was found: below it, nobody may take the rest for the whole.
  yield* errorBlocks(report, style);
  yield* findingBlocks(report, style);
  yield* consequenceBlocks(report, style);
  if (style.verbose) yield* verdictBlocks(report);
  yield* noteBlocks(report);
}

export function* findingBlocks(report: Report, style: BlockStyle): Generator<Block, void, undefined> {
  for (const section of severitySections(report)) yield* severityBlocks(section, style);
}

function indented(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => ({ ...line, text: `  ${line.text}` }));
}

function* severityBlocks(section: SeveritySection, style: BlockStyle): Generator<Block, void, undefined> {
  const { severity, count, violated, groups, explained } = section;
  const title = `${severity.toUpperCase()}: ${plural(count, 'finding')}`;
  yield { kind: 'heading', lines: [{ text: title, tone: 'title' }], severity };
  for (const object of violated) {
    yield { kind: 'item', lines: indented(violatedLines(object, style)), severity, tells: 1 };
  }
  for (const group of groups) {
    if (!style.verbose && isFolded(group)) yield foldedBlock(group, severity, style);
    else {
      for (const change of group.changes) {
        yield { kind: 'item', lines: indented(changeLines(change, style)), severity, tells: 1 };
      }
    }
  }
  for (const packages of groupsByProof(explained)) yield* explainedBlocks(packages, severity, style);
}

/** Explained changes: a few by name, many by their packages alone, all of each only to those who want to see it. */
function* explainedBlocks(
  packages: readonly PackageGroup[],
  severity: Severity,
  style: BlockStyle,
): Generator<Block, void, undefined> {
  const changes = packages.flatMap((group) => group.changes);
  const isCounted = !style.verbose && changes.length > FOLDED_ABOVE;
  const lines = [
    { text: explainedTitle(packages), tone: 'title' as const },
    ...(isCounted ? packageLines(packages, style) : []),
  ];
  yield { kind: 'item', lines: indented(lines), severity, ...(isCounted ? { tells: changes.length } : {}) };
  if (isCounted) return;
  for (const change of changes) {
    const told = style.verbose ? changeLines(change, style) : explainedLines(change);
    yield { kind: 'item', lines: indented(told), severity, tells: 1 };
  }
}

function packageLines(packages: readonly PackageGroup[], { seeAll }: BlockStyle): readonly Line[] {
  const left = packages.length - MOST_PACKAGES;
  return [
    ...packages
      .slice(0, MOST_PACKAGES)
      .map(({ words, changes }) => ({ text: `  ${numbersMark(changes)}${words}: ${grouped(changes.length)}` })),
    { text: left > 0 ? `  … and ${plural(left, 'more package')}: ${seeAll}` : `  ${seeAll}`, tone: 'faint' },
  ];
}

function foldedBlock(group: ChangeGroup, severity: Severity, style: BlockStyle): Block {
  const { changes, common } = group;
  const title = numbersMark(changes) + groupTitle(group);
  const shown = changes.slice(0, SHOWN_OF_FOLDED).map((change) => ({ text: `  ${numberedTitle(change)}` }));
  const left = changes.length - shown.length;
  const more = left > 0 ? [{ text: `  … and ${grouped(left)} more: ${style.seeAll}` }] : [];
  const lines = indented([{ text: title, tone: 'title' }, ...diffLines(common?.lines ?? []), ...shown, ...more]);
  return { kind: 'item', lines, severity, tells: changes.length };
}

function* consequenceBlocks(report: Report, style: BlockStyle): Generator<Block, void, undefined> {
  const { changes, words } = consequencesOf(report);
  if (changes.length === 0) return;
  yield { kind: 'passage', lines: words.map((text) => ({ text: `(+ ${text})` })) };
  if (!style.verbose) return;
  for (const change of changes) yield { kind: 'item', lines: indented(changeLines(change, style)) };
}

function* errorBlocks({ errors, summary }: Report, style: BlockStyle): Generator<Block, void, undefined> {
  if (summary.errors === 0) return;
  yield { kind: 'heading', lines: [{ text: `NOT EXAMINED: ${plural(summary.errors, 'error')}`, tone: 'bad' }] };
  for (const [code, same] of errorsByCode(errors)) {
    const shown = style.verbose || same.length <= FOLDED_ABOVE ? same : same.slice(0, SHOWN_OF_FOLDED);
    for (const { path, operation, message } of shown) {
      yield { kind: 'item', lines: [{ text: plain(`  ${path}: ${operation}: ${code}: ${message}`) }], tells: 1 };
    }
    const left = same.length - shown.length;
    const hints = hintsOf(
      code,
      same.map(({ message }) => message),
    );
    const lines: Line[] = [];
    if (left > 0) lines.push({ text: plain(`  … and ${grouped(left)} more with ${code}: ${style.seeAll}`) });
    for (const hint of hints) lines.push({ text: plain(`    ${code}: ${hint}`), tone: 'faint' });
    if (lines.length > 0) yield { kind: 'item', lines, tells: left };
  }
  const elsewhere = summary.errors - errors.length;
  if (elsewhere === 0) return;
  const where = errors.length === 0 ? '' : `${grouped(elsewhere)} of them `;
  yield {
    kind: 'item',
    lines: [
      { text: `  ${where}not at an object of these rules alone, so not shown here: they may` },
      { text: '  hide changes all the same' },
    ],
  };
}

function* verdictBlocks(report: Report): Generator<Block, void, undefined> {
  if (report.requirements === undefined) return;
  yield { kind: 'passage', lines: [{ text: scoreWords(report.requirements), tone: 'title' }] };
  for (const text of verdictLines(report)) yield { kind: 'item', lines: indented([{ text }]) };
}

function* noteBlocks({ notes }: Report): Generator<Block, void, undefined> {
  if (notes.length === 0) return;
  yield { kind: 'passage', lines: notes.map((note) => ({ text: `note: ${plain(note)}`, tone: 'faint' })) };
}
