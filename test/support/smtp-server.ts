/** An SMTP server for tests, with TLS by an authority of its own, that keeps what it was given. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const OPENSSL = '/usr/bin/openssl';

/** Why there can be no certificates here, or undefined. */
export const noOpenssl: string | undefined = existsSync(OPENSSL) ? undefined : `${OPENSSL} is not installed`;

interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly body: Buffer;
  /** What the client said it is. */
  readonly greeting: string;
  readonly isEncrypted: boolean;
  /** Who logged in. */
  readonly user: string | undefined;
}

/** How the server answers; a code and a text are a refusal. */
export interface Manners {
  readonly security: 'starttls' | 'tls' | 'none';
  readonly password?: string;
  readonly recipient?: (address: string) => Refusal | undefined;
  readonly message?: (body: Buffer) => Refusal | undefined;
  /** The most bytes that it says it takes (RFC 1870). */
  readonly size?: number;
}

interface Refusal {
  readonly code: number;
  readonly text: string;
}

export interface SmtpServer {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  stop(): Promise<void>;
}

function refusal({ code, text }: Refusal): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

/** Makes an authority and a certificate for localhost in a directory; gives the file of the authority. */
export function makeCertificates(directory: string): string {
  const file = (name: string) => join(directory, name);
  const openssl = (...parameters: readonly string[]) => execFileSync(OPENSSL, parameters, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  writeFileSync(file('server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-subj',
    '/CN=integ test authority',
  );
  openssl('req', ...key, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=localhost');
  const authority = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'];
  openssl(
    'x509',
    '-req',
    '-in',
    file('server.csr'),
    ...authority,
    '-extfile',
    file('server.ext'),
    '-out',
    file('server.pem'),
  );
  return file('ca.pem');
}

/** `certificates`: the directory given to makeCertificates. */
export async function startSmtp(certificates: string, manners: Manners): Promise<SmtpServer> {
  const { security, password } = manners;
  const received: ReceivedMail[] = [];
  const options: SMTPServerOptions = {
    secure: security === 'tls',
    ...(security === 'none'
      ? {}
      : { key: readFileSync(join(certificates, 'server.key')), cert: readFileSync(join(certificates, 'server.pem')) }),
    disabledCommands: security === 'none' ? ['STARTTLS', 'AUTH'] : password === undefined ? ['AUTH'] : [],
    ...(manners.size === undefined ? {} : { size: manners.size }),
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth: (auth, _session, answer) => {
      if (auth.password === password) answer(null, { user: auth.username });
      // A server that sends back what it was told.
      else answer(refusal({ code: 535, text: `5.7.8 no ${auth.password}` }));
    },
    onRcptTo: ({ address }, _session, answer) => {
      const no = manners.recipient?.(address);
      answer(no === undefined ? null : refusal(no));
    },
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const body = Buffer.concat(chunks);
        const no = manners.message?.(body);
        if (no !== undefined) return answer(refusal(no));
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          body,
          greeting: session.hostNameAppearsAs,
          isEncrypted: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
        });
        answer(null);
      });
    },
  };
  const server = new SMTPServer(options);
  // What a client does wrong is for the client to tell.
  server.on('error', () => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const stop = (): Promise<void> => new Promise((stopped) => server.close(stopped));
  return { port: address.port, received, stop };
}
