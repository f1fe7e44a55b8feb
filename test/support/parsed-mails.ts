/** Mails as an independent parser reads them: the email package of Python, strict where RFC 5322 and MIME are. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PYTHON = '/usr/bin/python3';

/** Why mails cannot be parsed here, or undefined. */
export const noPython: string | undefined = existsSync(PYTHON) ? undefined : `${PYTHON} is not installed`;

export interface ParsedMail {
  /** Names in lower case; values decoded and unfolded. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Addresses of From and To. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly subject: string;
  /** What the parser complains about, in any header or part. */
  readonly defects: readonly string[];
  /** Octets of the longest line without its line break, of the longest one in the head, and line breaks but CRLF. */
  readonly longestLine: number;
  readonly longestHeadLine: number;
  readonly strayBreaks: number;
  readonly isAscii: boolean;
  /** Types of the parts, outermost first. */
  readonly types: readonly string[];
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly content: string }[];
}

const SCRIPT = `
import sys, json, re
from email import message_from_bytes
from email.policy import default
def parse(raw):
    message = message_from_bytes(raw, policy=default)
    parts = list(message.walk())
    defects = [str(d) for p in parts for d in p.defects]
    defects += [str(d) for p in parts for v in p.values() for d in v.defects]
    lines = raw.split(b'\\r\\n')
    head = raw.split(b'\\r\\n\\r\\n', 1)[0].split(b'\\r\\n')
    body = lambda kind: (message.get_body((kind,)) or None)
    content = lambda kind: body(kind).get_content().replace('\\r\\n', '\\n') if body(kind) else ''
    return dict(
        headers=[[k.lower(), str(v)] for k, v in message.items()],
        **{'from': [a.addr_spec for a in message['from'].addresses]},
        to=[a.addr_spec for a in message['to'].addresses],
        subject=str(message['subject']),
        defects=defects,
        longestLine=max(map(len, lines)),
        longestHeadLine=max(map(len, head)),
        strayBreaks=len(re.findall(rb'(?<!\\r)\\n|\\r(?!\\n)', raw)),
        isAscii=all(b < 128 for b in raw),
        types=[p.get_content_type() for p in parts],
        text=content('plain'),
        html=content('html'),
        attachments=[dict(name=a.get_filename(), type=a.get_content_type(), content=a.get_payload(decode=True).decode('utf-8')) for a in message.iter_attachments()] if message.is_multipart() else [],
    )
data = sys.stdin.buffer.read()
mails = []
while data:
    size, data = data.split(b'\\n', 1)
    mails.append(parse(data[:int(size)]))
    data = data[int(size):]
json.dump(mails, sys.stdout)
`;

export function parseMails(mails: readonly Uint8Array[]): readonly ParsedMail[] {
  const input = Buffer.concat(mails.flatMap((mail) => [Buffer.from(`${mail.length}\n`), mail]));
  const output = execFileSync(PYTHON, ['-I', '-c', SCRIPT], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  // The script writes exactly this.
  return JSON.parse(output) as readonly ParsedMail[];
}

export function parseMail(mail: Uint8Array): ParsedMail {
  const [parsed] = parseMails([mail]);
  if (parsed === undefined) throw new Error('no mail');
  return parsed;
}

/** The value of a header that stands there once. */
export function header(mail: ParsedMail, name: string): string | undefined {
  const values = mail.headers.filter(([key]) => key === name.toLowerCase());
  if (values.length > 1) throw new Error(`${name} stands there ${values.length} times`);
  return values[0]?.[1];
}
