/**
 * The manifest of a baseline: a few lines of text that a signature is made over, small enough to be read by a person
 * and carried to a key on another machine. Everything in it follows from the baseline, so it is never believed, only
 * compared.
 */
import { printableText } from '../model/bytes.ts';
import type { StoredHeader } from './header.ts';

const FIRST_LINE = 'integ-manifest/1';

/** UTF-8 text, one `key: value` a line in this order, each line ended by a newline (docs/baseline-format.md). */
export function manifestOf({ header, seal, entries }: Pick<StoredHeader, 'header' | 'seal' | 'entries'>): string {
  const rows: readonly (readonly [key: string, value: string])[] = [
    ['host', printableText(header.host)],
    ['sequence', String(header.sequence)],
    ['seal', seal],
    ['policy', printableText(header.policySha256)],
    ['objects', String(entries)],
    ['created', printableText(header.createdAt)],
    ['previous', header.previousSeal === '' ? 'none' : printableText(header.previousSeal)],
  ];
  return [FIRST_LINE, ...rows.map(([key, value]) => `${key}: ${value}`), ''].join('\n');
}
