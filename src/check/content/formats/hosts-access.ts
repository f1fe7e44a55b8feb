/** hosts.allow and hosts.deny of tcp_wrappers, hosts_access(5) and hosts_options(5): who reaches which service. */
import type { Fact, Format } from './change.ts';
import { endsInBackslash, linesOf, saysNothing } from './config-lines.ts';
import { describeRows, type Rows, type RowsFormat } from './rows.ts';
import { shown } from './wording.ts';

interface Rule {
  readonly daemons: string;
  readonly clients: string;
  readonly options: readonly string[];
}

/** Lines with those that a backslash joins to them. */
function joinedLines(text: string): string[] {
  const joined: string[] = [];
  let open: string[] = [];
  for (const line of linesOf(text)) {
    const goesOn = endsInBackslash(line);
    open.push(goesOn ? line.slice(0, -1) : line);
    if (goesOn) continue;
    joined.push(open.join(''));
    open = [];
  }
  if (open.length > 0) joined.push(open.join(''));
  return joined;
}

/** Parts between colons, but for those in the brackets of an IPv6 address and those behind a backslash. */
function partsOf(line: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isBracketed = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index];
    if (character === '\\') index += 1;
    else if (character === '[' || character === ']') isBracketed = character === '[';
    else if (character === ':' && !isBracketed) {
      parts.push(line.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(line.slice(start));
  return parts.map((part) => part.trim().replace(/\s+/g, ' '));
}

function parse(text: string): Rows<Rule> {
  const rows: Rule[] = [];
  const unknown: string[] = [];
  for (const line of joinedLines(text)) {
    if (saysNothing(line)) continue;
    const [daemons = '', clients = '', ...options] = partsOf(line);
    if (daemons === '' || clients === '') unknown.push(line);
    else rows.push({ daemons, clients, options });
  }
  return { rows, unknown, entries: rows.map(textOf) };
}

function textOf({ daemons, clients, options }: Rule): string {
  return [daemons, clients, ...options].join(' : ');
}

/** What the last word of a rule decides, where it is other than its file does (hosts_options(5)). */
function isOpening({ options }: Rule, isAllowFile: boolean): boolean {
  const last = options.findLast((option) => /^(?:allow|deny)$/i.test(option));
  return last === undefined ? isAllowFile : /^allow$/i.test(last);
}

function factsOf(rule: Rule, isAllowFile: boolean, verb: 'added' | 'removed'): readonly Fact[] {
  const opens = isOpening(rule, isAllowFile);
  const what = rule.daemons.toUpperCase() === 'ALL' ? 'every service' : shown(rule.daemons);
  const whom = rule.clients.toUpperCase() === 'ALL' ? 'everybody' : shown(rule.clients);
  const others = rule.options.filter((option) => !/^(?:allow|deny)$/i.test(option));
  // A shell command stands in the third part or behind a word; twist puts it in the place of the service.
  const command = others.length === 0 ? '' : `, with ${others.map(shown).join(', ')}`;
  // What opens a service, no longer refuses it, or runs a command gives something away.
  const rank = opens === (verb === 'added') || others.length > 0 ? 0 : 1;
  return [{ rank, text: `rule ${verb}: ${what} is ${opens ? 'open to' : 'refused to'} ${whom}${command}` }];
}

function formatFor(isAllowFile: boolean): RowsFormat<Rule> {
  const added = (rule: Rule) => factsOf(rule, isAllowFile, 'added');
  const removed = (rule: Rule) => factsOf(rule, isAllowFile, 'removed');
  return {
    parse,
    textOf,
    keyOf: textOf,
    added,
    removed,
    changed: (before, after) => [...removed(before), ...added(after)],
  };
}

const ALLOW = formatFor(true);
const DENY = formatFor(false);

export const hostsAccess: Format = {
  order: 'the first rule that matches counts',
  describe: (before, after, path) => describeRows(/hosts\.allow/.test(path) ? ALLOW : DENY, before, after),
};
