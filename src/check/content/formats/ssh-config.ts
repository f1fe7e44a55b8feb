/**
 * sshd_config(5) and ssh_config(5): options and the blocks for some connections only. Of an option that stands more
 * than once the first value counts, except for those that add up. Files that are included are not looked into.
 */
import { allKeys, append, type Fact, type Format, listChange, type Rank, type Understood } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { shown } from './wording.ts';

interface Option {
  /** As it was written; compared in lower case. */
  readonly name: string;
  readonly values: readonly string[];
}

interface Block {
  readonly title: string;
  readonly options: ReadonlyMap<string, readonly Option[]>;
}

/** A block that is being read; numbered, since titles may be long. */
interface OpenBlock {
  readonly number: number;
  readonly title: string;
  readonly options: Map<string, Option[]>;
}

interface Config extends Understood {
  /** By title in lower case; the part before the first block has an empty one. */
  readonly blocks: ReadonlyMap<string, Block>;
}

/** Options of which every value counts, of all lines (`lines`) or of all words of all lines (`words`). */
const ADDING_UP: ReadonlyMap<string, 'lines' | 'words'> = new Map([
  ...[
    'port',
    'listenaddress',
    'hostkey',
    'hostcertificate',
    'include',
    'subsystem',
    'identityfile',
    'certificatefile',
  ].map((name) => [name, 'lines'] as const),
  ...['localforward', 'remoteforward', 'dynamicforward'].map((name) => [name, 'lines'] as const),
  ...['acceptenv', 'sendenv', 'allowusers', 'allowgroups', 'denyusers', 'denygroups'].map(
    (name) => [name, 'words'] as const,
  ),
]);

/** Options that decide who comes in, or what runs for whom. */
const DECISIVE =
  /^(?:permitrootlogin|passwordauthentication|permitemptypasswords|pubkeyauthentication|authorized|authenticationmethods|trustedusercakeys|allow(?:users|groups)|deny|forcecommand|usepam|permituser|kbdinteractive|challengeresponse|hostbased|ignorerhosts|strictmodes|gatewayports|include|subsystem|proxycommand|localcommand|permitlocalcommand|stricthostkeychecking|chrootdirectory)/;

/** Words of a line: quoted ones whole, up to a comment. Undefined when a quote is not closed. */
function wordsOf(text: string): string[] | undefined {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== '' && !rest.startsWith('#')) {
    const quote = rest.startsWith('"') || rest.startsWith("'") ? rest.charAt(0) : '';
    const end = quote === '' ? rest.search(/[ \t"']|$/) : rest.indexOf(quote, 1);
    if (end < 0) return undefined;
    words.push(quote === '' ? rest.slice(0, end) : rest.slice(1, end));
    rest = rest.slice(quote === '' ? end : end + 1).trimStart();
  }
  return words;
}

function parse(text: string): Config {
  const blocks = new Map<string, OpenBlock>();
  const entries: string[] = [];
  const unknown: string[] = [];
  let block: OpenBlock = { number: 0, title: '', options: new Map() };
  blocks.set('', block);
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const [head = '', name = ''] = /^[ \t]*([A-Za-z][A-Za-z0-9]*)(?:[ \t]*=[ \t]*|[ \t]+)/.exec(line) ?? [];
    const values = head === '' ? undefined : wordsOf(line.slice(head.length));
    if (values === undefined || values.length === 0) {
      unknown.push(line);
      continue;
    }
    if (/^(?:match|host)$/i.test(name)) {
      const title = [name, ...values].join(' ');
      block = blocks.get(title.toLowerCase()) ?? { number: blocks.size, title, options: new Map() };
      blocks.set(title.toLowerCase(), block);
      entries.push(title.toLowerCase());
      continue;
    }
    entries.push([block.number, name.toLowerCase(), ...values].join(' '));
    const options = block.options.get(name.toLowerCase());
    if (options === undefined) block.options.set(name.toLowerCase(), [{ name, values }]);
    else options.push({ name, values });
  }
  return { blocks, entries, unknown };
}

function joined(option: Option): string {
  return option.values.join(' ');
}

/** Every value of an option that adds up. */
function allValues(options: readonly Option[], unit: 'lines' | 'words'): string[] {
  return unit === 'lines' ? options.map(joined) : options.flatMap((option) => option.values);
}

function sumFacts(
  label: string,
  before: readonly string[],
  after: readonly string[],
  where: string,
  rank: Rank,
): Fact[] {
  const { added, removed } = listChange(before, after);
  if (added.length === 1 && removed.length === 1 && before.length === 1 && after.length === 1) {
    return [{ rank, text: `${where}${label} changed from ${shown(before[0] ?? '')} to ${shown(after[0] ?? '')}` }];
  }
  return [
    ...added.map((value): Fact => ({ rank, text: `${where}${label} ${shown(value)} added` })),
    ...removed.map((value): Fact => ({ rank, text: `${where}${label} ${shown(value)} removed` })),
  ];
}

function firstFacts(
  label: string,
  before: readonly Option[],
  after: readonly Option[],
  where: string,
  rank: Rank,
): Fact[] {
  const [old] = before;
  const [now] = after;
  const facts: Fact[] = [];
  if (now === undefined)
    facts.push({
      rank,
      text: `${where}${label} no longer set (was ${shown(joined(old ?? { name: '', values: [] }))})`,
    });
  else if (old === undefined) facts.push({ rank, text: `${where}${label} set to ${shown(joined(now))} (was not set)` });
  else if (joined(old) !== joined(now)) {
    facts.push({ rank, text: `${where}${label} changed from ${shown(joined(old))} to ${shown(joined(now))}` });
  }
  const idle = listChange(before.slice(1).map(joined), after.slice(1).map(joined));
  if (now === undefined) return facts;
  const wins = `without effect: the first value, ${shown(joined(now))}, counts`;
  // A line that has just become the first one, or was it, is in the fact above.
  for (const value of idle.added.filter((added) => added !== (old === undefined ? undefined : joined(old)))) {
    facts.push({ rank: 2, text: `${where}${label} ${shown(value)} added ${wins}` });
  }
  for (const value of idle.removed.filter((removed) => removed !== joined(now))) {
    facts.push({ rank: 2, text: `${where}${label} ${shown(value)} removed, which was ${wins}` });
  }
  return facts;
}

function blockFacts(before: Block | undefined, after: Block | undefined): Fact[] {
  const title = after?.title ?? before?.title ?? '';
  const where = title === '' ? '' : `in ${shown(title)}: `;
  const old = before?.options ?? new Map<string, readonly Option[]>();
  const now = after?.options ?? new Map<string, readonly Option[]>();
  const facts: Fact[] = [];
  if (title !== '' && before === undefined) facts.push({ rank: 1, text: `block ${shown(title)} added` });
  if (title !== '' && after === undefined)
    return [
      {
        rank: 1,
        text: `block ${shown(title)} removed, with ${
          [...old.values()]
            .flat()
            .map((option) => shown(`${option.name} ${joined(option)}`))
            .slice(0, 5)
            .join(', ') || 'nothing in it'
        }`,
      },
    ];
  for (const name of allKeys(old, now)) {
    const previous = old.get(name) ?? [];
    const present = now.get(name) ?? [];
    const label = present[0]?.name ?? previous[0]?.name ?? name;
    const rank: Rank = DECISIVE.test(name) ? 0 : 1;
    const unit = ADDING_UP.get(name);
    if (unit === undefined) append(facts, firstFacts(label, previous, present, where, rank));
    else append(facts, sumFacts(label, allValues(previous, unit), allValues(present, unit), where, rank));
  }
  return facts;
}

function describe(before: string, after: string) {
  const old = parse(before);
  const now = parse(after);
  const facts = allKeys(old.blocks, now.blocks).flatMap((title) =>
    blockFacts(old.blocks.get(title), now.blocks.get(title)),
  );
  return { facts, before: old, after: now };
}

export const sshConfig: Format = { order: 'of what is set twice, the first value counts', describe };
