/**
 * Tables of mail servers: access (the access_db of sendmail, access(5) of Postfix), and virtusertable with virtual(5),
 * which say where mail to addresses goes.
 */
import type { Fact, Format, Rank } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { describeRows, type Rows, type RowsFormat } from './rows.ts';
import { shown } from './wording.ts';

interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Lines that begin with white space go on with the line before, as postmap(1) and makemap(8) with -C read them. */
function parse(text: string): Rows<Entry> {
  const logical: string[][] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const last = logical.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) last.push(line);
    else logical.push([line]);
  }
  const rows: Entry[] = [];
  const unknown: string[] = [];
  for (const parts of logical) {
    const [, key, value] = /^(\S+)\s+(\S.*)$/s.exec(parts.join(' ').trim()) ?? [];
    if (key === undefined || value === undefined) unknown.push(parts.join(' '));
    else rows.push({ key, value: value.trim().replace(/\s+/g, ' ') });
  }
  return { rows, unknown, entries: rows.map(textOf) };
}

function textOf({ key, value }: Entry): string {
  return `${key}\0${value}`;
}

const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^RELAY\b/i, 'may relay'],
  [/^(?:OK|permit\w*|\d+$)/i, 'is let in'],
  [/^(?:REJECT|ERROR\b|[45]\d\d\b|[45]\.\d)/i, 'is refused'],
  [/^DISCARD\b/i, 'is thrown away without a word'],
  [/^REDIRECT\b/i, 'is sent elsewhere'],
  [/^(?:FILTER|PREPEND|BCC)\b/i, 'goes through'],
];

/** What lets somebody in or takes mail elsewhere. */
const OPENING = /^(?:RELAY|OK|permit|\d+$|REDIRECT|FILTER|BCC|DISCARD|SKIP)/i;

function action(value: string): string {
  const words = ACTIONS.find(([pattern]) => pattern.test(value))?.[1];
  return words === undefined ? shown(value) : `${words} (${shown(value)})`;
}

function rankOf(value: string): Rank {
  return OPENING.test(value) ? 0 : 1;
}

const ACCESS: RowsFormat<Entry> = {
  parse,
  textOf,
  keyOf: ({ key }) => key.toLowerCase(),
  added: ({ key, value }) => [{ rank: rankOf(value), text: `${shown(key)} added: ${action(value)}` }],
  // Who is no longer refused is let in.
  removed: ({ key, value }) => [
    { rank: OPENING.test(value) ? 1 : 0, text: `${shown(key)} removed (was: ${action(value)})` },
  ],
  changed: (before, after) => [
    { rank: 0, text: `${shown(after.key)} now ${action(after.value)} (was: ${action(before.value)})` },
  ],
};

function destination(value: string): string {
  const [, error] = /^error:\s*(.*)$/i.exec(value) ?? [];
  if (error !== undefined) return `is refused: ${shown(error)}`;
  return value.includes('|') ? `runs a program: ${shown(value)}` : `goes to ${shown(value)}`;
}

function mailFact(value: string, text: string): Fact {
  return { rank: value.includes('|') ? 0 : 1, text };
}

function mailTo({ key }: Entry): string {
  return key.startsWith('@') ? `mail to any other address in ${shown(key.slice(1))}` : `mail to ${shown(key)}`;
}

const VIRTUAL: RowsFormat<Entry> = {
  parse,
  textOf,
  keyOf: ({ key }) => key.toLowerCase(),
  added: (entry) => [mailFact(entry.value, `${mailTo(entry)} now ${destination(entry.value)} (no entry before)`)],
  removed: (entry) => [mailFact('', `${mailTo(entry)} has no entry any more (${destination(entry.value)} before)`)],
  changed: (before, after) => [
    mailFact(after.value, `${mailTo(after)} now ${destination(after.value)} (${destination(before.value)} before)`),
  ],
};

export const access: Format = { order: undefined, describe: (before, after) => describeRows(ACCESS, before, after) };
export const virtual: Format = { order: undefined, describe: (before, after) => describeRows(VIRTUAL, before, after) };
