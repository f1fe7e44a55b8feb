/**
 * A letter as an RFC 5322 message in CRLF lines: multipart/alternative of text and HTML, with the JSON report attached.
 * nodemailer encodes; it may read no file and fetch nothing.
 */
import { plain } from '../../report/plain.ts';
import { qualified } from './addresses.ts';
import { htmlPart } from './html-part.ts';
import { type Edition, letterOf } from './letter.ts';
import { withShortHosts } from './subject.ts';
import { textPart } from './text-part.ts';

export interface Header {
  /** Of the message, unique: the left side of the Message-ID. */
  readonly id: string;
  /** Of this machine. */
  readonly domain: string;
  readonly from: string;
  readonly to: readonly string[];
  /** Milliseconds since the epoch. */
  readonly date: number;
}

/** What a filter of the reader can go by. */
function ownHeaders({ report, isTest }: Edition): Record<string, string> {
  const { host, by } = withShortHosts(report);
  return {
    // RFC 3834: no vacation notice comes back.
    'Auto-Submitted': 'auto-generated',
    'X-Integ-Report': plain(report.id),
    'X-Integ-Host': host,
    ...(by === undefined ? {} : { 'X-Integ-By': by }),
    'X-Integ-Status': isTest ? 'test' : report.status,
  };
}

export async function mimeMessage(edition: Edition, { id, domain, from, to, date }: Header): Promise<Buffer> {
  const { createTransport } = await import('nodemailer');
  const { attachment, form } = edition;
  const letter = letterOf(edition);
  const composer = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const attachments =
    attachment.kind === 'attached' && form === 'whole'
      ? [{ filename: attachment.name, content: attachment.json, contentType: 'application/json; charset=utf-8' }]
      : [];
  const { message } = await composer.sendMail({
    from: { name: 'integ', address: qualified(from, domain) },
    to: to.map((address) => ({ name: '', address: qualified(address, domain) })),
    subject: letter.subject,
    messageId: `<${id.replace(/[^A-Za-z0-9.-]/g, '-')}@${domain}>`,
    date: new Date(date),
    xMailer: false,
    headers: ownHeaders(edition),
    textEncoding: 'quoted-printable',
    text: textPart(letter),
    ...(form === 'whole' || form === 'unattached' ? { html: htmlPart(letter) } : {}),
    attachments,
  });
  // With the option `buffer` it is never a stream.
  if (!Buffer.isBuffer(message)) throw new Error('integ: internal error: a mail that is no buffer');
  return message;
}
