/** Talks to the systemd that runs this system, and to none where another root is meant or systemd does not run. */
import { printableText } from '../../model/bytes.ts';
import { errorMessage } from '../../model/errors.ts';
import { runHelper } from '../../system/helper-program.ts';
import { runsSystemd, type ScheduleName } from './places.ts';
import { unitNames } from './unit-names.ts';

const SYSTEMCTL = '/usr/bin/systemctl';

/** Runs systemctl with each of these; what failed, printable. */
export function tellSystemd(root: string, commands: readonly (readonly string[])[]): readonly string[] {
  if (root !== '/' || !runsSystemd(root)) return [];
  return commands.flatMap((command) => {
    const words = `systemctl ${command.join(' ')}`;
    try {
      const { status, stderr } = runHelper(SYSTEMCTL, command);
      return status === 0 ? [] : [`${words} failed: ${printableText(stderr.trim())}`];
    } catch (error) {
      return [`${words} failed: ${printableText(errorMessage(error))}`];
    }
  });
}

/** Whether systemd runs the timer; where no systemd can be asked, what is written is all there is to it. */
export function isStarted(root: string, name: ScheduleName): boolean {
  if (root !== '/' || !runsSystemd(root)) return true;
  try {
    return runHelper(SYSTEMCTL, ['is-active', '--quiet', unitNames(name).timer]).status === 0;
  } catch {
    return false;
  }
}

/** When systemd will run the timer, as it says; undefined when it does not say. */
export function nextElapse(root: string, name: ScheduleName): string | undefined {
  if (root !== '/' || !runsSystemd(root)) return undefined;
  try {
    const { status, stdout } = runHelper(SYSTEMCTL, [
      'show',
      unitNames(name).timer,
      '--property=NextElapseUSecRealtime',
      '--value',
    ]);
    const text = stdout.trim();
    return status === 0 && text !== '' ? printableText(text) : undefined;
  } catch {
    return undefined;
  }
}
