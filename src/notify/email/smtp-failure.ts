/**
 * What an SMTP server did not take, as an error for people. A reply of 5yz to the message or a recipient is final (RFC
 * 5321 section 4.2.1); whatever settings, certificates or networks are to blame for can be mended and tried again. No
 * message holds the password, even if the server sends it back.
 */
import type { NodemailerError } from 'nodemailer';
import { printableText } from '../../model/bytes.ts';
import { errorMessage } from '../../model/errors.ts';
import { textStart } from '../../model/excerpt.ts';
import { DeliveryError, type Message } from '../channel.ts';

export interface Attempt {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

const LONGEST_REASON = 300;

/** In the clear, and in the forms in which AUTH PLAIN and AUTH LOGIN (RFC 4616) bring it to the server. */
function formsOf({ user = '', password }: Attempt): readonly string[] {
  if (password === undefined) return [];
  const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  return [base64(`\0${user}\0${password}`), base64(password), password];
}

/** A text from elsewhere on one line. */
function safe(text: string, attempt: Attempt): string {
  let shown = text.replace(/\s+/g, ' ').trim();
  for (const form of formsOf(attempt)) shown = shown.replaceAll(form, '(password)');
  return printableText(textStart(shown, LONGEST_REASON));
}

function serverName({ host, port }: Attempt): string {
  return `mail server ${printableText(host)}:${port}`;
}

/** Whether the server will say the same again, whatever anybody mends here. */
function isFinal({ code, permanent }: NodemailerError): boolean {
  return permanent === true && (code === 'EENVELOPE' || code === 'EMESSAGE');
}

/** What nodemailer says where the server has announced that it takes less (RFC 1870). */
const OVER_LIMIT = /^Message size larger than allowed/;
/** RFC 3463: the message is too large for this mailbox, or for this system. */
const SIZE_STATUS = /^5\d\d[ -]5\.(?:2\.3|3\.4)\b/;

/** Whether a smaller message may be taken: 552 is what RFC 1870 section 6 wants a server to say. */
function isTooLarge({ code, response, responseCode, message }: NodemailerError): boolean {
  if (response === undefined) return code === 'EMESSAGE' && OVER_LIMIT.test(message);
  return responseCode === 552 || SIZE_STATUS.test(response);
}

function recipientReason(error: NodemailerError, attempt: Attempt): string {
  return `${printableText(error.recipient ?? 'a recipient')} (${safe(error.response ?? error.message, attempt)})`;
}

/** That some recipients were refused, while the others have the message: what is left is for those alone. */
export function refusedRecipients(
  errors: readonly NodemailerError[],
  message: Message,
  attempt: Attempt,
): DeliveryError | undefined {
  if (errors.length === 0) return undefined;
  const to = errors.flatMap(({ recipient }) => (recipient === undefined ? [] : [recipient]));
  const rest: Message = {
    ...message,
    destination: printableText(to.join(', ')),
    envelope: { ...message.envelope, to },
  };
  const reasons = errors.map((error) => recipientReason(error, attempt)).join(', ');
  return new DeliveryError(`${serverName(attempt)} refused ${reasons}`, !errors.every(isFinal), {
    rest,
    isTooLarge: errors.some(isTooLarge),
  });
}

/** That the server was still talking, or silent, when the time was up. */
export function timeIsUp(attempt: Attempt): DeliveryError {
  return new DeliveryError(`${serverName(attempt)} did not take the message in time`, true, { isOutOfTime: true });
}

/**
 * That nobody has the message. Without the error of nodemailer as its cause, which may hold what a server sent back.
 */
export function deliveryFailure(error: unknown, attempt: Attempt): DeliveryError {
  const server = serverName(attempt);
  // nodemailer rejects with its own errors, which have these members where they apply.
  const failure: NodemailerError = error instanceof Error ? error : new Error(errorMessage(error));
  const { rejectedErrors = [], code, response } = failure;
  if (rejectedErrors.length > 0) {
    const reasons = rejectedErrors.map((refusal) => recipientReason(refusal, attempt)).join(', ');
    return new DeliveryError(`${server} refused ${reasons}`, !rejectedErrors.every(isFinal), {
      isTooLarge: rejectedErrors.some(isTooLarge),
    });
  }
  const reason = safe(response ?? failure.message, attempt);
  if (code === 'EAUTH') {
    return new DeliveryError(`${server} does not accept user and password: ${reason}`, true);
  }
  if (code === 'ETLS') {
    return new DeliveryError(`${server} does not protect the connection with STARTTLS: ${reason}`, true);
  }
  if (isTooLarge(failure)) {
    return new DeliveryError(`${server} takes no message as large: ${reason}`, false, { isTooLarge: true });
  }
  if (response !== undefined) return new DeliveryError(`${server} refused the message: ${reason}`, !isFinal(failure));
  return new DeliveryError(`${server}: ${reason}`, true, { isOutOfTime: code === 'ETIMEDOUT' });
}
