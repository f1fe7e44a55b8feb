/**
 * sendmail.cf and submit.cf, and the .mc files that they are made from (the operations guide of sendmail, cf/README):
 * options, macros, classes, maps, mailers and filters. Rules of addresses are told as they stand, with their ruleset.
 */
import type { Fact, Format, Rank } from './change.ts';
import { continuedLines, linesOf } from './config-lines.ts';
import { describeRows, type Rows, type RowsFormat } from './rows.ts';
import { shown } from './wording.ts';

interface Entry {
  /** What it is in words, with its name. */
  readonly what: string;
  readonly value: string;
  readonly rank: Rank;
  /** Each line of these counts; of any other the last one. */
  readonly addsUp: boolean;
}

/** Who may relay, as whom something runs, which programs and hosts mail is handed to. */
const DECISIVE =
  /TrustedUser|RunAsUser|DefaultUser|SafeFileEnv|DontBlameSendmail|PrivacyOptions|Auth|DaemonPortOptions|ClientPortOptions|AliasFile|ForwardPath|Program|InputMailFilters|STARTTLS|TLS|Cert|Key|SMART_HOST|relay|promiscuous|unresolvable|access_db|smrsh|blacklist|blocklist|greet_pause|DAEMON_OPTIONS|MAIL_FILTER|MAILER|TRUSTED|ForkEachJob|ALIAS_FILE|DOMAIN|syscmd/i;

function rankOf(text: string): Rank {
  return DECISIVE.test(text) ? 0 : 1;
}

const MACRO = '(\\{[^}]*\\}|.)';
const COMMANDS: readonly (readonly [RegExp, (parts: readonly string[]) => Entry])[] = [
  [/^O ?([A-Za-z]\w*)[ \t]*=(.*)$/, ([name = '', value = '']) => entry(`option ${shown(name)}`, value, rankOf(name))],
  [
    new RegExp(`^D${MACRO}(.*)$`),
    ([name = '', value = '']) => entry(`macro ${macro(name)}`, value, /^[SRHM]$/.test(name) ? 0 : 1),
  ],
  [new RegExp(`^C${MACRO}(.*)$`), ([name = '', value = '']) => entry(`class ${macro(name)}`, value, 0, true)],
  [
    new RegExp(`^F${MACRO}(.*)$`),
    ([name = '', value = '']) => entry(`class ${macro(name)} read from a file`, value, 0, true),
  ],
  [
    /^K([\w-]+)[ \t]+(.*)$/,
    ([name = '', value = '']) => entry(`map ${shown(name)}`, value, /program/.test(value) ? 0 : 1),
  ],
  [/^M([\w*-]+)[ \t]*,(.*)$/, ([name = '', value = '']) => entry(`mailer ${shown(name)}`, value, 0)],
  [/^X([\w-]+)[ \t]*,(.*)$/, ([name = '', value = '']) => entry(`filter ${shown(name)}`, value, 0)],
  [/^T(.+)$/, ([value = '']) => entry('trusted users', value, 0, true)],
  [/^E(.+)$/, ([value = '']) => entry('environment variable', value, 0, true)],
  [/^P([\w-]+)=(.*)$/, ([name = '', value = '']) => entry(`precedence ${shown(name)}`, value, 2)],
  [/^H(?:\?[^?]*\?)?([\w-]+):(.*)$/, ([name = '', value = '']) => entry(`header ${shown(name)}`, value, 2)],
  [/^V(.+)$/, ([value = '']) => entry('version', value, 2)],
];

const MACROS: Readonly<Record<string, string>> = {
  S: 'S (the smart host)',
  R: 'R (the host for local names)',
  H: 'H (the mail hub)',
  M: 'M (whom the host masquerades as)',
  j: 'j (the name of this host)',
  w: 'w (names of this host)',
};

function macro(name: string): string {
  return MACROS[name] ?? shown(name.replace(/^\{(.*)\}$/, '$1'));
}

function entry(what: string, value: string, rank: Rank, addsUp = false): Entry {
  return { what, value: value.trim().replace(/\s+/g, ' '), rank, addsUp };
}

function commandOf(line: string): Entry | undefined {
  for (const [pattern, make] of COMMANDS) {
    const parts = pattern.exec(line);
    if (parts !== null) return make(parts.slice(1));
  }
  return undefined;
}

function parseCf(text: string): Rows<Entry> {
  const rows: Entry[] = [];
  const unknown: string[] = [];
  let ruleset = '';
  for (const line of continuedLines(text)) {
    const [, name] = /^S(\S+)/.exec(line) ?? [];
    if (name !== undefined) ruleset = name;
    else if (line.startsWith('R')) rows.push(entry(`rule of ruleset ${shown(ruleset)}`, line.slice(1), 0, true));
    else {
      const found = commandOf(line);
      if (found === undefined) unknown.push(line);
      else rows.push(found);
    }
  }
  return { rows, unknown, entries: rows.map(textOf) };
}

/** The arguments of a call in m4, without the quotes around each. */
function argumentsOf(text: string): string[] {
  const given: string[] = [];
  let start = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '`') depth += 1;
    else if (character === "'") depth = Math.max(0, depth - 1);
    else if (character === ',' && depth === 0) {
      given.push(text.slice(start, index));
      start = index + 1;
    }
  }
  given.push(text.slice(start));
  return given.map((argument) => argument.trim().replace(/^`(.*)'$/, '$1'));
}

function parseMc(text: string): Rows<Entry> {
  const rows: Entry[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    const written = line.replace(/(?:^|(?<=\)))\s*dnl\b.*$/, '').trim();
    if (written === '' || written.startsWith('#')) continue;
    const [, name, given] = /^(\w+)\((.*)\)$/.exec(written) ?? [];
    if (name === undefined || given === undefined) {
      unknown.push(line);
      continue;
    }
    const [first = '', ...others] = argumentsOf(given);
    if (name === 'define') rows.push(entry(shown(first), others.join(', '), rankOf(first)));
    else rows.push(entry(`${shown(name)} ${shown(first)}`, others.join(', '), rankOf(written), true));
  }
  return { rows, unknown, entries: rows.map(textOf) };
}

function textOf({ what, value }: Entry): string {
  return `${what}\0${value}`;
}

function withValue({ what, value }: Entry): string {
  return value === '' ? what : `${what}: ${shown(value)}`;
}

function formatFor(parse: (text: string) => Rows<Entry>): RowsFormat<Entry> {
  const added = (row: Entry): Fact[] => [{ rank: row.rank, text: `added: ${withValue(row)}` }];
  const removed = (row: Entry): Fact[] => [{ rank: row.rank, text: `removed: ${withValue(row)}` }];
  return {
    parse,
    textOf,
    keyOf: (row) => (row.addsUp ? textOf(row) : row.what),
    added,
    removed,
    changed: (before, after) => [
      { rank: after.rank, text: `${after.what} changed from ${shown(before.value)} to ${shown(after.value)}` },
    ],
  };
}

const CF = formatFor(parseCf);
const MC = formatFor(parseMc);
const RULES = 'the first rule that matches an address rewrites it';

export const sendmailCf: Format = { order: RULES, describe: (before, after) => describeRows(CF, before, after) };
export const sendmailMc: Format = {
  order: 'what is defined counts for what stands below it',
  describe: (before, after) => describeRows(MC, before, after),
};
