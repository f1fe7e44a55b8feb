/**
 * Files in which a secret is known by its place in the line: passwd(5) and its family, and what mail, ppp, rsync, IPsec
 * and database clients keep. They are told by their base name, with or without what marks a copy.
 */
import { baseName, type Path, parentPath } from '../../../model/bytes.ts';
import { originalName } from '../../../model/copies.ts';
import { hashPlaceholder } from './password-hashes.ts';
import { isPlaceholder, REDACTED } from './placeholder.ts';

/** What stands in a password field and is no secret: nothing, x, and the marks of a locked account. */
const NO_SECRET = /^(?:[!*x]{0,4}|\*?LK\*?|\*?NP\*?|\*LOCKED\*|##[a-z_][\w-]{0,31})$/;
const LOCK = /^(?:!{1,4}|\*LK\*|\*LOCKED\*)/;

function redactField(value: string): string {
  const lock = LOCK.exec(value)?.[0] ?? '';
  const secret = value.slice(lock.length);
  if (NO_SECRET.test(value) || NO_SECRET.test(secret) || isPlaceholder(secret)) return value;
  return lock + hashPlaceholder(secret);
}

/** Fields between colons, counted from 0. `rest`: from there to the end of the line, colons included. */
interface ColonFile {
  readonly name: RegExp;
  readonly fields: readonly number[];
  readonly rest?: true;
}

const COLON_FILES: readonly ColonFile[] = [
  {
    name: /^(?:passwd|shadow|gshadow|group|master\.passwd|\.?htpasswd|\.?htusers)$|\.htpasswd$|^htpasswd\b/,
    fields: [1],
  },
  { name: /^n?opasswd$/, fields: [3], rest: true },
  { name: /^smbpasswd$/, fields: [2, 3] },
  { name: /^\.?htdigest$|\.htdigest$|^passwd\.md5$/, fields: [2], rest: true },
  { name: /^passwd\.client$/, fields: [2], rest: true },
  { name: /^rsyncd?\.(?:secrets|passwd)$/, fields: [1], rest: true },
  { name: /^\.?pgpass(?:\.conf)?$/, fields: [4], rest: true },
  { name: /^\.?passwd-s3fs$/, fields: [1], rest: true },
  {
    name: /^(?:conserver|vmail|virtual|webdav|dav|svn|ftpd|proftpd|pure-?ftpd|vsftpd|imap|mail|smtpd?|dovecot)[._-]?passwd$|^ftpd\.passwd$|^pcp\.conf$|^pool_passwd$|^\.?cvspass$/,
    fields: [1],
  },
];

function redactColons(line: string, file: ColonFile): string {
  if (line.startsWith('# ')) return line;
  const fields = line.split(':');
  const first = file.fields[0] ?? 0;
  if (file.rest === undefined) {
    // Three fields are user, hash and the password itself, as exim4 has them.
    const secrets = fields.length === 3 ? [...file.fields, 2] : file.fields;
    return fields.map((field, index) => (secrets.includes(index) ? redactField(field) : field)).join(':');
  }
  if (fields.length <= first) return line;
  return [...fields.slice(0, first), redactField(fields.slice(first).join(':'))].join(':');
}

const PPP = /^((?!#)(?:"[^"]*"|[^\s"]+)[ \t]+(?:"[^"]*"|[^\s"]+)[ \t]+)(?:"[^"]*"?|\S+)/;

/** ppp(8) secrets: client, server, secret, addresses. */
function redactPpp(line: string): string {
  return line.replace(PPP, `$1${REDACTED}`);
}

/** ipsec.secrets(5): `selectors : TYPE secret`. The secret may be a quoted string, hex, or a file with a passphrase. */
function redactIpsec(line: string): string {
  return line.replace(
    /((?:^|\s):[ \t]*(?:PSK|XAUTH|EAP|NTLM|PIN|PKCS8|P12|RSA|ECDSA|BLISS|PRIV)\b).*/i,
    `$1 ${REDACTED}`,
  );
}

/** Postfix password maps: `key  user:password`. */
function redactPasswordMap(line: string): string {
  return line.replace(/^([^\s#]+[ \t]+[^\s:]*:).*/, `$1${REDACTED}`);
}

/** Columns between white space, counted from 0: what stands from `first` on, up to `count` words, is secret. */
const words = (first: number, count = 1) => {
  const pattern = new RegExp(
    `^(\\s*(?:(?:"[^"]*"|[^\\s"#]\\S*)\\s+){${first}})((?:(?:"[^"]*"?|\\S+)(?:[ \\t]+|$)){1,${count}})`,
  );
  return (line: string): string => {
    return line.replace(pattern, (all: string, before: string, secret: string) => {
      return isPlaceholder(secret.trim()) ? all : before + REDACTED + (/[ \t]*$/.exec(secret)?.[0] ?? '');
    });
  };
};

/** All that is no comment: a file that is nothing but a secret. */
function redactWhole(line: string): string {
  return line.trim() === '' || /^\s*#/.test(line) || isPlaceholder(line.trim()) ? line : REDACTED;
}

const LINE_FILES: readonly (readonly [RegExp, (line: string) => string])[] = [
  [/^(?:chap|pap|srp|l2tp|eap)-secrets$/, redactPpp],
  [/^ipsec\.secrets$|\.secrets$/, redactIpsec],
  [/^sasl_?passw|^smtp_?(?:passw|auth|sasl)|^relay_?passw|^sasl-passwords?$/, redactPasswordMap],
  // ntp.conf(5) and chrony.conf(5): number, type, key. radiusclient, pam_radius and racoon: host, secret.
  [/^(?:ntp|chrony|ntpsec)\.keys$/, words(1, 2)],
  [
    /^(?:pam_radius(?:_auth)?|radius)\.conf$|^(?:tacplus|tacacs)[\w-]*\.(?:servers|secrets?)$|^radius\.(?:servers|keys)$/,
    words(1),
  ],
  [/^psk\.txt$|^hostapd[\w.-]*psk$|^wpa_?psk(?:\.txt|_file)?$/, words(1, 8)],
  [/^(?:authkeys)$/, (line) => line.replace(/^(\s*\d+\s+(?:crc|md5|sha1)\s+)\S.*/, `$1${REDACTED}`)],
  [/^userlist\.txt$/, words(1)],
  [/eap_?users?$|^hostapd\.eap/, words(2)],
  [/^users\.oath$/, words(3)],
  [/^client\.keys$/, words(3)],
  [/^voicemail\.conf$/, (line) => line.replace(/^(\s*\w+\s*=>\s*)[^,\s]+(?=,)/, `$1${REDACTED}`)],
  [/^davfs2?\.secrets$/, words(2)],
  [/^default-auth-info$|^\.vault-token$|^\.?erlang\.cookie$|^(?:authd\.pass|identity\.secret)$/, redactWhole],
];

const NETRC = /\/[._]?(?:netrc|authinfo|fetchmailrc|msmtprc)$|\/apt\/auth\.conf(?:\.d\/[^/]+)?$/;
const NETRC_WORD = /\b(pass(?:w(?:or)?d|phrase)?|account|secret)(\s+)(?:"[^"\n]*"?|\S+)/gi;

const BARE_NAME = /pass|auth|login|user|cred|secret|key|token|pw/i;
const NO_BARE_NAME = /authori[sz]ed|principal|allow|deny|known|passwd$|keymap|\.pub$/i;
const MOST_BARE_LINES = 3;

/**
 * A file that is named like a secret and is nothing but a few words: the secret alone, or the user and the password.
 */
function redactBare(name: string, text: string): string | undefined {
  if (text.length > 4096 || !BARE_NAME.test(name) || NO_BARE_NAME.test(name)) return undefined;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const isBare =
    lines.length > 0 && lines.length <= MOST_BARE_LINES && lines.every((line) => /^[^\s=:[\]<>{}]+$/.test(line.trim()));
  return isBare ? text.replace(/[^\r\n]+/g, redactWhole) : undefined;
}

/** Redacts by columns where the base name says that there are some. */
export function redactColumns(path: Path, text: string): string {
  const name = originalName(baseName(path));
  if (NETRC.test(`${parentPath(path)}/${name}`)) return text.replace(NETRC_WORD, `$1$2${REDACTED}`);
  const colons = COLON_FILES.find((file) => file.name.test(name));
  const redactLine =
    colons === undefined
      ? LINE_FILES.find(([pattern]) => pattern.test(name))?.[1]
      : (line: string) => redactColons(line, colons);
  if (redactLine === undefined) return redactBare(name, text) ?? text;
  return text.replace(/[^\r\n]+/g, redactLine);
}
