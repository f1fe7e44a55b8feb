/**
 * Lines of a report in the colours of a terminal. Only what is made here may hold an escape sequence: no text brings
 * one.
 */
import type { Line, Tone } from './change-lines.ts';
import { plain } from './plain.ts';

/** Parameters of SGR (ECMA-48, section 8.3.117). */
const SGR: Readonly<Record<Tone, string>> = {
  title: '1',
  good: '32',
  bad: '31',
  warning: '33',
  faint: '2',
  inserted: '32',
  deleted: '31',
};

export function unpainted({ text }: Line): string {
  return plain(text);
}

export function painted({ text, tone }: Line): string {
  const shown = unpainted({ text });
  return tone === undefined ? shown : `\u001b[${SGR[tone]}m${shown}\u001b[0m`;
}
