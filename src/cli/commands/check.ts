/** `integ check`: compares the system with the baseline and reports what differs. */
import { type CheckRequest, checkAndNotify } from '../../app/check/check.ts';
import { remoteHost } from '../../system/remote-host.ts';
import type { Context } from '../context.ts';
import { deliver, type OutputOptions } from '../output.ts';

interface CheckOptions extends OutputOptions, Omit<CheckRequest, 'remote'> {
  readonly host?: string;
  readonly remoteCommand: string;
  readonly sshConfig?: string;
  readonly unattended?: boolean;
}

export async function runCheck(context: Context, _operands: readonly string[], options: CheckOptions): Promise<number> {
  const { host, unattended } = options;
  const remote = host === undefined ? undefined : remoteHost(host, options);
  return checkAndNotify(
    context,
    { ...options, remote },
    { isUnattended: unattended === true, show: (report) => deliver(context, report, options) },
  );
}
