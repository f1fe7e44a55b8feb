/** What is typed after options and stands in schedules: times of day, spans, sizes, words of a job, ranges of bytes. */
import { InvalidArgumentError } from 'commander';
import { cronFile, cronWord } from '../../../src/app/schedule/cron.ts';
import { failureUnit, serviceUnit, systemdWord, timerUnit } from '../../../src/app/schedule/systemd.ts';
import { clockText, nextRun, timeOfDay } from '../../../src/app/schedule/time.ts';
import { parseExpectedSeal } from '../../../src/baseline/seal.ts';
import { durationParser, YEAR } from '../../../src/cli/durations.ts';
import { deadlineOption, maxRateOption } from '../../../src/cli/shared-options.ts';
import { UserError } from '../../../src/model/errors.ts';
import { size } from '../../../src/policy/schema-parts.ts';
import { bytesOf } from '../../../src/policy/size.ts';
import { remoteHost } from '../../../src/system/remote-host.ts';
import { Refused, type Target } from '../engine/target.ts';

const period = durationParser({ units: ['s', 'm', 'h', 'd', 'w', 'y'], longest: YEAR, examples: '7d' });

/** Whether a reader takes the text, and what it makes of it. */
function taken(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidArgumentError || error instanceof UserError) return undefined;
    throw error;
  }
}

function requireFinite(value: unknown, what: string): void {
  if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return;
  throw new Error(`${what} is ${String(value)}`);
}

export const times: Target = {
  name: 'times',
  seeds: () =>
    ['02:30', '90s', '4h', '50M', '7d', '64K', '0123456789abcdef', 'root@mail1'].map((text) => Buffer.from(text)),
  words: [':', 's', 'm', 'h', 'd', 'w', 'K', 'M', 'G', 'T', '-', '+', ' ', '.', 'e9', '0x', '\n', '\u0660', '99'],
  longest: 64,
  read: (input) => {
    const text = input.toString('utf8');
    const at = timeOfDay(text);
    if (at !== undefined && JSON.stringify(timeOfDay(clockText(at))) !== JSON.stringify(at))
      throw new Error('a time does not come back');
    if (at !== undefined && !(nextRun(at, new Date(0)).getTime() > 0)) throw new Error('a time never comes');
    const read = [
      taken(() => maxRateOption().parseArg?.(text, undefined)),
      taken(() => deadlineOption().parseArg?.(text, undefined)),
      taken(() => period(text)),
      taken(() => (size.safeParse(text).success ? bytesOf(text) : undefined)),
    ];
    for (const value of read) requireFinite(value, text);
    const known = [
      at,
      ...read,
      taken(() => parseExpectedSeal(text)),
      taken(() => remoteHost(text, { remoteCommand: 'integ' })),
    ];
    const shape = known.map((value) => (value === undefined ? '-' : 'x')).join('');
    if (!shape.includes('x')) throw new Refused('nothing');
    return shape;
  },
  shortRuns: 1000,
};

export const job: Target = {
  name: 'job',
  seeds: () => ['/usr/bin/node', "a 'b' %c \\ d", '$HOME "x"', '/opt/\u00e9/node'].map((text) => Buffer.from(text)),
  words: ['%', '\\', "'", '"', '$', '\n', '\r', '\0', ' ', '#', ';', '`', '\u2028', '\ufffe', '%%', "'\\''", '*/5'],
  longest: 1200,
  read: (input) => {
    const text = input.toString('utf8');
    for (const word of [taken(() => cronWord(text)), systemdWord(text)]) {
      if (typeof word === 'string' && /[\n\0]/.test(word)) throw new Error('a word ends its line');
    }
    const described = {
      program: text,
      parameters: [text],
      at: { hour: 2, minute: 30 },
      isToldByMail: true,
      name: undefined,
      script: undefined,
      telling: [text],
    };
    const [cron, unit] = [taken(() => cronFile(described)), taken(() => serviceUnit(described))];
    timerUnit(described);
    failureUnit(described);
    const lines = typeof unit === 'string' ? unit.split('\n').filter((line) => line.startsWith('ExecStart')).length : 1;
    if (lines !== 1) throw new Error('a unit starts another program');
    if (cron === undefined && unit === undefined) throw new Refused('neither');
    return `${cron === undefined} ${unit === undefined}`;
  },
  shortRuns: 600,
};
