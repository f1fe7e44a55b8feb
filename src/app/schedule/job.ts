/** What is to be run every night: the words of the command and the time of day. Knows neither systemd nor cron. */
import { resolve } from 'node:path';
import { UserError } from '../../model/errors.ts';
import { OWN_PROGRAM } from '../../system/own-code.ts';
import { ownKit } from '../../system/own-kit.ts';
import { type Context, defaultBaselineFile } from '../context.ts';
import { ownLauncher, SYSTEM_LAUNCHER } from '../installation/launcher.ts';
import { DEFAULT_TIME, type TimeOfDay } from './time.ts';

export interface Job {
  /** Absolute path. */
  readonly program: string;
  readonly parameters: readonly string[];
  readonly at: TimeOfDay;
  /** Whether the report of a check reaches people by the channels of the policy, and not only by being printed. */
  readonly isToldByMail: boolean;
}

/** What is handed on to every check. */
export interface JobOptions {
  readonly at: TimeOfDay;
  /** Bytes a second. */
  readonly maxRate?: number;
  /** Seconds. */
  readonly deadline?: number;
}

const CHECK: readonly string[] = ['check', '--unattended'];

/**
 * The check that a schedule runs, with the global options that were given now. Throws UserError usage for a baseline
 * that comes through a pipe.
 */
export function jobOf(context: Context, options: JobOptions, isToldByMail: boolean): Job {
  const { baselineFile, policyFile, historyFile, jobs, allowsUnsafePermissions } = context;
  if (baselineFile === '-') {
    throw new UserError('usage', 'a scheduled check cannot read its baseline from standard input', {
      hint: 'name a file with --baseline',
    });
  }
  if (ownKit() !== undefined) {
    throw new UserError('lacking', 'a rescue kit is no integ to be run every night', {
      hint: 'install integ, and schedule that',
    });
  }
  const { at, maxRate, deadline } = options;
  const parameters = [
    ...CHECK,
    ...(maxRate === undefined ? [] : ['--max-rate', String(maxRate)]),
    ...(deadline === undefined ? [] : ['--deadline', `${deadline}s`]),
    ...(policyFile === undefined ? [] : ['--policy', resolve(policyFile)]),
    ...(baselineFile === defaultBaselineFile() ? [] : ['--baseline', resolve(baselineFile)]),
    ...(historyFile === undefined ? [] : ['--history', resolve(historyFile)]),
    ...(jobs === undefined ? [] : ['--jobs', String(jobs)]),
    ...(allowsUnsafePermissions ? ['--allow-unsafe-permissions'] : []),
  ];
  const launcher = ownLauncher();
  return launcher === undefined
    ? { program: process.execPath, parameters: [OWN_PROGRAM, ...parameters], at, isToldByMail }
    : { program: launcher, parameters, at, isToldByMail };
}

/** Absolute paths of files whose content decides what a job of this integ will run. */
export function programFiles(): readonly string[] {
  const launcher = ownLauncher();
  return [...(launcher === undefined ? [] : [launcher]), process.execPath, OWN_PROGRAM];
}

/** What the units run that a package brings, which know nothing of the host. */
export function packagedJob(): Job {
  return { program: SYSTEM_LAUNCHER, parameters: CHECK, at: DEFAULT_TIME, isToldByMail: false };
}
