/** group(5) and gshadow(5): who is in which group, and who may say so. */
import { allKeys, append, type Fact, type Format, groupBy, listChange, type Rank, type Understood } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { repeatedFacts, sharedWith } from './repeated.ts';
import { shown, shownList } from './wording.ts';

/** Groups whose members are root, or nearly: they may run everything, read every disk or talk to a daemon that does. */
const POWERFUL: ReadonlySet<string> = new Set([
  'root',
  'sudo',
  'wheel',
  'admin',
  'adm',
  'docker',
  'lxd',
  'incus-admin',
  'libvirt',
  'disk',
  'shadow',
  'kmem',
  'sys',
]);

interface GroupEntry {
  readonly name: string;
  readonly password: string;
  /** The number in group(5), the administrators in gshadow(5). */
  readonly third: string;
  readonly members: readonly string[];
  readonly line: string;
}

interface Groups extends Understood {
  readonly groups: readonly GroupEntry[];
}

function namesIn(field: string): string[] {
  return field
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function parse(text: string, isShadow: boolean): Groups {
  const groups: GroupEntry[] = [];
  const unknown: string[] = [];
  const entries: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const fields = line.split(':');
    const [name = '', password = '', third = '', members = ''] = fields;
    const isGroup = fields.length === 4 && /^[^+-]/.test(name) && (isShadow || /^\d{1,10}$/.test(third));
    if (!isGroup) {
      unknown.push(line);
      continue;
    }
    groups.push({ name, password, third: isShadow ? third : String(Number(third)), members: namesIn(members), line });
    entries.push(line);
  }
  return { groups, unknown, entries };
}

function memberFacts(name: string, before: readonly string[], after: readonly string[]): Fact[] {
  const rank: Rank = POWERFUL.has(name) ? 0 : 1;
  const { added, removed } = listChange(before, after);
  return [
    ...added.map((member): Fact => ({ rank, text: `user ${shown(member)} added to group ${shown(name)}` })),
    ...removed.map((member): Fact => ({ rank: 1, text: `user ${shown(member)} removed from group ${shown(name)}` })),
  ];
}

function passwordFact(group: GroupEntry, before: GroupEntry | undefined): Fact[] {
  const { password } = group;
  if (password === before?.password || (before === undefined && /^[x*!]*$/.test(password))) return [];
  const name = shown(group.name);
  if (/^[x*!]*$/.test(password)) return [{ rank: 1, text: `group ${name} has no password any more` }];
  const rank = POWERFUL.has(group.name) ? 0 : 1;
  return [
    { rank, text: `password of group ${name} ${before === undefined ? 'set' : 'changed'}: who knows it may join` },
  ];
}

function thirdFacts(group: GroupEntry, before: GroupEntry, isShadow: boolean): Fact[] {
  if (group.third === before.third) return [];
  const name = shown(group.name);
  if (!isShadow) return [{ rank: 1, text: `gid of group ${name} changed from ${before.third} to ${group.third}` }];
  const { added, removed } = listChange(namesIn(before.third), namesIn(group.third));
  return [
    ...added.map((user): Fact => ({ rank: 0, text: `user ${shown(user)} is an administrator of group ${name} now` })),
    ...removed.map(
      (user): Fact => ({ rank: 1, text: `user ${shown(user)} is no administrator of group ${name} any more` }),
    ),
  ];
}

function added(group: GroupEntry, isShadow: boolean, names: ReadonlyMap<string, readonly string[]>): Fact[] {
  const shared = sharedWith(group.name, names.get(group.third));
  const number = isShadow ? '' : ` with gid ${group.third}${shared}`;
  const members = group.members.length === 0 ? '' : `, members ${shownList(group.members)}`;
  const rank = (!isShadow && shared !== '') || (POWERFUL.has(group.name) && group.members.length > 0) ? 0 : 1;
  const facts: Fact[] = [{ rank, text: `group ${shown(group.name)} added${number}${members}` }];
  if (isShadow) append(facts, thirdFacts(group, { ...group, third: '' }, true));
  return [...facts, ...passwordFact(group, undefined)];
}

function membersOf(group: GroupEntry): readonly string[] {
  return group.members;
}

function change(before: string, after: string, isShadow: boolean) {
  const old = parse(before, isShadow);
  const now = parse(after, isShadow);
  const oldGroups = groupBy(old.groups, (group) => group.name);
  const groups = groupBy(now.groups, (group) => group.name);
  const names = new Map<string, string[]>();
  for (const [gid, sharing] of groupBy(now.groups, (entry) => entry.third))
    names.set(
      gid,
      sharing.map((entry) => entry.name),
    );
  const facts: Fact[] = [];
  for (const name of allKeys(oldGroups, groups)) {
    const previous = oldGroups.get(name) ?? [];
    const present = groups.get(name) ?? [];
    const [first] = previous;
    const [group] = present;
    if (group === undefined) facts.push({ rank: 1, text: `group ${shown(name)} removed` });
    else if (first === undefined) append(facts, added(group, isShadow, names));
    else {
      // initgroups(3) takes the members of every entry.
      append(facts, memberFacts(name, previous.flatMap(membersOf), present.flatMap(membersOf)));
      append(facts, [...thirdFacts(group, first, isShadow), ...passwordFact(group, first)]);
    }
    append(facts, repeatedFacts('group', previous, present));
  }
  return { facts, before: old, after: now };
}

export const group: Format = {
  order: undefined,
  describe: (before, after) => change(before, after, false),
};

export const gshadow: Format = {
  order: undefined,
  describe: (before, after) => change(before, after, true),
};
