/** `integ schedule install`: writes the files of a nightly check. */
import { basename } from 'node:path';
import { removeSchedule, requireOwn, writeSchedule } from '../../../app/schedule/change.ts';
import { unmetConditions } from '../../../app/schedule/conditions.ts';
import { type Job, jobOf, programFiles } from '../../../app/schedule/job.ts';
import {
  type FoundSchedule,
  filesFor,
  filesInForce,
  findSchedule,
  isInstalled,
  requireInside,
  requirePlace,
  SCHEDULERS,
  type ScheduleFile,
  schedulerOf,
} from '../../../app/schedule/places.ts';
import { isToldByMail } from '../../../app/schedule/recipients.ts';
import { isStarted } from '../../../app/schedule/systemctl.ts';
import { clockText } from '../../../app/schedule/time.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import { findUnsafePermissions } from '../../../system/safe-permissions.ts';
import type { CommandContext } from '../../context.ts';
import type { ScheduleInstallOptions } from './define.ts';
import { chosenScheduler, filesText, requireRoot } from './scheduler.ts';

export async function runScheduleInstall(context: CommandContext, options: ScheduleInstallOptions): Promise<number> {
  requireRoot();
  const { root, terminal } = context;
  const isDryRun = options.dryRun === true;
  const scheduler = chosenScheduler(options) ?? schedulerOf(root);
  requirePlace(scheduler, root);
  requireInside(root);
  const job = jobOf(context, options, await isToldByMail(context));
  const files = filesFor(scheduler, job, root);
  const found = findSchedule(scheduler, root, options.name);
  requireOwn(found, options.force === true);
  const others = SCHEDULERS.filter((other) => other !== scheduler).map((other) =>
    findSchedule(other, root, options.name),
  );
  const isWritten = isInstalled(found, root) && files.every(({ text }, index) => isText(found, index, text));
  const isAlone = others.every((other) => filesInForce(other).length === 0);
  const when = `${scheduler} runs the check every day at ${clockText(job.at)}`;
  if (isWritten && isAlone && (scheduler === 'cron' || isStarted(root, options.name))) {
    terminal.print(`Nothing to do: ${when} already.\n`);
  } else {
    terminal.print(filesText(files));
    if (isDryRun) {
      terminal.print(`\nNothing was written. Without --dry-run ${when}.\n`);
    } else {
      install(context, found, files);
      for (const other of others) removeOther(context, other);
      terminal.print(`\nWritten: ${when}.\n${acceptance(found)}`);
    }
  }
  for (const other of others) warnOfForeign(context, other);
  warnOfPrograms(context);
  warnOfConditions(context, job);
  return 0;
}

/** Throws a UserError `io` when systemd does not take the files: then nothing runs the check. */
function install({ root }: CommandContext, schedule: FoundSchedule, files: readonly ScheduleFile[]): void {
  const problems = writeSchedule(schedule, files, root);
  if (problems.length === 0) return;
  throw new UserError('io', `the files are written, and systemd does not run the check: ${problems.join('; ')}`, {
    hint: 'mend what systemctl says, then run this again; with --cron, cron runs the check',
  });
}

function isText({ files }: FoundSchedule, index: number, text: string): boolean {
  const found = files[index]?.found;
  return found?.kind === 'own' && found.text === text;
}

/** A check that watches /etc will find these files. */
function acceptance({ scheduler, files }: FoundSchedule): string {
  const names = files.map(({ path }) => basename(path)).join(',');
  const paths = scheduler === 'systemd' ? `'/etc/systemd/system/**/{${names}}'` : `/etc/cron.d/${names}`;
  return (
    'The next check reports what was written as added, if the policy watches it; then:\n' +
    `  integ accept --path ${paths} --reason 'nightly check'\n`
  );
}

/** Only one check a night: removes the other kind of schedule where integ wrote it. */
function removeOther({ root, terminal }: CommandContext, other: FoundSchedule): void {
  for (const { path, found } of other.files) {
    if (found.kind === 'own') terminal.note(`removed: ${printableText(path)}`);
  }
  if (other.shipped.length > 0) terminal.note('disabled: the timer that the package brought');
  for (const problem of removeSchedule(other, root, false)) terminal.warn(problem);
}

function warnOfForeign({ terminal }: CommandContext, other: FoundSchedule): void {
  for (const { path, found } of other.files) {
    if (found.kind === 'foreign') terminal.warn(`${printableText(path)} may run a check too: integ did not write it`);
  }
}

/** Who can change Node.js or integ can do what root may. */
function warnOfPrograms({ terminal }: CommandContext): void {
  for (const file of programFiles()) {
    for (const { problem, mend } of findUnsafePermissions(file)) {
      terminal.warn(`others can change what root will run every night: ${problem} (mend it with: ${mend})`);
    }
  }
}

/** That there is no baseline yet has been said. */
function warnOfConditions({ root, terminal }: CommandContext, { program, parameters }: Job): void {
  if (root !== '/') return;
  const unmet = unmetConditions([program, ...parameters], programFiles());
  for (const what of unmet) if (!what.startsWith('there is no baseline')) terminal.warn(what);
}
