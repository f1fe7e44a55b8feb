/** `integ schedule …`: what runs the check every night. */
import { gapBetween, gapsBefore } from '../../app/history/gaps.ts';
import { openHistory } from '../../app/history/run-history.ts';
import { removeSchedule, requireOwn, writeSchedule } from '../../app/schedule/change.ts';
import { type Job, type JobOptions, jobOf } from '../../app/schedule/job.ts';
import {
  type FoundSchedule,
  filesFor,
  findSchedule,
  isInstalled,
  requireInside,
  requirePlace,
  SCHEDULERS,
  type ScheduleFile,
  type Scheduler,
  schedulerOf,
  timeOf,
} from '../../app/schedule/places.ts';
import { isToldByMail } from '../../app/schedule/recipients.ts';
import { nextElapse } from '../../app/schedule/systemctl.ts';
import { clockText, nextRun } from '../../app/schedule/time.ts';
import type { ChainedRun } from '../../baseline/history/chain.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { plain } from '../../report/plain.ts';
import { formatDuration } from '../../report/quantities.ts';
import { isoTime } from '../../system/host.ts';
import { findUnsafePermissions } from '../../system/safe-permissions.ts';
import type { Context } from '../context.ts';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

interface ChosenScheduler {
  readonly systemd?: boolean;
  readonly cron?: boolean;
}

interface InstallOptions extends ChosenScheduler, JobOptions {
  readonly force?: boolean;
}

interface RemoveOptions extends ChosenScheduler {
  readonly force?: boolean;
}

function chosen({ systemd, cron }: ChosenScheduler): Scheduler | undefined {
  return systemd === true ? 'systemd' : cron === true ? 'cron' : undefined;
}

function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new UserError('permission', 'only root can schedule a check of the system', {
    hint: 'run as root; a check of your own files goes into your own crontab: crontab -e',
  });
}

function filesText(files: readonly ScheduleFile[]): string {
  return files.map(({ path, text }) => `--- ${printableText(path)}\n${text}`).join('\n');
}

export async function runScheduleInstall(
  context: Context,
  _operands: readonly string[],
  options: InstallOptions,
): Promise<number> {
  requireRoot();
  const { root, terminal } = context;
  const scheduler = chosen(options) ?? schedulerOf(root);
  requirePlace(scheduler, root);
  requireInside(root);
  const job = jobOf(context, options, await isToldByMail(context));
  const files = filesFor(scheduler, job, root);
  const found = findSchedule(scheduler, root);
  requireOwn(found, options.force === true);
  if (isInstalled(found, root) && files.every(({ text }, index) => isText(found, index, text))) {
    terminal.print(`Nothing to do: ${scheduler} runs the check every day at ${clockText(job.at)} already.\n`);
  } else {
    terminal.print(filesText(files));
    const problems = writeSchedule(scheduler, files, root);
    terminal.print(`\nWritten: ${scheduler} runs the check every day at ${clockText(job.at)}.\n`);
    terminal.print(acceptance(scheduler));
    for (const problem of problems) terminal.warn(problem);
  }
  removeOther(context, scheduler);
  warnOfPrograms(context, job);
  return 0;
}

function isText({ files }: FoundSchedule, index: number, text: string): boolean {
  const found = files[index]?.found;
  return found?.kind === 'own' && found.text === text;
}

/** A check that watches /etc will find these files. */
function acceptance(scheduler: Scheduler): string {
  const paths = scheduler === 'systemd' ? "'/etc/systemd/system/**/integ-check.*'" : '/etc/cron.d/integ';
  return (
    'The next check reports what was written as added, if the policy watches it; then:\n' +
    `  integ accept --path ${paths} --reason 'nightly check'\n`
  );
}

/** One night, one check: a schedule of the other kind that integ wrote ends, and one that it did not write is told. */
function removeOther({ root, terminal }: Context, scheduler: Scheduler): void {
  for (const other of SCHEDULERS.filter((candidate) => candidate !== scheduler)) {
    const found = findSchedule(other, root);
    for (const { path, found: file } of found.files) {
      if (file.kind === 'own') terminal.note(`removed: ${printableText(path)}`);
      if (file.kind === 'foreign') terminal.warn(`${printableText(path)} may run a check too: integ did not write it`);
    }
    for (const problem of removeSchedule(found, root, false)) terminal.warn(problem);
  }
}

/** Who can change Node.js or integ can do what root may. */
function warnOfPrograms({ terminal }: Context, { program, parameters }: Job): void {
  for (const file of [program, parameters[0] ?? '']) {
    for (const { problem, mend } of findUnsafePermissions(file)) {
      terminal.warn(`others can change what root will run every night: ${problem} (mend it with: ${mend})`);
    }
  }
}

export async function runScheduleRemove(
  context: Context,
  _operands: readonly string[],
  options: RemoveOptions,
): Promise<number> {
  requireRoot();
  const { root, terminal } = context;
  requireInside(root);
  const force = options.force === true;
  const only = chosen(options);
  const schedules = SCHEDULERS.filter((scheduler) => only === undefined || scheduler === only).map((scheduler) =>
    findSchedule(scheduler, root),
  );
  const isOurs = schedules.some(({ files }) => files.some(({ found }) => found.kind === 'own'));
  // Where there is nothing of ours, somebody means the file that is not ours.
  if (!isOurs) for (const schedule of schedules) requireOwn(schedule, force);
  let removed = 0;
  for (const schedule of schedules) {
    for (const problem of removeSchedule(schedule, root, force)) terminal.warn(problem);
    for (const { path, found } of schedule.files) {
      if (found.kind === 'own' || (force && found.kind === 'foreign')) {
        terminal.print(`Removed: ${printableText(path)}\n`);
        removed += 1;
      } else if (found.kind === 'foreign') {
        terminal.warn(`${printableText(path)} stays: it was not written by integ, or was edited since`);
      }
    }
  }
  if (removed === 0) terminal.print('Nothing to do: no check is scheduled.\n');
  return 0;
}

export async function runScheduleShow(
  context: Context,
  _operands: readonly string[],
  options: InstallOptions,
): Promise<number> {
  const { root, terminal } = context;
  const found = SCHEDULERS.map((scheduler) => findSchedule(scheduler, root));
  const installed = found.filter((schedule) => isInstalled(schedule, root));
  for (const schedule of installed) {
    terminal.print(`${timesText(context, schedule)}\n`);
    terminal.print(filesText(schedule.files.flatMap(({ path, found: file }) => ownText(path, file))));
  }
  for (const { path, found: file } of found.flatMap(({ files }) => files)) {
    if (file.kind === 'foreign')
      terminal.print(`${printableText(path)} was not written by integ, or was edited since.\n`);
  }
  if (installed.length === 0) {
    const scheduler = chosen(options) ?? schedulerOf(root);
    const files = filesFor(scheduler, jobOf(context, options, false), root);
    terminal.print(`integ runs no nightly check here. integ schedule install would write:\n\n${filesText(files)}`);
  }
  terminal.print(`\n${lastCheck(context)}\n`);
  return 0;
}

function ownText(path: string, file: FoundSchedule['files'][number]['found']): readonly ScheduleFile[] {
  return file.kind === 'own' ? [{ path, text: file.text }] : [];
}

function timesText({ root, host }: Context, schedule: FoundSchedule): string {
  const time = timeOf(schedule);
  if (time === undefined) return `${schedule.scheduler} runs the check`;
  const elapse = schedule.scheduler === 'systemd' ? nextElapse(root) : undefined;
  const next =
    elapse ??
    nextRun(time, new Date(Number(host.now() / NANOSECONDS_PER_MILLISECOND)))
      .toISOString()
      .replace('.000Z', 'Z');
  return `${schedule.scheduler} runs the check every day at ${clockText(time)}; next: ${next}`;
}

/** When the last check was, and which nights have none. */
function lastCheck(context: Context): string {
  let runs: readonly ChainedRun[];
  try {
    const { history } = openHistory(context);
    try {
      runs = history.runs();
    } finally {
      history.close();
    }
  } catch (error) {
    if (error instanceof UserError) return `Last check: ${error.message}`;
    throw error;
  }
  const last = runs.at(-1);
  if (last === undefined) return 'Last check: none is stored';
  const overdue = gapBetween(last.finishedAt, isoTime(context.host.now()));
  const missing = gapsBefore(runs).filter((gap) => gap !== undefined).length;
  const lines = [
    `Last check: ${last.finishedAt}, ${last.status}`,
    ...(overdue === undefined ? [] : [`OVERDUE: no check for ${formatDuration(overdue)}`]),
    ...(missing === 0 ? [] : [`Nights were missing ${missing} times: integ report list says when`]),
  ];
  return lines.map(plain).join('\n');
}
