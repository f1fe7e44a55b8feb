/** Hands a mail to the local sendmail program, whichever mailer it belongs to. */
import { printableText } from '../../model/bytes.ts';
import { SystemError } from '../../model/errors.ts';
import { runChild } from '../../system/child-program.ts';
import type { HelperResult } from '../../system/helper-program.ts';
import { DeliveryError, type Message } from '../channel.ts';
import { envelopeOf } from './envelope.ts';

const LONGEST_REASON = 300;
/** Of sysexits.h, what says that this message or its recipients are wrong: data, no such user, no such host. */
const REFUSALS: readonly (number | undefined)[] = [65, 67, 68];

/** In the words of Sendmail, Postfix, Exim and OpenSMTPD, or with the codes of RFC 3463 that mean it. */
const TOO_LARGE = /\b5\.(?:2\.3|3\.4)\b|\btoo (?:big|large)\b|\bsize exceeds\b|\bexceeds .*\bsize\b/i;

/** The last that the program said, which is why it gave up. */
function reasonOf({ stderr, stdout, status }: HelperResult): string {
  const said = [stderr, stdout].flatMap((output) => output.split('\n').filter((line) => line.trim() !== ''));
  const ended = status === undefined ? 'was ended by a signal' : `ended with status ${status}`;
  const last = said.at(-1);
  return last === undefined ? ended : `${ended}: ${printableText(last.trim()).slice(0, LONGEST_REASON)}`;
}

function cannotRun({ code }: SystemError): string {
  if (code === 'ENOENT') return 'cannot be run: install a mailer, or use transport: smtp';
  return code === 'ETIMEDOUT' ? 'did not end in time' : `cannot be run (${code})`;
}

/** Throws a DeliveryError. The program is ended, with all that it started, when the signal says that the time is up. */
export async function sendBySendmail(message: Message, program: string, signal: AbortSignal): Promise<void> {
  const { from, to } = envelopeOf(message);
  // A program of the local mailer reads lines as Unix ends them.
  const input = Buffer.from(message.body).toString('latin1').replaceAll('\r\n', '\n');
  let result: HelperResult;
  try {
    result = await runChild(program, ['-i', '-f', from, '--', ...to], Buffer.from(input, 'latin1'), signal);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new DeliveryError(`${printableText(program)} ${cannotRun(error)}`, true, { cause: error });
  }
  if (result.status === 0) return;
  const isTooLarge = TOO_LARGE.test(`${result.stderr}\n${result.stdout}`);
  throw new DeliveryError(
    `${printableText(program)} ${reasonOf(result)}`,
    !isTooLarge && !REFUSALS.includes(result.status),
    { isTooLarge },
  );
}
