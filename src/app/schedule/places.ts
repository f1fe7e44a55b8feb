/** Where a schedule is written, for systemd and for cron, and what is there now. Changes nothing. */
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isWithin, pathFromText, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { cronFile } from './cron.ts';
import type { Job } from './job.ts';
import { type FoundFile, findMarked, markedFile } from './marked-file.ts';
import { failureUnit, serviceUnit, timerUnit } from './systemd.ts';
import { type TimeOfDay, timeOfDay } from './time.ts';
import { unitNames } from './unit-names.ts';

export type Scheduler = 'systemd' | 'cron';
export const SCHEDULERS: readonly Scheduler[] = ['systemd', 'cron'];

const UNITS = 'etc/systemd/system';
/** Where a package of integ has units of the same names. systemd reads those above instead, where there are any. */
export const SHIPPED_UNITS = 'usr/lib/systemd/system';
const CRON = 'etc/cron.d';
const DIRECTORIES: Readonly<Record<Scheduler, string>> = { systemd: UNITS, cron: CRON };
/** What systemctl enable makes of WantedBy=timers.target, one link for each timer. */
const ENABLED = `${UNITS}/timers.target.wants`;
/** Where systemd keeps when a persistent timer ran last (systemd.timer(5)). */
const STAMPS = 'var/lib/systemd/timers';
/** Of a schedule: cron reads no file with another character in its name (cron(8)). */
export const SCHEDULE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

export interface ScheduleFile {
  readonly path: string;
  readonly text: string;
}

/** Of one of several schedules; undefined for the one without. */
export type ScheduleName = string | undefined;

function fileNames(scheduler: Scheduler, name: ScheduleName): readonly string[] {
  const { service, timer, failure } = unitNames(name);
  return scheduler === 'systemd' ? [service, timer, failure] : [name === undefined ? 'integ' : `integ-${name}`];
}

/** Absolute paths of the files of a scheduler. */
function pathsOf(scheduler: Scheduler, root: string, name: ScheduleName): readonly string[] {
  return fileNames(scheduler, name).map((file) => join(root, DIRECTORIES[scheduler], file));
}

export const enabledLink = (root: string, name: ScheduleName): string => join(root, ENABLED, unitNames(name).timer);
export const stampFile = (root: string, name: ScheduleName): string =>
  join(root, STAMPS, `stamp-${unitNames(name).timer}`);
/** Where the link leads, as the system sees it whose root this is. */
export const timerTarget = (name: ScheduleName): string => `/${UNITS}/${unitNames(name).timer}`;

/** The schedules that have files here, the one without a name first, whether it has any or not. */
export function scheduleNames(root: string): readonly ScheduleName[] {
  const found = Object.entries(DIRECTORIES).flatMap(([scheduler, directory]) => {
    const pattern = scheduler === 'systemd' ? /^integ-check-(.*)\.(?:service|timer)$/ : /^integ-(.*)$/;
    return namesIn(join(root, directory)).flatMap((file) => pattern.exec(file)?.[1] ?? []);
  });
  return [undefined, ...[...new Set(found.filter((name) => SCHEDULE_NAME.test(name)))].sort()];
}

function namesIn(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** What is to be written for a job. Throws a UserError when its names cannot be written there. */
export function filesFor(scheduler: Scheduler, job: Job, root: string): readonly ScheduleFile[] {
  const bodies = scheduler === 'systemd' ? [serviceUnit(job), timerUnit(job), failureUnit(job)] : [cronFile(job)];
  return pathsOf(scheduler, root, job.name).map((path, index) => ({ path, text: markedFile(bodies[index] ?? '') }));
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
  const directories = [...Object.values(DIRECTORIES), ENABLED, STAMPS];
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
  const directory = join(root, DIRECTORIES[scheduler]);
  if (existsSync(directory)) return;
  const other = scheduler === 'systemd' ? 'cron' : 'systemd';
  throw new UserError('cannotCreate', `there is no directory ${printableText(directory)}`, {
    hint: `install ${scheduler}, or give --${other}`,
  });
}

export interface FoundSchedule {
  readonly name: ScheduleName;
  readonly scheduler: Scheduler;
  readonly files: readonly { readonly path: string; readonly found: FoundFile }[];
  /** The units of integ's package, where they are enabled and no others are in their place. */
  readonly shipped: readonly ScheduleFile[];
}

export function findSchedule(scheduler: Scheduler, root: string, name: ScheduleName): FoundSchedule {
  const files = pathsOf(scheduler, root, name).map((path) => ({ path, found: findMarked(path) }));
  const areUsed = scheduler === 'systemd' && name === undefined && files.every(({ found }) => found.kind === 'absent');
  return { name, scheduler, files, shipped: areUsed ? enabledShipped(root) : [] };
}

function enabledShipped(root: string): readonly ScheduleFile[] {
  // systemd goes by the name of the link, wherever it leads.
  if (lstatSync(enabledLink(root, undefined), { throwIfNoEntry: false })?.isSymbolicLink() !== true) return [];
  return fileNames('systemd', undefined).flatMap((file) => {
    const path = join(root, SHIPPED_UNITS, file);
    const found = findMarked(path);
    return found.kind === 'foreign' && found.text !== undefined ? [{ path, text: found.text }] : [];
  });
}

export function isEnabled(root: string, name: ScheduleName): boolean {
  const link = enabledLink(root, name);
  const found = lstatSync(link, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(link) === timerTarget(name);
}

/** Whether what runs the check is there, as integ wrote it. An older integ wrote no unit for failures. */
export function isInstalled({ name, scheduler, files }: FoundSchedule, root: string): boolean {
  const isNeeded = (path: string): boolean => basename(path) !== unitNames(name).failure;
  const areOwn = files.every(({ path, found }) => found.kind === 'own' || (!isNeeded(path) && found.kind === 'absent'));
  return areOwn && (scheduler === 'cron' || isEnabled(root, name));
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
