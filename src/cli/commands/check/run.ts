/** `integ check`: compares the system with the baseline and reports what differs. */
import { checkAndNotify } from '../../../app/check/check.ts';
import { remoteHost } from '../../../system/remote-host.ts';
import type { CommandContext } from '../../context.ts';
import { deliver } from '../../output.ts';
import type { CheckOptions } from './define.ts';

export async function runCheck(context: CommandContext, options: CheckOptions): Promise<number> {
  const { host, unattended, reportOnly } = options;
  const remote = host === undefined ? undefined : remoteHost(host, options);
  return checkAndNotify(
    context,
    { ...options, remote, isReportOnly: reportOnly === true },
    {
      isUnattended: unattended === true,
      show: (report) => deliver(context, report, { ...options, isStored: reportOnly !== true }),
    },
  );
}
