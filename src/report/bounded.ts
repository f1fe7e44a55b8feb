/** A bound on how much of a report is shown where nobody reads it all, such as a mail. What is left out is counted. */
import { SEVERITIES, type Severity } from '../model/severity.ts';
import type { Block } from './blocks.ts';
import type { Line } from './change-lines.ts';
import { grouped, plural } from './words.ts';

export interface Bound {
  /** Findings; and as many errors. */
  readonly items: number;
  /** Of what `bytesOf` measures. */
  readonly bytes: number;
  /** How many of the bytes findings do not get: whoever makes many of them must not hide what could not be examined. */
  readonly bytesForErrors: number;
  /** How large a block is when it is shown. */
  readonly bytesOf: (block: Block) => number;
  /** How the reader gets what is left out, as in "12 findings left out here: integ report show ID". */
  readonly elsewhere: string;
}

interface LeftOut {
  readonly findings: Map<Severity, number>;
  errors: number;
}

/** The first line of a block that is too long; a name alone may be longer than a mail. */
function shortened(block: Block, elsewhere: string): Block {
  const [title, ...details] = block.lines;
  if (title === undefined || details.length === 0) return block;
  return { ...block, lines: [title, { text: `    too long to be shown here: ${elsewhere}`, tone: 'faint' }] };
}

/** The block, or what there is room for of it. */
function fittingOf(block: Block, { bytesOf, elsewhere }: Bound, room: number): Block | undefined {
  return [block, shortened(block, elsewhere)].find((candidate) => bytesOf(candidate) <= room);
}

function count(leftOut: LeftOut, { severity, tells = 0 }: Block): void {
  if (severity === undefined) leftOut.errors += tells;
  else leftOut.findings.set(severity, (leftOut.findings.get(severity) ?? 0) + tells);
}

/** What was left out, on one line; undefined when nothing was. */
function remark({ findings, errors }: LeftOut): string | undefined {
  const total = [...findings.values()].reduce((sum, part) => sum + part, 0);
  const bySeverity = [...SEVERITIES].reverse().flatMap((severity) => {
    const part = findings.get(severity) ?? 0;
    return part === 0 ? [] : [`${grouped(part)} ${severity}`];
  });
  const parts: string[] = [];
  if (total > 0) parts.push(`${plural(total, 'more finding')} (${bySeverity.join(', ')})`);
  if (errors > 0) parts.push(plural(errors, 'more error'));
  return parts.length === 0 ? undefined : parts.join(' and ');
}

/**
 * The blocks as far as they fit, in order; then, when something was left out, one that says what and how to read it. A
 * block that does not fit is tried by its first line. A heading stands only where something below it fits.
 */
export function* boundedBlocks(blocks: Iterable<Block>, bound: Bound): Generator<Block, void, undefined> {
  let { bytes } = bound;
  const items = { findings: bound.items, errors: bound.items };
  const leftOut: LeftOut = { findings: new Map(), errors: 0 };
  let heading: Block | undefined;
  for (const block of blocks) {
    if (block.kind === 'heading') {
      heading = block;
      continue;
    }
    if (block.kind === 'passage') heading = undefined;
    const kind = block.severity === undefined ? 'errors' : 'findings';
    const room = kind === 'errors' ? bytes : bytes - bound.bytesForErrors;
    const before = heading === undefined ? 0 : bound.bytesOf(heading);
    const fitting = items[kind] <= 0 ? undefined : fittingOf(block, bound, room - before);
    if (fitting === undefined) {
      count(leftOut, block);
      continue;
    }
    if (heading !== undefined) yield heading;
    heading = undefined;
    yield fitting;
    bytes -= before + bound.bytesOf(fitting);
    items[kind] -= block.tells === undefined ? 0 : 1;
  }
  const left = remark(leftOut);
  if (left === undefined) return;
  const lines: Line[] = [
    { text: `… and ${left} that this message has no room for:`, tone: 'title' },
    { text: `  ${bound.elsewhere}` },
  ];
  yield { kind: 'passage', lines };
}
