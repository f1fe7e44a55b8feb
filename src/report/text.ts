/**
 * The report as an administrator reads it in the morning: the first line says all that is needed to go on or to stop,
 * then the worst findings first.
 */
import type { Report } from '../model/report.ts';
import { type Block, reportBlocks } from './blocks.ts';
import type { Line, Tone } from './change-lines.ts';
import { contextLines, firstLine, policyWarning } from './head.ts';

export interface TextOptions {
  /** Columns; 100 when not given. */
  readonly width?: number;
  /** SGR colours (ECMA-48); off when not given. */
  readonly color?: boolean;
  /** Nothing is folded and every attribute is shown. */
  readonly verbose?: boolean;
}

const DEFAULT_WIDTH = 100;
const SEE_ALL = 'all of them with --verbose or --format json';

const SGR: Readonly<Record<Tone, string>> = {
  title: '1',
  good: '32',
  bad: '31',
  warning: '33',
  faint: '2',
  inserted: '32',
  deleted: '31',
};

/** The lines of the report, each with its newline. */
export function* textReport(report: Report, options: TextOptions = {}): Generator<string, void, undefined> {
  const { width = DEFAULT_WIDTH, verbose = false, color = false } = options;
  const paint = color ? painted : unpainted;
  yield* textOf([firstLine(report), ...policyWarning(report)], paint);
  yield* textOf([{ text: '' }, ...contextLines(report, verbose)], paint);
  yield* blocksAsText(reportBlocks(report, { width, verbose, seeAll: SEE_ALL }), paint);
}

/** Each with its newline, and an empty line before each section. */
export function* blocksAsText(
  blocks: Iterable<Block>,
  paint: (line: Line) => string = unpainted,
): Generator<string, void, undefined> {
  for (const { kind, lines } of blocks) {
    if (kind !== 'item') yield '\n';
    yield* textOf(lines, paint);
  }
}

function* textOf(lines: readonly Line[], paint: (line: Line) => string): Generator<string, void, undefined> {
  for (const line of lines) yield `${paint(line)}\n`;
}

function unpainted({ text }: Line): string {
  return text;
}

function painted({ text, tone }: Line): string {
  return tone === undefined ? text : `\u001b[${SGR[tone]}m${text}\u001b[0m`;
}
