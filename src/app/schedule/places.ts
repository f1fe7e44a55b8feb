/** Where a schedule is written, for systemd and for cron, and what is there now. Changes nothing. */
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isWithin, pathFromText, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { cronFile } from './cron.ts';
import type { Job } from './job.ts';
import { type FoundFile, findMarked, markedFile } from './marked-file.ts';
import { SERVICE, serviceUnit, TIMER, timerUnit } from './systemd.ts';
import { type TimeOfDay, timeOfDay } from './time.ts';

export type Scheduler = 'systemd' | 'cron';
export const SCHEDULERS: readonly Scheduler[] = ['systemd', 'cron'];

const UNITS = 'etc/systemd/system';
/** Where a package of integ has units of the same names. systemd reads those above instead, where there are any. */
export const SHIPPED_UNITS = 'usr/lib/systemd/system';
const CRON = 'etc/cron.d';
const PLACES: Readonly<Record<Scheduler, { readonly directory: string; readonly files: readonly string[] }>> = {
  systemd: { directory: UNITS, files: [SERVICE, TIMER] },
  cron: { directory: CRON, files: ['integ'] },
};
/** What systemctl enable makes of WantedBy=timers.target. */
const ENABLED = `${UNITS}/timers.target.wants/${TIMER}`;
/** When a persistent timer ran last (systemd.timer(5)). */
const STAMP = `var/lib/systemd/timers/stamp-${TIMER}`;

export interface ScheduleFile {
  readonly path: string;
  readonly text: string;
}

/** Absolute paths of the files of a scheduler. */
function pathsOf(scheduler: Scheduler, root: string): readonly string[] {
  const { directory, files } = PLACES[scheduler];
  return files.map((file) => join(root, directory, file));
}

export const enabledLink = (root: string): string => join(root, ENABLED);
export const stampFile = (root: string): string => join(root, STAMP);
/** Where the link leads, as the system sees it whose root this is. */
export const TIMER_TARGET = `/${UNITS}/${TIMER}`;

/** What is to be written for a job. Throws a UserError when its names cannot be written there. */
export function filesFor(scheduler: Scheduler, job: Job, root: string): readonly ScheduleFile[] {
  const bodies = scheduler === 'systemd' ? [serviceUnit(job), timerUnit(job)] : [cronFile(job)];
  return pathsOf(scheduler, root).map((path, index) => ({ path, text: markedFile(bodies[index] ?? '') }));
}

/** Whether systemd has started the system (sd_booted(3)). */
export function runsSystemd(root: string): boolean {
  return existsSync(join(root, 'run/systemd/system'));
}

/** What the host has, systemd first. Throws UserError cannotCreate when it has neither. */
export function schedulerOf(root: string): Scheduler {
  if (runsSystemd(root)) return 'systemd';
  if (existsSync(join(root, CRON))) return 'cron';
  throw new UserError('cannotCreate', 'systemd does not run here, and there is no /etc/cron.d', {
    hint: 'install cron, or say --systemd or --cron for a system that is not running',
  });
}

/**
 * Refuses to write or remove where a link leads out of a mounted system, which may be hostile: what is meant for it
 * would be done to this one. Throws a UserError cannotCreate.
 */
export function requireInside(root: string): void {
  const directories = [...Object.values(PLACES).map(({ directory }) => directory), dirname(ENABLED), dirname(STAMP)];
  for (const directory of directories.map((name) => join(root, name)).filter((name) => existsSync(name))) {
    const real = realpathSync(directory);
    if (isWithin(pathFromText(real), pathFromText(realpathSync(root)))) continue;
    throw new UserError('cannotCreate', `${printableText(directory)} leads out of ${printableText(root)}`, {
      hint: `mount that system so that ${printableText(real)} is not meant, or change its files by hand`,
    });
  }
}

/** Refuses to write where the scheduler has no directory. */
export function requirePlace(scheduler: Scheduler, root: string): void {
  const directory = join(root, PLACES[scheduler].directory);
  if (existsSync(directory)) return;
  const other = scheduler === 'systemd' ? 'cron' : 'systemd';
  throw new UserError('cannotCreate', `there is no directory ${printableText(directory)}`, {
    hint: `install ${scheduler}, or give --${other}`,
  });
}

export interface FoundSchedule {
  readonly scheduler: Scheduler;
  readonly files: readonly { readonly path: string; readonly found: FoundFile }[];
  /** The units of integ's package, where they are enabled and no others are in their place. */
  readonly shipped: readonly ScheduleFile[];
}

export function findSchedule(scheduler: Scheduler, root: string): FoundSchedule {
  const files = pathsOf(scheduler, root).map((path) => ({ path, found: findMarked(path) }));
  const areUsed = scheduler === 'systemd' && files.every(({ found }) => found.kind === 'absent');
  return { scheduler, files, shipped: areUsed ? enabledShipped(root) : [] };
}

function enabledShipped(root: string): readonly ScheduleFile[] {
  // systemd goes by the name of the link, wherever it leads.
  if (lstatSync(enabledLink(root), { throwIfNoEntry: false })?.isSymbolicLink() !== true) return [];
  return PLACES.systemd.files.flatMap((file) => {
    const path = join(root, SHIPPED_UNITS, file);
    const found = findMarked(path);
    return found.kind === 'foreign' && found.text !== undefined ? [{ path, text: found.text }] : [];
  });
}

export function isEnabled(root: string): boolean {
  const link = enabledLink(root);
  const found = lstatSync(link, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(link) === TIMER_TARGET;
}

/** Whether all of it is there, as integ wrote it. */
export function isInstalled({ scheduler, files }: FoundSchedule, root: string): boolean {
  return files.every(({ found }) => found.kind === 'own') && (scheduler === 'cron' || isEnabled(root));
}

/** What the scheduler runs of integ's: its own files, or those of its package. */
export function filesInForce({ files, shipped }: FoundSchedule): readonly ScheduleFile[] {
  return [
    ...files.flatMap(({ path, found }) => (found.kind === 'own' ? [{ path, text: found.text }] : [])),
    ...shipped,
  ];
}

/** The time that the files of a schedule say. */
export function timeOf(files: readonly ScheduleFile[]): TimeOfDay | undefined {
  const text = files.map((file) => file.text).join('');
  const [, clock] = /^OnCalendar=\*-\*-\* (\d\d:\d\d):00$/m.exec(text) ?? [];
  if (clock !== undefined) return timeOfDay(clock);
  const [, minute = '', hour = ''] = /^(\d+) (\d+) \* \* \* root /m.exec(text) ?? [];
  return timeOfDay(`${hour}:${minute.padStart(2, '0')}`);
}
