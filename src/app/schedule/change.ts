/** Writes and removes the files of a schedule, and tells systemd. What somebody else wrote or edited stays. */
import { lstatSync, mkdirSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { printableText } from '../../model/bytes.ts';
import { errorCode, UserError } from '../../model/errors.ts';
import { writeError, writeFileAtomically } from '../../system/safe-write.ts';
import {
  enabledLink,
  type FoundSchedule,
  isEnabled,
  type ScheduleFile,
  type ScheduleName,
  stampFile,
  timerTarget,
} from './places.ts';
import { tellSystemd } from './systemctl.ts';
import { unitNames } from './unit-names.ts';

/** Others have to read them: systemd complains of units that are secret, and nothing in them is. */
const MODE = 0o644;

/** Throws UserError cannotCreate when one of the files is not integ's, unless `force`. */
export function requireOwn({ files }: FoundSchedule, force: boolean): void {
  const foreign = files.find(({ found }) => found.kind === 'foreign');
  if (foreign === undefined || force) return;
  throw new UserError('cannotCreate', `${printableText(foreign.path)} was not written by integ, or was edited since`, {
    hint: 'move it away, or replace it with --force',
  });
}

/** Puts the files of a schedule in place. Gives back what could not be told to systemd. */
export function writeSchedule(
  { scheduler, name }: Pick<FoundSchedule, 'scheduler' | 'name'>,
  files: readonly ScheduleFile[],
  root: string,
): readonly string[] {
  for (const { path, text } of files) writeFileAtomically(path, text, MODE);
  if (scheduler === 'cron') return [];
  enable(root, name);
  return tellSystemd(root, [['daemon-reload'], ['restart', unitNames(name).timer]]);
}

/** Does what systemctl enable does, also for a system that is not running. */
function enable(root: string, name: ScheduleName): void {
  if (isEnabled(root, name)) return;
  const link = enabledLink(root, name);
  try {
    mkdirSync(dirname(link), { recursive: true });
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true) unlinkSync(link);
    symlinkSync(timerTarget(name), link);
  } catch (error) {
    throw writeError(link, error);
  }
}

/**
 * Removes a schedule; with `force` also files that are not integ's. Units of a package are disabled and stay. Gives
 * back what could not be told to systemd.
 */
export function removeSchedule(schedule: FoundSchedule, root: string, force: boolean): readonly string[] {
  const { scheduler, files, shipped, name } = schedule;
  const doomed = files.filter(({ found }) => found.kind === 'own' || (force && found.kind === 'foreign'));
  const isEnded = doomed.length > 0 || shipped.length > 0;
  const told = scheduler === 'systemd' && isEnded ? tellSystemd(root, [['stop', unitNames(name).timer]]) : [];
  for (const { path } of doomed) remove(path);
  if (scheduler === 'cron' || !isEnded) return told;
  const link = enabledLink(root, name);
  if (shipped.length > 0 || isEnabled(root, name)) remove(link);
  removeIfEmpty(dirname(link));
  remove(stampFile(root, name));
  return [...told, ...tellSystemd(root, [['daemon-reload']])];
}

function remove(path: string): void {
  try {
    unlinkIfThere(path);
  } catch (error) {
    throw writeError(path, error);
  }
}

function unlinkIfThere(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path);
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'ENOENT') throw writeError(directory, error);
  }
}
