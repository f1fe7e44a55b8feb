/**
 * systemd.syntax(7): units, drop-ins and what else systemd is configured by. An empty assignment takes back what stood
 * before it; other files of the same unit are not looked into.
 */
import type { Path } from '../../../model/bytes.ts';
import { allKeys, type Fact, type Format, listChange, type Rank, type Understood } from './change.ts';
import { endsInBackslash, linesOf } from './config-lines.ts';
import { shown } from './wording.ts';

interface Unit extends Understood {
  /** Values that hold, by section and key: `[Service]\nExecStart`. A reset that nothing stands before is kept as "". */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const isComment = (line: string) => /^[ \t]*(?:[#;]|$)/.test(line);

/** A backslash at the end joins the next line; comments between joined lines are left out. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let parts: string[] = [];
  for (const line of linesOf(text)) {
    if (isComment(line) && (parts.length === 0 || line.trim() !== '')) continue;
    const isContinued = endsInBackslash(line);
    parts.push((isContinued ? line.slice(0, -1) : line).trim());
    if (isContinued) continue;
    lines.push(parts.join(' ').trim());
    parts = [];
  }
  if (parts.length > 0) lines.push(parts.join(' ').trim());
  return lines.filter((line) => line !== '');
}

function parse(text: string): Unit {
  const values = new Map<string, string[]>();
  const entries: string[] = [];
  const unknown: string[] = [];
  let section = '';
  for (const line of logicalLines(text)) {
    const title = /^\[([^[\]]+)\]$/.exec(line)?.[1];
    if (title !== undefined) {
      section = title;
      continue;
    }
    const [head = '', name = ''] = /^([A-Za-z0-9_.-]+)[ \t]*=[ \t]*/.exec(line) ?? [];
    if (head === '' || section === '') {
      unknown.push(line);
      continue;
    }
    const value = line.slice(head.length);
    const key = `[${section}]\n${name}`;
    entries.push(`${key}=${value}`);
    const known = values.get(key);
    if (value === '' || known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return { values, entries, unknown };
}

const RUNS =
  /^(?:Exec|User$|Group$|Environment|PassEnvironment|AmbientCapabilities|CapabilityBoundingSet|ListenStream|Sockets?$|OnFailure$|RootDirectory$|DynamicUser$)/;
const GUARDS =
  /^(?:NoNewPrivileges|Protect|Private|Restrict|SystemCallFilter|ReadOnlyPaths|InaccessiblePaths|MemoryDenyWriteExecute|Lock)/;

function rankOf(name: string): Rank {
  return RUNS.test(name) || GUARDS.test(name) ? 1 : 2;
}

/** The values of a key, as words: an empty one at the front takes back what the unit set elsewhere. */
function valueFacts(key: string, before: readonly string[], after: readonly string[]): Fact[] {
  const [section = '', name = ''] = key.split('\n');
  const label = `${shown(name)} of ${shown(section)}`;
  const rank = rankOf(name);
  const [was, is] = [before.filter((value) => value !== ''), after.filter((value) => value !== '')];
  const facts: Fact[] = [];
  const [resetBefore, resetAfter] = [before[0] === '', after[0] === ''];
  if (!resetBefore && resetAfter) facts.push({ rank, text: `${label} takes back what was set before it` });
  if (resetBefore && !resetAfter) facts.push({ rank, text: `${label} no longer takes back what was set before it` });
  const { added, removed } = listChange(was, is);
  if (was.length === 1 && is.length === 1 && added.length === 1) {
    return [...facts, { rank, text: `${label} changed from ${shown(was[0] ?? '')} to ${shown(is[0] ?? '')}` }];
  }
  const isOnly = was.length === 0 && is.length === 1;
  for (const value of added)
    facts.push({ rank, text: isOnly ? `${label} set to ${shown(value)}` : `${label}: ${shown(value)} added` });
  const isLast = was.length === 1 && is.length === 0;
  for (const value of removed)
    facts.push({
      rank,
      text: isLast ? `${label} no longer set (was ${shown(value)})` : `${label}: ${shown(value)} removed`,
    });
  return facts;
}

/** As whom a service runs; undefined where the file does not decide it. */
function serviceUser(unit: Unit, path: Path): string | undefined {
  const isSystem = !/\/systemd\/user\/|\/\.config\//.test(path);
  if (!isSystem || unit.entries.length === 0) return undefined;
  if ((unit.values.get('[Service]\nDynamicUser') ?? []).some((value) => /^(?:1|yes|true|on)$/i.test(value)))
    return 'a dynamic user';
  const user = unit.values.get('[Service]\nUser')?.at(-1) ?? '';
  const isWhole = path.endsWith('.service') && [...unit.values.keys()].some((key) => key.startsWith('[Service]\nExec'));
  if (user === '0') return 'root';
  return user === '' && isWhole ? 'root' : user || undefined;
}

function describe(before: string, after: string, path: Path) {
  const old = parse(before);
  const now = parse(after);
  const facts = allKeys(old.values, now.values).flatMap((key) => {
    return valueFacts(key, old.values.get(key) ?? [], now.values.get(key) ?? []);
  });
  const [was, is] = [serviceUser(old, path), serviceUser(now, path)];
  if (is === 'root' && was !== 'root') {
    const from = was === undefined ? '' : ` (ran as ${shown(was)})`;
    facts.push({ rank: 0, text: `the service runs as root now${from}` });
  }
  return { facts, before: old, after: now };
}

export const systemd: Format = { order: undefined, describe };
