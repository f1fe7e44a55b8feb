/** crontab(5): which command runs when and as whom, and the settings above it. */
import { baseName, type Path } from '../../../model/bytes.ts';
import { allKeys, append, type Fact, type Format, groupBy, type Rank, type Understood } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { shown } from './wording.ts';

interface Job {
  readonly schedule: string;
  readonly user: string;
  readonly command: string;
}

interface Setting {
  readonly name: string;
  readonly value: string;
}

interface Crontab extends Understood {
  readonly jobs: readonly Job[];
  readonly settings: readonly Setting[];
}

const SETTING = /^[ \t]*("[^"]*"|'[^']*'|[^\s"'=]+)[ \t]*=[ \t]*(.*)$/;
const NICKNAME = /^@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly|every_minute|\d+)$/;
const TIME_FIELD = /^(?:[-~*/,0-9]|[A-Za-z]{3})+$/;
/** Settings that decide which program a job runs. */
const DECISIVE: ReadonlySet<string> = new Set([
  'PATH',
  'SHELL',
  'BASH_ENV',
  'ENV',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'HOME',
  'PYTHONPATH',
  'PERL5LIB',
]);
/** What anybody can put something into, or what comes from elsewhere at the time. */
const DOUBTFUL = /\/(?:tmp|var\/tmp|dev\/shm)\/|\b(?:curl|wget)\b|\bbase64\b|\/dev\/tcp\/|\bn(?:c|cat)\b/;

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

/** The first words of a line and what follows them. */
function words(line: string, count: number): { readonly first: string[]; readonly rest: string } {
  const first: string[] = [];
  let rest = line.trim();
  while (first.length < count && rest !== '') {
    const word = /^\S+/.exec(rest)?.[0] ?? '';
    first.push(word);
    rest = rest.slice(word.length).trimStart();
  }
  return { first, rest };
}

function jobOf(line: string, owner: string | undefined): Job | undefined {
  const hasNickname = /^[ \t]*@/.test(line);
  const times = hasNickname ? 1 : 5;
  const { first, rest } = words(line, owner === undefined ? times + 1 : times);
  const schedule = first.slice(0, times);
  const user = owner ?? first[times] ?? '';
  const isTime = hasNickname
    ? NICKNAME.test(schedule[0] ?? '')
    : schedule.length === 5 && schedule.every((field) => TIME_FIELD.test(field));
  return isTime && rest !== '' && user !== '' ? { schedule: schedule.join(' '), user, command: rest } : undefined;
}

function parse(text: string, owner: string | undefined): Crontab {
  const jobs: Job[] = [];
  const settings: Setting[] = [];
  const entries: string[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const [, name, value = ''] = SETTING.exec(line) ?? [];
    const job = name === undefined ? jobOf(line, owner) : undefined;
    if (name !== undefined) {
      settings.push({ name: unquoted(name), value: unquoted(value.trim()) });
      entries.push(`${unquoted(name)}=${unquoted(value.trim())}`);
    } else if (job !== undefined) {
      jobs.push(job);
      entries.push([job.schedule, job.user, job.command].join('\t'));
    } else {
      unknown.push(line);
    }
  }
  return { jobs, settings, entries, unknown };
}

function rankOf(job: Job): Rank {
  return DOUBTFUL.test(job.command) ? 0 : 1;
}

function shownJob(job: Job): string {
  return `${shown(job.command)} as ${shown(job.user)} at "${job.schedule}"`;
}

function changedFact(before: Job, after: Job): Fact {
  const rank = rankOf(after);
  const command = shown(after.command);
  if (before.command !== after.command) {
    const what = `job of ${shown(after.user)} at "${after.schedule}"`;
    return { rank, text: `${what} runs ${command} now (was ${shown(before.command)})` };
  }
  if (before.schedule !== after.schedule) {
    return { rank, text: `${command} runs at "${after.schedule}" now (was "${before.schedule}")` };
  }
  return {
    rank: after.user === 'root' ? 0 : rank,
    text: `${command} runs as ${shown(after.user)} now (was ${shown(before.user)})`,
  };
}

/** Jobs of which all but one thing is the same are one job that changed, where only one fits. */
function jobFacts(before: readonly Job[], after: readonly Job[]): Fact[] {
  const facts: Fact[] = [];
  const whole = (job: Job) => [job.schedule, job.user, job.command].join('\n');
  let { gone, came } = unpaired(before, after, whole);
  const alike = [
    (job: Job) => [job.user, job.command].join('\n'),
    (job: Job) => [job.schedule, job.command].join('\n'),
    (job: Job) => [job.schedule, job.user].join('\n'),
  ];
  for (const keyOf of alike) {
    const oldJobs = groupBy(gone, keyOf);
    const newJobs = groupBy(came, keyOf);
    const paired = new Set<Job>();
    for (const [key, [job, ...more]] of newJobs) {
      const [old, ...others] = oldJobs.get(key) ?? [];
      if (job === undefined || old === undefined || more.length > 0 || others.length > 0) continue;
      facts.push(changedFact(old, job));
      paired.add(job).add(old);
    }
    gone = gone.filter((job) => !paired.has(job));
    came = came.filter((job) => !paired.has(job));
  }
  append(
    facts,
    came.map((job): Fact => ({ rank: rankOf(job), text: `job added: ${shownJob(job)}` })),
  );
  append(
    facts,
    gone.map((job): Fact => ({ rank: 1, text: `job removed: ${shownJob(job)}` })),
  );
  return facts;
}

function unpaired(before: readonly Job[], after: readonly Job[], keyOf: (job: Job) => string) {
  const oldJobs = groupBy(before, keyOf);
  const newJobs = groupBy(after, keyOf);
  const more = (jobs: ReadonlyMap<string, readonly Job[]>, other: ReadonlyMap<string, readonly Job[]>) =>
    [...jobs].flatMap(([key, list]) => list.slice(other.get(key)?.length ?? 0));
  return { gone: more(oldJobs, newJobs), came: more(newJobs, oldJobs) };
}

function settingFacts(before: readonly Setting[], after: readonly Setting[]): Fact[] {
  const old = groupBy(before, (setting) => setting.name);
  const now = groupBy(after, (setting) => setting.name);
  return allKeys(old, now).flatMap((name): Fact[] => {
    const was = (old.get(name) ?? []).map((setting) => setting.value);
    const is = (now.get(name) ?? []).map((setting) => setting.value);
    if (was.join('\n') === is.join('\n')) return [];
    const rank: Rank = DECISIVE.has(name) || name.startsWith('LD_') ? 0 : 1;
    if (name === 'MAILTO' && is.at(-1) === '')
      return [{ rank: 1, text: 'output of jobs is no longer mailed (MAILTO is empty)' }];
    if (was.length === 0) return [{ rank, text: `${shown(name)} set to ${is.map(shown).join(', then ')}` }];
    if (is.length === 0)
      return [{ rank, text: `${shown(name)} no longer set (was ${was.map(shown).join(', then ')})` }];
    return [
      {
        rank,
        text: `${shown(name)} changed from ${was.map(shown).join(', then ')} to ${is.map(shown).join(', then ')}`,
      },
    ];
  });
}

function change(before: string, after: string, owner: string | undefined) {
  const old = parse(before, owner);
  const now = parse(after, owner);
  const facts = [...jobFacts(old.jobs, now.jobs), ...settingFacts(old.settings, now.settings)];
  return { facts, before: old, after: now };
}

const ORDER = 'a setting holds for the jobs below it';

/** /etc/crontab and /etc/cron.d: each job names its user. */
export const systemCrontab: Format = { order: ORDER, describe: (before, after) => change(before, after, undefined) };

/** The crontab of one user, whose name is that of the file. */
export const userCrontab: Format = {
  order: ORDER,
  describe: (before: string, after: string, path: Path) => change(before, after, baseName(path)),
};
