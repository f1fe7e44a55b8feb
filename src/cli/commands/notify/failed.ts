/** `integ notify failed`: what OnFailure= of systemd starts when a nightly check has failed. */
import { notifyFailure } from '../../../app/notify/failure-notice.ts';
import { settingsOfBaseline } from '../../../app/notify/settings.ts';
import { couldNotStart, endOfUnit, hasToldItself } from '../../../app/notify/unit-failure.ts';
import { printableText } from '../../../model/bytes.ts';
import { SYSEXITS, UserError } from '../../../model/errors.ts';
import type { LoadedPolicy } from '../../../policy/load.ts';
import type { CommandContext } from '../../context.ts';

/** Whom the baseline names, where nothing is wrong with it. */
async function trustedPolicy(context: CommandContext): Promise<LoadedPolicy | undefined> {
  try {
    return (await settingsOfBaseline(context)).loaded;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

export async function runNotifyFailed(context: CommandContext, _: unknown, [unit]: [string]): Promise<number> {
  const end = endOfUnit(unit);
  if (end.result === 'success' || hasToldItself(end)) {
    context.terminal.print(`Nothing to do: the check of ${printableText(unit)} has told how it ended.\n`);
    return 0;
  }
  const isTold = await notifyFailure(context, couldNotStart(unit, end), await trustedPolicy(context));
  return isTold ? 0 : SYSEXITS.undelivered;
}
