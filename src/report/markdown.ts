/**
 * The report in GitHub-flavoured Markdown, for tickets and wikis. Such places limit what they take, so the whole fits
 * into one of them: what is left out is counted, and it is said how to read it.
 */
import { hintsOf } from '../model/failure-codes.ts';
import type { ContentChange, Remarks, Report, ReportChange, ReportError } from '../model/report.ts';
import { briefly, isNewOrGone, shownPath } from './change-lines.ts';
import { shippingWords } from './explained.ts';
import { type ChangeGroup, isFolded, SHOWN_OF_FOLDED } from './groups.ts';
import { warnings } from './head.ts';
import { headline } from './headline.ts';
import { block, cell, code } from './markdown-text.ts';
import { nextCommands, showCommand } from './next-commands.ts';
import { numberMark, numbersMark } from './number-marks.ts';
import { Room } from './room.ts';
import { runFacts } from './run-facts.ts';
import { consequencesOf, errorsByCode, type SeveritySection, severitySections } from './sections.ts';
import type { ViolatedObject } from './violations.ts';
import { FLAG_WORDS, grouped, plural } from './words.ts';

export interface MarkdownOptions {
  /** Whether the report is in the history, so that it can be shown, reviewed and accepted; so it is when not given. */
  readonly isStored?: boolean;
}

/** UTF-16 units for findings, errors and notes. GitHub takes 65,536 for a comment, head and end included. */
const ROOM = 40_000;
/** Errors and notes leave at least the rest of it to findings. */
const ROOM_FOR_ERRORS = 10_000;
const ROOM_FOR_NOTES = 4_000;
const MOST_DIFF_LINES = 60;

/** One entry of a list, and of how many findings or errors it tells. */
interface Item {
  readonly markdown: string;
  readonly tells: number;
}

/** The items that fit, then how many findings or errors the others tell of. */
function* fill(room: Room, items: Iterable<Item>, elsewhere: string): Generator<string, void, undefined> {
  for (const { markdown, tells } of items) if (room.admits(markdown.length, tells)) yield markdown;
  const left = room.leftOut();
  if (left > 0) yield `- **… and ${grouped(left)} more**, left out here, can be read with ${code(elsewhere)}\n`;
}

/** The pieces of the document, in order. */
export function* markdownReport(report: Report, options: MarkdownOptions = {}): Generator<string, void, undefined> {
  const { isStored = true } = options;
  const elsewhere = isStored ? showCommand(report) : '--format ndjson';
  yield `# ${code(headline(report))}\n`;
  const warning = warnings(report).map(({ text }) => text);
  if (warning.length > 0) yield `\n> **${warning.join(' ')}**\n`;
  yield* errors(report, elsewhere);
  const room = new Room(ROOM);
  for (const section of severitySections(report)) {
    yield `\n## ${section.severity}: ${plural(section.count, 'finding')}\n\n`;
    yield* fill(room, findings(section), elsewhere);
  }
  for (const words of consequencesOf(report).words) yield `\n(+ ${words})\n`;
  yield* notes(report, elsewhere);
  if (isStored && report.status !== 'clean') yield* next(report);
  yield* run(report);
}

function* errors(report: Report, elsewhere: string): Generator<string, void, undefined> {
  if (report.errors.length === 0) return;
  yield `\n## Not examined: ${plural(report.errors.length, 'error')}\n\n`;
  yield 'Nobody knows the state of these, or of what is below them.\n\n';
  const room = new Room(ROOM_FOR_ERRORS);
  for (const [errorCode, same] of errorsByCode(report.errors)) {
    yield* fill(room, same.map(errorItem), elsewhere);
    const messages = same.map(({ message }) => message);
    for (const hint of hintsOf(errorCode, messages)) yield `- ${errorCode}: ${hint}\n`;
  }
}

function errorItem({ path, operation, code: errorCode, message }: ReportError): Item {
  return {
    markdown: `- **not examined** ${code(path)}: ${code(`${operation}: ${errorCode}: ${message}`)}\n`,
    tells: 1,
  };
}

function* findings({ violated, groups, explained }: SeveritySection): Generator<Item, void, undefined> {
  for (const object of violated) yield { markdown: violatedItem(object), tells: 1 };
  for (const group of groups) {
    if (isFolded(group)) yield groupItem(group);
    else for (const change of group.changes) yield { markdown: changeItem(change), tells: 1 };
  }
  for (const { words, proof, changes } of explained) {
    const count = plural(changes.length, 'change');
    yield {
      markdown: `- ${markdownMark(numbersMark(changes))}${count} explained by ${code(words)}, ${proof}\n`,
      tells: changes.length,
    };
  }
}

/** A bracket could begin a link. */
function markdownMark(mark: string): string {
  return mark === '' ? '' : `\\${mark.trimEnd()} `;
}

function numberOf(finding: ReportChange): string {
  return markdownMark(numberMark(finding));
}

function groupItem({ changes, kind, directory, common }: ChangeGroup): Item {
  const shown = changes
    .slice(0, SHOWN_OF_FOLDED)
    .map((change) => `  - ${numberOf(change)}${code(shownPath(change))}\n`);
  const what = common === undefined ? `**${grouped(changes.length)} ${kind}**` : code(common.title);
  const title = `- ${markdownMark(numbersMark(changes))}${what} in ${code(directory)} and below\n`;
  const lines = common === undefined || common.lines.length === 0 ? '' : diffBlock(common.lines);
  const left = changes.length - shown.length;
  const more = left > 0 ? `  - … and ${grouped(left)} more\n` : '';
  return { markdown: title + lines + shown.join('') + more, tells: changes.length };
}

function diffBlock(diff: readonly string[]): string {
  const shown = diff.slice(0, MOST_DIFF_LINES);
  const more = diff.length - shown.length;
  return `\n${block('diff', shown, '  ')}${more > 0 ? `\n  … and ${plural(more, 'more line')}\n` : ''}`;
}

function violatedItem({ path, violations, change }: ViolatedObject): string {
  const told = violations.map(({ rule, expected, actual, ...remarks }) => {
    const rows = Object.entries(expected).map(([name, value]) => [
      name,
      String(value),
      String(actual[name] ?? 'unknown'),
    ]);
    return ` (rule ${code(rule)})\n${remarkLines(remarks).join('')}${table(['requirement', 'must be', 'is'], rows)}`;
  });
  const number = markdownMark(numbersMark(violations));
  const item = told.map((each) => `- ${number}**violated** ${code(path)}${each}`).join('');
  return change === undefined ? item : item + changeItem(change);
}

function remarkLines({ why, fix }: Remarks): readonly string[] {
  const told = [why, fix === undefined ? undefined : `fix: ${fix}`];
  return told.flatMap((text) => text?.split('\n').map((line) => `  - ${code(line)}\n`) ?? []);
}

function changeItem(change: ReportChange): string {
  const { kind, from, flags, content, links, rule } = change;
  const meaning = flags.length === 0 ? '' : `: **${flags.map((flag) => FLAG_WORDS[flag]).join('; ')}**`;
  const byRule = rule === '' ? '' : ` (rule ${code(rule)})`;
  const lines = [`- ${numberOf(change)}**${kind}** ${code(shownPath(change))}${meaning}${byRule}\n`];
  if (from !== undefined) lines.push(`  - from ${code(from)}\n`);
  if (change.shippedBy !== undefined) lines.push(`  - ${code(shippingWords(change.shippedBy))}\n`);
  if (isNewOrGone(change)) lines.push(`  - ${code(briefly(change))}\n`);
  if (links !== undefined) lines.push(`  - same inode as ${links.map(code).join(', ')}\n`);
  if (content !== undefined) lines.push(...contentLines(content));
  lines.push(...remarkLines(change));
  if (!isNewOrGone(change)) lines.push(attributes(change));
  return lines.join('');
}

function contentLines({ facts, diff = [], omitted }: ContentChange): readonly string[] {
  return [
    ...facts.map((fact) => `  - ${code(fact)}\n`),
    ...(omitted === undefined ? [] : [`  - ${code(omitted)}\n`]),
    ...(diff.length === 0 ? [] : [diffBlock(diff)]),
  ];
}

function attributes(change: ReportChange): string {
  const rows = Object.entries(change.attributes).map(([name, { before = 'none', after = 'none' }]) => [
    name,
    before,
    after,
  ]);
  return rows.length === 0 ? '' : table(['attribute', 'before', 'after'], rows);
}

/** A table that belongs to an item of a list. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `  | ${cells.join(' | ')} |\n`;
  return `\n${line(head)}${line(head.map(() => '---'))}${rows.map((row) => line(row.map(cell))).join('')}\n`;
}

function* notes(report: Report, elsewhere: string): Generator<string, void, undefined> {
  if (report.notes.length === 0) return;
  yield '\n## Notes\n\n';
  const items = report.notes.map((note) => ({ markdown: `- ${code(note)}\n`, tells: 1 }));
  yield* fill(new Room(ROOM_FOR_NOTES), items, elsewhere);
}

function* next(report: Report): Generator<string, void, undefined> {
  const lines = nextCommands(report).flatMap(({ does, command }) => [`# ${does}`, command]);
  if (lines.length === 0) return;
  yield `\n## What next\n\n${block('sh', lines, '')}`;
}

function* run(report: Report): Generator<string, void, undefined> {
  yield '\n## About this run\n\n| | |\n|---|---|\n';
  for (const [term, words] of runFacts(report)) yield `| ${term} | ${cell(words)} |\n`;
}
