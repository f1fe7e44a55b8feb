/**
 * How a unit of systemd that makes a check has ended, and whether anybody was told: of a check that began, the check
 * itself tells; of one that could not, or that something ended, nobody does.
 */
import { printableText } from '../../model/bytes.ts';
import { errorMessage, SYSEXITS, UserError } from '../../model/errors.ts';
import { INCOMPLETE_EXIT } from '../../model/exit.ts';
import { runHelper } from '../../system/helper-program.ts';

const SYSTEMCTL = '/usr/bin/systemctl';
/** Every code below it is a sum that holds INCOMPLETE_EXIT, and comes with a report. */
const REPORTED_END = INCOMPLETE_EXIT * 2;
/** What a check ends with that has told why, or has put it into the outbox: not what stops it before it begins. */
const TOLD: readonly number[] = [
  SYSEXITS.untrusted,
  SYSEXITS.missing,
  SYSEXITS.undelivered,
  SYSEXITS.cannotCreate,
  SYSEXITS.io,
  SYSEXITS.locked,
  SYSEXITS.permission,
  SYSEXITS.policy,
];

export interface UnitEnd {
  /** As systemd has it: success, exit-code, signal, core-dump, timeout, oom-kill and others (systemd.exec(5)). */
  readonly result: string;
  /** exited, killed or dumped. */
  readonly code: string;
  /** An exit code, or the name of a signal. */
  readonly status: string;
}

/** What systemd 251 and newer hands to a unit that OnFailure= starts. */
function endFromEnvironment(unit: string): UnitEnd | undefined {
  const { MONITOR_UNIT: of, MONITOR_SERVICE_RESULT: result, MONITOR_EXIT_CODE: code = '' } = process.env;
  if (of !== unit || result === undefined) return undefined;
  return { result, code, status: process.env['MONITOR_EXIT_STATUS'] ?? '' };
}

/** The codes of siginfo_t that systemctl shows as numbers (waitid(2)). */
const CODES: Readonly<Record<string, string>> = { '1': 'exited', '2': 'killed', '3': 'dumped' };

function endFromSystemd(unit: string): UnitEnd {
  try {
    const properties = '--property=Result,ExecMainCode,ExecMainStatus';
    const { stdout } = runHelper(SYSTEMCTL, ['show', properties, '--', unit]);
    const found = new Map(stdout.split('\n').map((line) => [line.split('=', 1)[0], line.replace(/^[^=]*=/, '')]));
    const code = found.get('ExecMainCode') ?? '';
    return {
      result: found.get('Result') ?? 'unknown',
      code: CODES[code] ?? code,
      status: found.get('ExecMainStatus') ?? '',
    };
  } catch (error) {
    return { result: `unknown (${printableText(errorMessage(error))})`, code: '', status: '' };
  }
}

/** `unit`: the service that has failed, or that somebody asks about. */
export function endOfUnit(unit: string): UnitEnd {
  return endFromEnvironment(unit) ?? endFromSystemd(unit);
}

/** Whether a check made a report or a notice of what kept it from making one. */
export function hasToldItself({ code, status }: UnitEnd): boolean {
  const exit = Number(status);
  if (code !== 'exited' || !/^[0-9]+$/.test(status)) return false;
  return exit < REPORTED_END || TOLD.includes(exit);
}

/** What a notice says of a check that could not be made. */
export function couldNotStart(unit: string, { result, code, status }: UnitEnd): UserError {
  const how = [result, code, status]
    .filter((word) => word !== '')
    .map(printableText)
    .join(', ');
  return new UserError('lacking', `${printableText(unit)} ended without a report: ${how}`, {
    hint: `see why on that host: journalctl -u ${printableText(unit)}; integ schedule show says what is missing`,
  });
}
