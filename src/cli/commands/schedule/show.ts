/** `integ schedule show`: what runs the nightly check, and when the last one was. */
import { gapBetween, gapsBefore } from '../../../app/history/gaps.ts';
import { openHistory } from '../../../app/history/run-history.ts';
import { unmetByFile } from '../../../app/schedule/conditions.ts';
import { jobOf } from '../../../app/schedule/job.ts';
import {
  type FoundSchedule,
  filesFor,
  filesInForce,
  findSchedule,
  isInstalled,
  SCHEDULERS,
  type ScheduleFile,
  type Scheduler,
  scheduleNames,
  schedulerOf,
  timeOf,
} from '../../../app/schedule/places.ts';
import { missingPrograms } from '../../../app/schedule/programs.ts';
import { isToldByMail } from '../../../app/schedule/recipients.ts';
import { nextElapse } from '../../../app/schedule/systemctl.ts';
import { clockText, nextRun } from '../../../app/schedule/time.ts';
import type { ChainedRun } from '../../../baseline/history/chain.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import { plain } from '../../../report/plain.ts';
import { formatDuration } from '../../../report/quantities.ts';
import { isoTime, milliseconds } from '../../../system/host.ts';
import type { CommandContext } from '../../context.ts';
import type { ScheduleShowOptions } from './define.ts';
import { chosenScheduler, filesText } from './scheduler.ts';

export async function runScheduleShow(context: CommandContext, options: ScheduleShowOptions): Promise<number> {
  const { root, terminal } = context;
  const scheduler = chosenScheduler(options);
  if (scheduler !== undefined) {
    const files = await wouldWrite(context, options, scheduler);
    terminal.print(`integ schedule install --${scheduler} would write:\n\n${filesText(files)}`);
    tellForeign(context, [findSchedule(scheduler, root, options.name)]);
    terminal.print(`\n${lastCheck(context)}\n`);
    return 0;
  }
  const names = options.name === undefined ? scheduleNames(root) : [options.name];
  const found = names.flatMap((name) => SCHEDULERS.map((each) => findSchedule(each, root, name)));
  const installed = found.filter((schedule) => schedule.shipped.length > 0 || isInstalled(schedule, root));
  for (const schedule of installed) {
    terminal.print(`${timesText(context, schedule)}\n`);
    terminal.print(filesText(filesInForce(schedule)));
  }
  tellForeign(context, found);
  if (installed.length === 0) {
    const files = await wouldWrite(context, options, schedulerOf(root));
    terminal.print(`integ runs no nightly check here. integ schedule install would write:\n\n${filesText(files)}`);
  }
  terminal.print(`\n${lastCheck(context)}\n`);
  const texts = installed.flatMap(filesInForce).map(({ text }) => text);
  for (const program of new Set(texts.flatMap((text) => missingPrograms(text, root)))) {
    terminal.print(
      `GONE: no check can run without ${printableText(program)}: integ schedule install names this integ\n`,
    );
  }
  for (const what of new Set(texts.flatMap((text) => unmetByFile(context, text)))) terminal.print(`WARNING: ${what}\n`);
  return 0;
}

/** Tells of files in the places of integ's that `install` leaves alone. */
function tellForeign({ terminal }: CommandContext, found: readonly FoundSchedule[]): void {
  for (const { path, found: file } of found.flatMap(({ files }) => files)) {
    if (file.kind !== 'foreign') continue;
    terminal.print(`${printableText(path)} was not written by integ, or was edited since.\n`);
  }
}

/** Exactly what `install` writes with the same options. */
async function wouldWrite(
  context: CommandContext,
  options: ScheduleShowOptions,
  scheduler: Scheduler,
): Promise<readonly ScheduleFile[]> {
  return filesFor(scheduler, jobOf(context, options, await isToldByMail(context)), context.root);
}

function timesText({ root, host }: CommandContext, schedule: FoundSchedule): string {
  const time = timeOf(filesInForce(schedule));
  const whose = schedule.shipped.length > 0 ? ', by the units of the package' : '';
  const check = schedule.name === undefined ? 'the check' : `the check ${schedule.name}`;
  if (time === undefined) return `${schedule.scheduler} runs ${check}${whose}`;
  const elapse = schedule.scheduler === 'systemd' ? nextElapse(root, schedule.name) : undefined;
  const next =
    elapse ??
    nextRun(time, new Date(milliseconds(host.now())))
      .toISOString()
      .replace('.000Z', 'Z');
  return `${schedule.scheduler} runs ${check} every day at ${clockText(time)}${whose}; next: ${next}`;
}

/** When the last check was, and how many nightly checks are missing. */
function lastCheck(context: CommandContext): string {
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
