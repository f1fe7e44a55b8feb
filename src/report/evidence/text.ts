/** The evidence as plain text. */
import { plain } from '../plain.ts';
import type { Block } from './blocks.ts';
import type { Evidence } from './document.ts';
import { evidenceOutline } from './outline.ts';
import { evidenceHeadline } from './wording.ts';

export function* evidenceText(evidence: Evidence): Generator<string, void, undefined> {
  yield `${evidenceHeadline(evidence)}\n`;
  for (const { title, blocks } of evidenceOutline(evidence)) {
    yield `\n${title.toUpperCase()}\n`;
    for (const block of blocks) for (const line of blockLines(block)) yield `  ${plain(line)}`.trimEnd().concat('\n');
  }
}

function blockLines(block: Block): readonly string[] {
  switch (block.is) {
    case 'paragraph':
      return [block.text];
    case 'facts':
      return columns(block.facts);
    case 'table':
      return columns([block.head, ...block.rows]);
    case 'entries':
      return block.entries.flatMap(({ title, lines }) => [title, ...lines.map((line) => `    ${line}`)]);
    case 'commands':
      return block.commands.map((command) => `$ ${command}`);
    default:
      return block satisfies never;
  }
}

/** Rows whose cells stand under each other; the last one may be of any length. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  '),
  );
}
