/**
 * syslog.conf(5) and rsyslog.conf(5): where messages go. Selectors with an action, directives that begin with $, and
 * statements of RainerScript, which are told as they stand; of what is in their braces each line is one.
 */
import type { Fact, Format, Rank } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { describeRows, type Rows, type RowsFormat } from './rows.ts';
import { shown } from './wording.ts';

type Row =
  | { readonly kind: 'selector'; readonly selector: string; readonly action: string }
  | { readonly kind: 'directive'; readonly name: string; readonly value: string }
  | { readonly kind: 'statement'; readonly text: string };

const SELECTOR = /^([\w*,]+\.[\w*!=,]+(?:;[\w*,]+\.[\w*!=,]+)*|:[^,\s]+, *\S+ *(?:, *)?"[^"]*")\s+(\S.*)$/;
const STATEMENT =
  /^(?:module|input|action|global|template|ruleset|include|if|then|else|call|stop|set|main_queue|property|parser|lookup_table|&|[{}!+-])/;

function rowOf(line: string): Row | undefined {
  const [, name, value] = /^\$(\w+)\s+(.*)$/.exec(line) ?? [];
  if (name !== undefined && value !== undefined) return { kind: 'directive', name, value };
  const [, selector, action] = SELECTOR.exec(line) ?? [];
  if (selector !== undefined && action !== undefined) return { kind: 'selector', selector, action };
  return STATEMENT.test(line) ? { kind: 'statement', text: line } : undefined;
}

function parse(text: string): Rows<Row> {
  const rows: Row[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const row = rowOf(line.trim().replace(/\s+/g, ' '));
    if (row === undefined) unknown.push(line);
    else rows.push(row);
  }
  return { rows, unknown, entries: rows.map(textOf) };
}

function textOf(row: Row): string {
  switch (row.kind) {
    case 'selector':
      return `${row.selector} ${row.action}`;
    case 'directive':
      return `$${row.name} ${row.value}`;
    case 'statement':
      return row.text;
    default:
      return row satisfies never;
  }
}

/** Of a directive that may stand often every line counts; a selector may have several actions. */
function keyOf(row: Row): string {
  return row.kind === 'directive' &&
    !/^(?:ModLoad|IncludeConfig|AllowedSender|template|InputTCPServerRun|UDPServerRun)$/i.test(row.name)
    ? `$${row.name.toLowerCase()}`
    : row.kind === 'selector'
      ? row.selector
      : textOf(row);
}

/** Programs, and what takes messages away from this host or throws them away. */
function meaning(action: string): { readonly rank: Rank; readonly words: string } {
  if (action.startsWith('@')) return { rank: 0, words: `are sent to ${shown(action.replace(/^@+/, ''))}` };
  if (action.startsWith('^')) return { rank: 0, words: `run a program: ${shown(action.slice(1))}` };
  if (action.startsWith('|')) return { rank: 0, words: `go to the pipe ${shown(action.slice(1).trim())}` };
  if (action === '~' || action === 'stop') return { rank: 0, words: 'are thrown away' };
  if (/^-?\//.test(action)) return { rank: 1, words: `are written to ${shown(action.replace(/^-/, ''))}` };
  return { rank: 1, words: `go to ${shown(action)}` };
}

/** A statement that loads code, runs a program, or takes messages away. */
const WEIGHTY = /^(?:module|input|include|stop)|omprog|omfwd|ompipe|omshell|binary=|target=/;

function rowFact(row: Row, verb: 'added' | 'removed'): Fact {
  const isNew = verb === 'added';
  switch (row.kind) {
    case 'selector': {
      const { rank, words } = meaning(row.action);
      const messages = `messages of ${shown(row.selector)}`;
      // That something is no longer written is what somebody hides by.
      if (isNew) return { rank, text: `${messages} ${words} now` };
      const gone = words.startsWith('are ') ? `are no longer ${words.slice(4)}` : `no longer ${words}`;
      return { rank: 0, text: `${messages} ${gone}` };
    }
    case 'directive': {
      const rank: Rank = /^(?:ModLoad|IncludeConfig|AllowedSender|\w*ServerRun)$/i.test(row.name) ? 0 : 1;
      const text = isNew ? `set to ${shown(row.value)}` : `no longer set (was ${shown(row.value)})`;
      return { rank, text: `${shown(`$${row.name}`)} ${text}` };
    }
    case 'statement':
      return { rank: WEIGHTY.test(row.text) || !isNew ? 0 : 1, text: `statement ${verb}: ${shown(row.text)}` };
    default:
      return row satisfies never;
  }
}

function changed(before: Row, after: Row): readonly Fact[] {
  if (before.kind === 'directive' && after.kind === 'directive') {
    const text = `changed from ${shown(before.value)} to ${shown(after.value)}`;
    return [{ rank: 1, text: `${shown(`$${after.name}`)} ${text}` }];
  }
  if (before.kind === 'selector' && after.kind === 'selector') {
    const [old, now] = [meaning(before.action), meaning(after.action)];
    return [{ rank: 0, text: `messages of ${shown(after.selector)} ${now.words} now (before they ${old.words})` }];
  }
  return [rowFact(before, 'removed'), rowFact(after, 'added')];
}

const SYSLOG: RowsFormat<Row> = {
  parse,
  textOf,
  keyOf,
  added: (row) => [rowFact(row, 'added')],
  removed: (row) => [rowFact(row, 'removed')],
  changed,
};

export const syslog: Format = {
  order: 'a message that was thrown away comes to no rule below',
  describe: (before, after) => describeRows(SYSLOG, before, after),
};
