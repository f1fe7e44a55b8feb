/** A letter as plain text. */
import { unpainted } from '../../report/paint.ts';
import { plain } from '../../report/plain.ts';
import { blocksAsText } from '../../report/text.ts';
import type { Letter } from './letter.ts';

/** Of the findings. What comes before and after them is short. */
const MOST_BYTES = 100_000;

export function textPart({ opening, body, commands, closing }: Letter): string {
  const lines = opening.map((line) => `${unpainted(line)}\n`);
  const blocks = body(MOST_BYTES, (block) => Buffer.byteLength([...blocksAsText([block])].join('')));
  lines.push(...blocksAsText(blocks));
  if (commands.length > 0) lines.push('\n');
  for (const { does, command } of commands) lines.push(`To ${does}:\n`, `  ${plain(command)}\n`);
  if (closing.length > 0) lines.push('\n', ...closing.map((line) => `${unpainted(line)}\n`));
  return lines.join('');
}
