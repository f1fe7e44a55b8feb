/** `integ schedule install`: writes the files of a nightly check. */
import { removeSchedule, requireOwn, writeSchedule } from '../../../app/schedule/change.ts';
import { type Job, jobOf } from '../../../app/schedule/job.ts';
import {
  type FoundSchedule,
  filesFor,
  findSchedule,
  isInstalled,
  requireInside,
  requirePlace,
  SCHEDULERS,
  type Scheduler,
  schedulerOf,
} from '../../../app/schedule/places.ts';
import { isToldByMail } from '../../../app/schedule/recipients.ts';
import { clockText } from '../../../app/schedule/time.ts';
import { printableText } from '../../../model/bytes.ts';
import { findUnsafePermissions } from '../../../system/safe-permissions.ts';
import type { CommandContext } from '../../context.ts';
import type { ScheduleInstallOptions } from './define.ts';
import { chosenScheduler, filesText, requireRoot } from './scheduler.ts';

export async function runScheduleInstall(context: CommandContext, options: ScheduleInstallOptions): Promise<number> {
  requireRoot();
  const { root, terminal } = context;
  const scheduler = chosenScheduler(options) ?? schedulerOf(root);
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

/** Only one check a night: removes the other kind of schedule when integ wrote it, and warns of it when it did not. */
function removeOther({ root, terminal }: CommandContext, scheduler: Scheduler): void {
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
function warnOfPrograms({ terminal }: CommandContext, { program, parameters }: Job): void {
  for (const file of [program, parameters[0] ?? '']) {
    for (const { problem, mend } of findUnsafePermissions(file)) {
      terminal.warn(`others can change what root will run every night: ${problem} (mend it with: ${mend})`);
    }
  }
}
