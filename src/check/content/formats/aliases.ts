/** aliases(5) of sendmail, Postfix and Exim: where mail to local names goes, and which programs it runs. */
import {
  allKeys,
  append,
  type Fact,
  type Format,
  groupBy,
  isReordered,
  listChange,
  type Rank,
  type Understood,
} from './change.ts';
import { linesOf } from './config-lines.ts';
import { shown, shownList } from './wording.ts';

interface Alias {
  readonly name: string;
  readonly targets: readonly string[];
}

interface Aliases extends Understood {
  readonly aliases: readonly Alias[];
}

/** Lines that begin with white space go on with the line before; blank lines and comments between are skipped. */
function logicalLines(text: string): string[] {
  const parts: string[][] = [];
  for (const line of linesOf(text)) {
    if (/^[ \t]*$/.test(line) || line.startsWith('#')) continue;
    const last = parts.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) last.push(line);
    else parts.push([line]);
  }
  return parts.map((part) => part.join(' '));
}

/** Splits at commas outside of quotes. Undefined when a quote is not closed. */
function targetsIn(text: string): string[] | undefined {
  const targets: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      targets.push(text.slice(start, index));
      start = index + 1;
    }
  }
  targets.push(text.slice(start));
  return isQuoted ? undefined : targets.map((target) => target.trim()).filter((target) => target !== '');
}

function parse(text: string): Aliases {
  const aliases: Alias[] = [];
  const entries: string[] = [];
  const unknown: string[] = [];
  for (const line of logicalLines(text)) {
    const [head = '', name = ''] = /^("[^"]+"|[^\s:"]+)[ \t]*:/.exec(line) ?? [];
    const targets = head === '' ? undefined : targetsIn(line.slice(head.length));
    if (targets === undefined) {
      unknown.push(line);
      continue;
    }
    const alias = { name: name.replaceAll('"', '').toLowerCase(), targets };
    aliases.push(alias);
    entries.push(`${alias.name}: ${targets.join(', ')}`);
  }
  return { aliases, entries, unknown };
}

function unquoted(target: string): string {
  return target.replace(/^"(.*)"$/, '$1').replace(/^(\|)"(.*)"$/, '$1$2');
}

interface Meaning {
  readonly rank: Rank;
  readonly words: string;
  /** An address or a local name: nothing is run, read or written. */
  readonly isAddress?: true;
}

function meaning(target: string): Meaning {
  const text = unquoted(target).trim();
  if (text.startsWith('|')) return { rank: 0, words: `runs a program: ${shown(text)}` };
  if (text.startsWith('/')) return { rank: 1, words: `is written to the file ${shown(text)}` };
  if (text.startsWith(':include:'))
    return { rank: 1, words: `goes to the addresses in ${shown(text.slice(9).trim())}` };
  return { rank: 1, words: `goes to ${shown(text)}`, isAddress: true };
}

function targetFacts(name: string, before: readonly string[], after: readonly string[]): Fact[] {
  const mail = `mail to ${shown(name)}`;
  const { added, removed } = listChange(before, after);
  const special = added.map(meaning).filter(({ isAddress }) => isAddress === undefined);
  const facts: Fact[] = special.map(({ rank, words }) => ({ rank, text: `${mail} now ${words}` }));
  const isPlain = added.length + removed.length > 0 && (special.length < added.length || removed.length > 0);
  if (isPlain || isReordered(before, after)) {
    const now = after.length === 0 ? 'nowhere' : `to ${shownList(after.map(unquoted))}`;
    facts.push({ rank: 1, text: `${mail} now goes ${now} (was ${shownList(before.map(unquoted)) || 'nowhere'})` });
  }
  return facts;
}

function added(alias: Alias): Fact[] {
  const name = shown(alias.name);
  if (alias.targets.length === 0) return [{ rank: 1, text: `alias ${name} added, without a target` }];
  return alias.targets
    .map(meaning)
    .map(({ rank, words }) => ({ rank, text: `alias ${name} added: mail to it ${words}` }));
}

function describe(before: string, after: string) {
  const old = parse(before);
  const now = parse(after);
  const oldAliases = groupBy(old.aliases, (alias) => alias.name);
  const aliases = groupBy(now.aliases, (alias) => alias.name);
  const facts: Fact[] = [];
  for (const name of allKeys(oldAliases, aliases)) {
    const previous = oldAliases.get(name) ?? [];
    const present = aliases.get(name) ?? [];
    const targets = (list: readonly Alias[]) => list.flatMap((alias) => alias.targets);
    if (present.length === 0) {
      facts.push({
        rank: 1,
        text: `alias ${shown(name)} removed (went to ${shownList(targets(previous)) || 'nowhere'})`,
      });
    } else if (previous.length === 0) append(facts, present.flatMap(added));
    else append(facts, targetFacts(name, targets(previous), targets(present)));
    if (present.length > 1 && present.length !== previous.length) {
      facts.push({ rank: 1, text: `alias ${shown(name)} stands ${present.length} times now` });
    } else if (previous.length > 1 && present.length === 1) {
      facts.push({ rank: 1, text: `alias ${shown(name)} stands only once now` });
    }
  }
  return { facts, before: old, after: now };
}

export const aliases: Format = { order: undefined, describe };
