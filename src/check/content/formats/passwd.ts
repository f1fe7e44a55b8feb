/** passwd(5): who exists, with which number, home and shell. The first entry of a name counts (getpwnam(3)). */
import { allKeys, append, type Fact, type Format, groupBy, listChange, type Understood } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { repeatedFacts, sharedWith } from './repeated.ts';
import { shown } from './wording.ts';

interface User {
  readonly name: string;
  readonly password: string;
  readonly uid: string;
  readonly gid: string;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  readonly line: string;
}

/** Names by uid. */
type Names = ReadonlyMap<string, readonly string[]>;

interface Passwd extends Understood {
  readonly users: readonly User[];
  /** Lines that bring users in from NIS: +, +@group, -user. */
  readonly nis: readonly string[];
}

function parse(text: string): Passwd {
  const users: User[] = [];
  const nis: string[] = [];
  const entries: string[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const fields = line.split(':');
    const [name = '', password = '', uid = '', gid = '', comment = '', home = '', shell = ''] = fields;
    if (/^[+-]/.test(line)) nis.push(line);
    else if (fields.length === 7 && name !== '' && /^\d{1,10}$/.test(uid) && /^\d{1,10}$/.test(gid)) {
      users.push({ name, password, uid: String(Number(uid)), gid: String(Number(gid)), comment, home, shell, line });
    } else {
      unknown.push(line);
      continue;
    }
    entries.push(line);
  }
  return { users, nis, entries, unknown };
}

const FIELDS = [
  ['gid', 'group number', 1],
  ['home', 'home', 1],
  ['shell', 'shell', 1],
  ['comment', 'full name', 2],
] as const;

function shownShell(shell: string): string {
  return shell === '' ? '/bin/sh (empty field)' : shown(shell);
}

function added(user: User, names: Names): Fact[] {
  const shell = `home ${shown(user.home)}, shell ${shownShell(user.shell)}`;
  const facts: Fact[] = [
    {
      rank: user.uid === '0' ? 0 : 1,
      text: `user ${shown(user.name)} added with uid ${user.uid}${sharedWith(user.name, names.get(user.uid))}, ${shell}`,
    },
  ];
  return [...facts, ...passwordFacts(user, undefined)];
}

function passwordFacts(user: User, before: User | undefined): Fact[] {
  if (user.password === before?.password) return [];
  const name = shown(user.name);
  if (user.password === '')
    return [{ rank: 0, text: `user ${name} has an empty password field: no password is asked for` }];
  if (user.password === 'x') {
    return before === undefined ? [] : [{ rank: 1, text: `password of ${name} is in shadow now` }];
  }
  if (/^[*!]/.test(user.password)) return before === undefined ? [] : [{ rank: 1, text: `password of ${name} locked` }];
  return [{ rank: 0, text: `password of ${name} is in this file now and overrides shadow` }];
}

function changed(before: User, user: User, names: Names): Fact[] {
  const name = shown(user.name);
  const facts: Fact[] = [];
  if (before.uid !== user.uid) {
    const rank = user.uid === '0' ? 0 : 1;
    facts.push({
      rank,
      text: `uid of ${name} changed from ${before.uid} to ${user.uid}${sharedWith(user.name, names.get(user.uid))}`,
    });
  }
  append(facts, passwordFacts(user, before));
  for (const [field, label, rank] of FIELDS) {
    if (before[field] === user[field]) continue;
    const show = field === 'shell' ? shownShell : shown;
    facts.push({ rank, text: `${label} of ${name} changed from ${show(before[field])} to ${show(user[field])}` });
  }
  return facts;
}

function describe(before: string, after: string) {
  const old = parse(before);
  const now = parse(after);
  const oldUsers = groupBy(old.users, (user) => user.name);
  const users = groupBy(now.users, (user) => user.name);
  const names = new Map<string, string[]>();
  for (const [uid, sharing] of groupBy(now.users, (user) => user.uid))
    names.set(
      uid,
      sharing.map((user) => user.name),
    );
  const facts: Fact[] = [];
  for (const name of allKeys(oldUsers, users)) {
    const previous = oldUsers.get(name) ?? [];
    const present = users.get(name) ?? [];
    const [first] = previous;
    const [user] = present;
    if (user === undefined) facts.push({ rank: 1, text: `user ${shown(name)} removed (uid ${first?.uid ?? ''})` });
    else append(facts, first === undefined ? added(user, names) : changed(first, user, names));
    append(facts, repeatedFacts('user', previous, present));
  }
  const nis = listChange(old.nis, now.nis);
  for (const line of nis.added) {
    facts.push({ rank: 0, text: `NIS entry ${shown(line)} added: users of the network come in` });
  }
  for (const line of nis.removed) facts.push({ rank: 1, text: `NIS entry ${shown(line)} removed` });
  return { facts, before: old, after: now };
}

export const passwd: Format = { order: 'the first entry of a name or number counts', describe };
