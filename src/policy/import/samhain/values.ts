/** Values in samhainrc: quotes around them, and escapes as in C. */
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The bytes that a path in samhainrc stands for. Throws a UserError for what Samhain would not take. */
export function unquoted(value: string, place: Place): string {
  const quote = /^["']/.exec(value)?.[0];
  if (quote !== undefined && (value.length < 2 || !value.endsWith(quote))) {
    throw mistake(place, `the quote has no end: ${shown(value)}`);
  }
  const inner = quote === undefined ? value : value.slice(1, -1);
  return inner.replaceAll(/\\(x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|[\s\S]|$)/g, (written, code: string) => {
    if (code.length === 3) {
      return String.fromCharCode(code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8));
    }
    return ESCAPES[code] ?? missing(written, place);
  });
}

function missing(written: string, place: Place): never {
  throw mistake(place, `'${shown(written)}' is no escape of Samhain`);
}
