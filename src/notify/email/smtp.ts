/** Hands a mail to an SMTP server (RFC 5321), protected and authenticated as the settings say and never less. */
import type { SMTPTransportOptions } from 'nodemailer';
import type { SmtpSettings } from '../../model/notify.ts';
import { isQualified } from '../../system/qualified-name.ts';
import { readAuthorities } from '../authorities.ts';
import { DeliveryError, type Message } from '../channel.ts';
import { readSecret } from '../secret.ts';
import { qualified } from './addresses.ts';
import { envelopeOf } from './envelope.ts';
import { type Attempt, deliveryFailure, refusedRecipients, timeIsUp } from './smtp-failure.ts';

const CONNECT_MILLISECONDS = 20_000;
const ANSWER_MILLISECONDS = 30_000;
/** For a server to end the connection, too. */
const CLOSE_MILLISECONDS = 1000;
/** A reply has a few lines of at most 512 bytes (RFC 5321 section 4.5.3.1.5). */
const LONGEST_REPLY = 65_536;

/** How nodemailer says what `security` promises. */
const PROTECTION = {
  starttls: { secure: false, requireTLS: true },
  tls: { secure: true },
  none: { secure: false, ignoreTLS: true },
} as const;

/** `domain`: of this machine. */
function optionsOf(settings: SmtpSettings, pass: string | undefined, domain: string): SMTPTransportOptions {
  const { host, port, security, user } = settings;
  const ca = readAuthorities(settings.ca);
  return {
    host,
    port,
    // Without a name nodemailer says an address, which no server refuses for its form (RFC 5321 section 4.1.3).
    ...(isQualified(domain) ? { name: domain } : {}),
    ...PROTECTION[security],
    ...(user === undefined || pass === undefined ? {} : { auth: { user, pass } }),
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    connectionTimeout: CONNECT_MILLISECONDS,
    greetingTimeout: ANSWER_MILLISECONDS,
    socketTimeout: ANSWER_MILLISECONDS,
    dnsTimeout: CONNECT_MILLISECONDS,
    socketCloseTimeout: CLOSE_MILLISECONDS,
    maxResponseSize: LONGEST_REPLY,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * Ends the connection when the signal says so. Throws a DeliveryError; when some recipients were refused, its `rest` is
 * for these alone.
 */
export async function sendBySmtp(message: Message, settings: SmtpSettings, signal: AbortSignal): Promise<void> {
  const { from, to, domain } = envelopeOf(message);
  const { host, port, user } = settings;
  const password = settings.password === undefined ? undefined : readSecret(settings.password);
  const attempt: Attempt = { host, port, user, password };
  const options = optionsOf(settings, password, domain);
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(options);
  try {
    const { rejectedErrors = [] } = await transport.sendMail({
      envelope: {
        from: qualified(from, domain),
        to: to.map((address) => qualified(address, domain)),
        // A server that says how much it takes (RFC 1870) is not sent more.
        size: message.body.length,
      },
      raw: Buffer.from(message.body),
      signal,
    });
    const refused = refusedRecipients(rejectedErrors, message, attempt);
    if (refused !== undefined) throw refused;
  } catch (error) {
    if (signal.aborted) throw timeIsUp(attempt);
    throw error instanceof DeliveryError ? error : deliveryFailure(error, attempt);
  } finally {
    transport.close();
  }
}
