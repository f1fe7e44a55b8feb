/** The file for /etc/cron.d of a nightly check, as text (crontab(5)). Pure: it writes nothing and asks nobody. */
import { UserError } from '../../model/errors.ts';
import type { Job } from './job.ts';

/** Vixie cron reads this many characters of a command and drops the rest. */
const LONGEST_COMMAND = 998;

/**
 * A word for the shell that also comes through cron, where % ends the command unless a backslash stands before it. Some
 * crons take that backslash away and others leave it to the shell, and some take one of two backslashes; so % stands
 * outside of quotes, and no backslash directly before another one.
 */
export function cronWord(text: string): string {
  if (/[\n\0]/.test(text)) {
    throw new UserError('cannotCreate', 'a line for cron cannot hold a name with a newline', {
      hint: 'name other files, or give --systemd',
    });
  }
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll(/['%\\]/g, (character) => (character === '\\' ? "\\''" : `'\\${character}'`))}'`;
}

export function cronFile({ program, parameters, at, isToldByMail }: Job): string {
  // cron mails whatever is printed: --quiet leaves out the notes that all went well, and keeps warnings.
  const quiet = isToldByMail ? ['--quiet'] : [];
  const command = [program, ...parameters, '--nice', ...quiet].map(cronWord).join(' ');
  const line = isToldByMail ? `${command} > /dev/null` : command;
  if (Buffer.byteLength(line) > LONGEST_COMMAND) {
    throw new UserError('cannotCreate', `the command is too long for cron: ${Buffer.byteLength(line)} bytes`, {
      hint: 'name files with shorter paths, or give --systemd',
    });
  }
  const printed = isToldByMail
    ? '# The report goes out as the policy says (notify); cron mails what went wrong.'
    : '# cron mails the report, which is a few lines on a clean night.';
  return `SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
${printed}
MAILTO=root
${at.minute} ${at.hour} * * * root ${line}
`;
}
