/**
 * The report as an administrator reads it in the morning: the first line says all that is needed to go on or to stop,
 * then the worst findings first.
 */
import type { Report } from '../model/report.ts';
import { type Block, reportBlocks } from './blocks.ts';
import type { Line } from './change-lines.ts';
import { contextLines, firstLine, warnings } from './head.ts';
import { decidingCommands } from './next-commands.ts';
import { painted, unpainted } from './paint.ts';
import { plain } from './plain.ts';

export interface TextOptions {
  /** Columns; 100 when not given. */
  readonly width?: number;
  /** SGR colours (ECMA-48); off when not given. */
  readonly color?: boolean;
  /** Nothing is folded and every attribute is shown. */
  readonly verbose?: boolean;
  /** Whether the report is in the history, so that it can be reviewed and accepted; so it is not when not given. */
  readonly isStored?: boolean;
}

const DEFAULT_WIDTH = 100;
const SEE_ALL = 'all of them with --verbose or --format json';

/** The lines of the report, each with its newline. */
export function* textReport(report: Report, options: TextOptions = {}): Generator<string, void, undefined> {
  const paint = options.color === true ? painted : unpainted;
  for (const line of textLines(report, options)) yield `${paint(line)}\n`;
}

/** The same, for a printer that knows colours of its own. */
export function* textLines(report: Report, options: TextOptions = {}): Generator<Line, void, undefined> {
  const { width = DEFAULT_WIDTH, verbose = false, isStored = false } = options;
  yield firstLine(report);
  yield* warnings(report);
  yield { text: '' };
  yield* contextLines(report, verbose);
  yield* linesOf(reportBlocks(report, { width, verbose, seeAll: SEE_ALL }));
  if (isStored) yield* nextLines(report);
}

function* nextLines(report: Report): Generator<Line, void, undefined> {
  const commands = decidingCommands(report);
  if (commands.length > 0) yield { text: '' };
  for (const { does, command } of commands) yield* [{ text: `To ${does}:` }, { text: `  ${plain(command)}` }];
}

/** Each with its newline, and an empty line before each section. */
export function* blocksAsText(blocks: Iterable<Block>): Generator<string, void, undefined> {
  for (const line of linesOf(blocks)) yield `${unpainted(line)}\n`;
}

function* linesOf(blocks: Iterable<Block>): Generator<Line, void, undefined> {
  for (const { kind, lines } of blocks) {
    if (kind !== 'item') yield { text: '' };
    yield* lines;
  }
}
