/** shadow(5): passwords that changed, were locked or are missing, and when accounts expire. It never tells a hash. */
import { allKeys, append, type Fact, type Format, groupBy, type Understood } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { repeatedFacts } from './repeated.ts';
import { counted, shown, shownDay } from './wording.ts';

interface Account {
  readonly name: string;
  /** Redacted. */
  readonly password: string;
  readonly fields: readonly string[];
  readonly line: string;
}

interface Shadow extends Understood {
  readonly accounts: readonly Account[];
}

function parse(text: string): Shadow {
  const accounts: Account[] = [];
  const entries: string[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const fields = line.split(':');
    const [name = '', password = ''] = fields;
    const isAccount =
      fields.length === 9 && name !== '' && fields.slice(2, 8).every((field) => /^-?\d{0,10}$/.test(field));
    if (!isAccount) {
      unknown.push(line);
      continue;
    }
    accounts.push({ name, password, fields, line });
    entries.push(line);
  }
  return { accounts, entries, unknown };
}

/**
 * A field that starts with ! or * lets nobody in by password; what follows an ! is what comes back when it is taken
 * away.
 */
type State = 'none' | 'locked' | 'impossible' | 'set';

function stateOf(password: string): State {
  if (password === '') return 'none';
  if (password.startsWith('!')) return 'locked';
  return password.startsWith('<redacted') ? 'set' : 'impossible';
}

function hashOf(password: string): string {
  return password.replace(/^!+/, '');
}

const LAST_CHANGE = 2;

function passwordFacts(before: Account, after: Account): Fact[] {
  const name = shown(after.name);
  const [was, is] = [stateOf(before.password), stateOf(after.password)];
  const isDated = before.fields[LAST_CHANGE] !== after.fields[LAST_CHANGE];
  if (before.password === after.password) return [];
  if (is === 'none') return [{ rank: 0, text: `account ${name} has no password: anybody may log in as it` }];
  if (is === 'set') {
    if (was === 'none') return [{ rank: 1, text: `password of ${name} set (it had none)` }];
    if (was === 'impossible') return [{ rank: 0, text: `password of ${name} set (it had none that works)` }];
    if (was === 'locked' && hashOf(before.password) === hashOf(after.password)) {
      return [{ rank: 0, text: `account ${name} unlocked, with the password it had` }];
    }
    const from = was === 'locked' ? 'set (was locked)' : 'changed';
    const undated = isDated ? '' : ', but not the date of its last change';
    return [{ rank: was === 'locked' || !isDated ? 0 : 1, text: `password of ${name} ${from}${undated}` }];
  }
  if (is === 'locked') {
    const isKept = hashOf(before.password) === hashOf(after.password);
    if (was === 'locked') {
      return [{ rank: 1, text: `the ${isKept ? 'lock' : 'password behind the lock'} of ${name} changed` }];
    }
    const without = was === 'set' && !isKept ? ', and its password removed or changed' : '';
    return [{ rank: 1, text: `account ${name} locked${without}` }];
  }
  return [{ rank: 1, text: `account ${name} can no longer log in by password` }];
}

const AGES = [
  [3, 'minimum password age', 'day'],
  [4, 'maximum password age', 'day'],
  [5, 'warning before the password expires', 'day'],
  [6, 'grace after the password expires', 'day'],
] as const;

function shownAge(days: string, unit: string): string {
  return days === '' ? 'none' : counted(Number(days), unit);
}

function dateFacts(before: Account, after: Account): Fact[] {
  const name = shown(after.name);
  const facts: Fact[] = [];
  const [lastBefore = '', last = ''] = [before.fields[LAST_CHANGE], after.fields[LAST_CHANGE]];
  if (lastBefore !== last) {
    if (last === '0') facts.push({ rank: 1, text: `${name} must choose a new password at the next login` });
    else if (last === '') facts.push({ rank: 1, text: `the password of ${name} does not age any more` });
    else if (before.password === after.password) {
      const was = lastBefore === '' ? 'not recorded' : shownDay(lastBefore);
      facts.push({ rank: 1, text: `password of ${name} last changed on ${shownDay(last)} (was ${was})` });
    }
  }
  for (const [index, label, unit] of AGES) {
    const [was = '', is = ''] = [before.fields[index], after.fields[index]];
    if (was !== is) {
      facts.push({ rank: 2, text: `${label} of ${name} changed from ${shownAge(was, unit)} to ${shownAge(is, unit)}` });
    }
  }
  const [was = '', is = ''] = [before.fields[7], after.fields[7]];
  if (was !== is) {
    const text =
      is === ''
        ? `account ${name} does not expire any more (it did on ${shownDay(was)})`
        : `account ${name} expires on ${shownDay(is)}`;
    facts.push({ rank: 1, text: was === '' || is === '' ? text : `${text} (was ${shownDay(was)})` });
  }
  if (before.fields[8] !== after.fields[8]) facts.push({ rank: 2, text: `reserved field of ${name} changed` });
  return facts;
}

function added(account: Account): Fact {
  const name = shown(account.name);
  const state = stateOf(account.password);
  if (state === 'none') return { rank: 0, text: `account ${name} added without a password: anybody may log in as it` };
  const words = { set: 'with a password', locked: 'locked', impossible: 'without a way to log in by password' };
  return { rank: 1, text: `account ${name} added, ${words[state]}` };
}

function describe(before: string, after: string) {
  const old = parse(before);
  const now = parse(after);
  const oldAccounts = groupBy(old.accounts, (account) => account.name);
  const accounts = groupBy(now.accounts, (account) => account.name);
  const facts: Fact[] = [];
  for (const name of allKeys(oldAccounts, accounts)) {
    const previous = oldAccounts.get(name) ?? [];
    const present = accounts.get(name) ?? [];
    const [first] = previous;
    const [account] = present;
    if (account === undefined) facts.push({ rank: 1, text: `account ${shown(name)} removed` });
    else if (first === undefined) facts.push(added(account));
    else append(facts, [...passwordFacts(first, account), ...dateFacts(first, account)]);
    append(facts, repeatedFacts('account', previous, present));
  }
  return { facts, before: old, after: now };
}

export const shadow: Format = { order: 'the first entry of a name counts', describe };
