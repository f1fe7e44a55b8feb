/** What is to be run every night: the words of the command and the time of day. Knows neither systemd nor cron. */
import { resolve } from 'node:path';
import { UserError } from '../../model/errors.ts';
import { OWN_PROGRAM } from '../../system/own-code.ts';
import { ownKit } from '../../system/own-kit.ts';
import { type Context, defaultBaselineFile } from '../context.ts';
import { ownLauncher, SYSTEM_LAUNCHER } from '../installation/launcher.ts';
import { DEFAULT_TIME, type TimeOfDay } from './time.ts';
import { SERVICE, unitNames } from './unit-names.ts';

export interface Job {
  /** Absolute path. */
  readonly program: string;
  /** What the program runs, where that is Node.js. */
  readonly script: string | undefined;
  readonly parameters: readonly string[];
  readonly at: TimeOfDay;
  /** Whether the report of a check reaches people by the channels of the policy, and not only by being printed. */
  readonly isToldByMail: boolean;
  /** Of one of several schedules. */
  readonly name: string | undefined;
  /** Parameters of the program for telling that a check could not begin. */
  readonly telling: readonly string[];
}

/** What is handed on to every check. */
export interface JobOptions {
  readonly at: TimeOfDay;
  readonly name?: string;
  /** Bytes a second. */
  readonly maxRate?: number;
  /** Seconds. */
  readonly deadline?: number;
}

const CHECK: readonly string[] = ['check', '--unattended'];
const TELL_FAILURE: readonly string[] = ['notify', 'failed'];

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
  const { at, name, maxRate, deadline } = options;
  const places = [
    ...(policyFile === undefined ? [] : ['--policy', resolve(policyFile)]),
    ...(baselineFile === defaultBaselineFile() ? [] : ['--baseline', resolve(baselineFile)]),
    ...(historyFile === undefined ? [] : ['--history', resolve(historyFile)]),
    ...(allowsUnsafePermissions ? ['--allow-unsafe-permissions'] : []),
  ];
  const check = [
    ...CHECK,
    ...(maxRate === undefined ? [] : ['--max-rate', String(maxRate)]),
    ...(deadline === undefined ? [] : ['--deadline', `${deadline}s`]),
    ...(jobs === undefined ? [] : ['--jobs', String(jobs)]),
    ...places,
  ];
  const tell = [...TELL_FAILURE, unitNames(name).service, ...places];
  const launcher = ownLauncher();
  const script = launcher === undefined ? OWN_PROGRAM : undefined;
  const words = script === undefined ? [] : [script];
  return {
    program: launcher ?? process.execPath,
    script,
    parameters: [...words, ...check],
    at,
    isToldByMail,
    name,
    telling: [...words, ...tell],
  };
}

/** Absolute paths of files whose content decides what a job of this integ will run. */
export function programFiles(): readonly string[] {
  const launcher = ownLauncher();
  return [...(launcher === undefined ? [] : [launcher]), process.execPath, OWN_PROGRAM];
}

/** What the units run that a package brings, which know nothing of the host. */
export function packagedJob(): Job {
  const telling = [...TELL_FAILURE, SERVICE];
  const times = { at: DEFAULT_TIME, isToldByMail: false };
  return { program: SYSTEM_LAUNCHER, script: undefined, parameters: CHECK, ...times, name: undefined, telling };
}
