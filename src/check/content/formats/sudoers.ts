/** sudoers(5) in words: who may run what as whom, where a password is no longer asked for, and what else decides it. */
import { baseName, type Path } from '../../../model/bytes.ts';
import { andMore } from '../../../model/excerpt.ts';
import { allKeys, type Fact, type Format, listChange, type Rank, type Understood } from './change.ts';
import { type Alias, type Grant, parseStatement, type Setting, statementsIn } from './sudoers-syntax.ts';
import { shown, shownList } from './wording.ts';

/** Numbers for lists of names, which may be long and stand before thousands of commands. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

interface Sudoers extends Understood {
  /** By who, where, as whom and what. The last one counts. */
  readonly grants: ReadonlyMap<string, Grant>;
  readonly aliases: ReadonlyMap<string, Alias>;
  readonly settings: ReadonlyMap<string, Setting>;
  readonly includes: readonly string[];
}

function settingKey({ scope, name, operator, value }: Setting): string {
  const key = `${scope}\n${name.replace(/^!/, '')}`;
  return operator === '+=' || operator === '-=' ? `${key}\n${operator}${value}` : key;
}

function parse(text: string, numbering: Numbering): Sudoers {
  const grants = new Map<string, Grant>();
  const aliases = new Map<string, Alias>();
  const settings = new Map<string, Setting>();
  const includes: string[] = [];
  const entries: string[] = [];
  const unknown: string[] = [];
  const lists = new Map<readonly string[], number>();
  const numberOf = (names: readonly string[]) => {
    const number = lists.get(names) ?? numbering.of(names.join(','));
    lists.set(names, number);
    return number;
  };
  for (const line of statementsIn(text)) {
    const statement = parseStatement(line);
    if (statement === undefined) {
      unknown.push(line);
      continue;
    }
    entries.push(line.replaceAll(/[ \t]+/g, ' '));
    if (statement.kind === 'include') includes.push(`${statement.directive} ${statement.path}`);
    else if (statement.kind === 'settings') {
      for (const setting of statement.settings) settings.set(settingKey(setting), setting);
    } else if (statement.kind === 'aliases') {
      for (const alias of statement.aliases) aliases.set(`${alias.kind} ${alias.name}`, alias);
    } else {
      for (const grant of statement.grants) {
        const runas = grant.runas === undefined ? '' : numbering.of(grant.runas);
        grants.set(`${numberOf(grant.users)} ${numberOf(grant.hosts)} ${runas} ${grant.command}`, grant);
      }
    }
  }
  return { grants, aliases, settings, includes, entries, unknown };
}

function shownUser(user: string): string {
  if (user === 'ALL') return 'everybody';
  if (user.startsWith('!')) return `not ${shownUser(user.slice(1))}`;
  if (user.startsWith('%#')) return `members of gid ${shown(user.slice(2))}`;
  if (user.startsWith('%')) return `members of group ${shown(user.slice(1))}`;
  if (user.startsWith('+')) return `netgroup ${shown(user.slice(1))}`;
  return user.startsWith('#') ? `uid ${shown(user.slice(1))}` : shown(user);
}

const MOST_USERS = 5;

function shownUsers(users: readonly string[]): string {
  return andMore(users.map(shownUser), MOST_USERS).join(', ');
}

function shownRunas(runas: string | undefined): string {
  if (runas === undefined || runas === 'root') return 'as root';
  const [user = '', group = ''] = runas.split(':');
  if (user === 'ALL')
    return group === 'ALL' ? 'as any user and group' : `as any user${group === '' ? '' : `, group ${shown(group)}`}`;
  if (user === '') return group === '' ? 'as themselves' : `with group ${shown(group)}`;
  return `as ${shown(user)}${group === '' ? '' : `, group ${shown(group)}`}`;
}

function isDenial(grant: Grant): boolean {
  return /^(?:sha\d{3}:\S+ )*!/.test(grant.command);
}

function hasNoPassword(grant: Grant): boolean {
  return grant.tags.includes('NOPASSWD');
}

function shownGrant(grant: Grant): string {
  const isDenied = isDenial(grant);
  const command = isDenied ? grant.command.replace('!', '') : grant.command;
  const what = command === 'ALL' ? 'any command' : shown(command);
  const where = grant.hosts.length === 1 && grant.hosts[0] === 'ALL' ? '' : ` on ${shownList(grant.hosts)}`;
  const verb = isDenied ? 'must not run' : 'may run';
  return `${shownUsers(grant.users)} ${verb} ${what} ${shownRunas(grant.runas)}${where}`;
}

function withTags(grant: Grant): string {
  const others = grant.tags.filter((tag) => tag !== 'NOPASSWD' && tag !== 'PASSWD');
  const tags = others.length === 0 ? '' : ` (${others.map(shown).join(', ')})`;
  return `${hasNoPassword(grant) ? ' without a password' : ''}${tags}`;
}

function grantFacts(before: Grant | undefined, after: Grant | undefined): Fact[] {
  if (before === undefined && after !== undefined) {
    return [{ rank: isDenial(after) ? 1 : 0, text: `rule added: ${shownGrant(after)}${withTags(after)}` }];
  }
  if (before !== undefined && after === undefined) {
    return [{ rank: isDenial(before) ? 0 : 1, text: `rule removed: ${shownGrant(before)}${withTags(before)}` }];
  }
  if (before === undefined || after === undefined || before.tags.join() === after.tags.join()) return [];
  const facts: Fact[] = [];
  if (hasNoPassword(after) && !hasNoPassword(before)) {
    facts.push({ rank: 0, text: `${shownGrant(after)} without a password now (NOPASSWD)` });
  } else if (!hasNoPassword(after) && hasNoPassword(before)) {
    facts.push({ rank: 1, text: `${shownGrant(after)} with a password again` });
  }
  const tags = listChange(before.tags, after.tags);
  const isOther = (tag: string) => !tag.endsWith('PASSWD');
  for (const tag of tags.added.filter(isOther))
    facts.push({ rank: 1, text: `${shownGrant(after)}: ${shown(tag)} added` });
  for (const tag of tags.removed.filter(isOther)) {
    facts.push({ rank: tag.startsWith('NO') ? 0 : 1, text: `${shownGrant(after)}: ${shown(tag)} removed` });
  }
  return facts;
}

function aliasFacts(before: Alias | undefined, after: Alias | undefined): Fact[] {
  const alias = after ?? before;
  if (alias === undefined) return [];
  const name = `${alias.kind} ${shown(alias.name)}`;
  if (before === undefined) return [{ rank: 1, text: `${name} added: ${shownList(alias.members)}` }];
  if (after === undefined) return [{ rank: 1, text: `${name} removed (was ${shownList(alias.members)})` }];
  const members = listChange(before.members, after.members);
  return [
    ...members.added.map((member): Fact => ({ rank: 0, text: `${name}: ${shown(member)} added` })),
    ...members.removed.map(
      (member): Fact => ({ rank: member.startsWith('!') ? 0 : 1, text: `${name}: ${shown(member)} removed` }),
    ),
  ];
}

const SCOPES: ReadonlyMap<string, string> = new Map([
  ['@', 'on'],
  [':', 'for user'],
  ['!', 'for command'],
  ['>', 'for running as'],
]);

/** Settings that ask for less, or let more of the caller's environment through. */
const DECISIVE =
  /^!?(?:authenticate|rootpw|targetpw|runaspw|env_reset|env_keep|env_check|env_delete|setenv|secure_path|exempt_group|timestamp_timeout|noexec|requiretty|use_pty|log|syslog|logfile|mail|editor|visiblepw|ignore_dot|tty_tickets|timestamp_type|askpass)/;

function shownSetting(setting: Setting): string {
  const scope = SCOPES.get(setting.scope.charAt(0));
  const where = scope === undefined ? '' : ` ${scope} ${shown(setting.scope.slice(1))}`;
  return `${shown(setting.name.replace(/^!/, ''))}${where}`;
}

function shownValue(setting: Setting): string {
  if (setting.operator === '') return setting.name.startsWith('!') ? 'off' : 'on';
  return shown(setting.value);
}

function settingFacts(before: Setting | undefined, after: Setting | undefined): Fact[] {
  const setting = after ?? before;
  if (setting === undefined) return [];
  const label = `Defaults ${shownSetting(setting)}`;
  const rank: Rank = DECISIVE.test(setting.name) ? 0 : 1;
  if (setting.operator === '+=' || setting.operator === '-=') {
    if (before !== undefined && after !== undefined) return [];
    const text = `${label} ${setting.operator} ${shown(setting.value)} ${after === undefined ? 'removed' : 'added'}`;
    return [{ rank, text }];
  }
  if (before === undefined) return [{ rank, text: `${label} set to ${shownValue(setting)}` }];
  if (after === undefined) return [{ rank, text: `${label} no longer set (was ${shownValue(setting)})` }];
  if (shownValue(before) === shownValue(after) && before.value === after.value) return [];
  return [{ rank, text: `${label} changed from ${shownValue(before)} to ${shownValue(after)}` }];
}

function includeFacts(before: readonly string[], after: readonly string[]): Fact[] {
  const words = (include: string) => {
    const path = shown(include.replace(/^\S+ /, ''));
    return include.startsWith('includedir') ? `the files in ${path}` : path;
  };
  const { added, removed } = listChange(before, after);
  return [
    ...added.map((include): Fact => ({ rank: 0, text: `sudo also reads ${words(include)} now` })),
    ...removed.map((include): Fact => ({ rank: 0, text: `sudo no longer reads ${words(include)}` })),
  ];
}

function describe(before: string, after: string, path: Path) {
  const numbering = new Numbering();
  const old = parse(before, numbering);
  const now = parse(after, numbering);
  const facts: Fact[] = [
    ...allKeys(old.grants, now.grants).flatMap((key) => grantFacts(old.grants.get(key), now.grants.get(key))),
    ...allKeys(old.aliases, now.aliases).flatMap((key) => aliasFacts(old.aliases.get(key), now.aliases.get(key))),
    ...allKeys(old.settings, now.settings).flatMap((key) => settingFacts(old.settings.get(key), now.settings.get(key))),
    ...includeFacts(old.includes, now.includes),
  ];
  if (/\/sudoers\.d\//.test(path) && /\.|~$/.test(baseName(path))) {
    facts.push({ rank: 2, text: 'sudo does not read this file: its name has a dot in it or ends in ~' });
  }
  return { facts, before: old, after: now };
}

export const sudoers: Format = { order: 'of the rules that match, the last one counts', describe };
