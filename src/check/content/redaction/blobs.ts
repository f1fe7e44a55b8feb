/**
 * Keys that have no name: base64 of a private key in PEM or DER wherever it stands, and lines that are nothing but hex
 * or base64 of the length of a key. Public keys and certificates stay, and so do digests beside a name, as in
 * SHA256SUMS.
 */
import { REDACTED, taggedPlaceholder } from './placeholder.ts';

const LONG_RUN = /[A-Za-z0-9+/]{64,}={0,2}/g;
/** SEQUENCE, then INTEGER 0 to 3: PKCS#1, PKCS#8, SEC1, PKCS#12 (RFC 8017, 5958, 5915, 7292). */
const PRIVATE_DER = /^0(?:[\x00-\x7f]|\x81.|\x82..|\x83...)\x02\x01[\x00-\x03]/s;
/** PBES2 or a PKCS#12 scheme right at the front: an encrypted PKCS#8. */
const ENCRYPTED_DER =
  /^0(?:[\x00-\x7f]|\x81.|\x82..)0(?:[\x00-\x7f]|\x81.)\x06.\x2a\x86\x48\x86\xf7\x0d\x01(?:\x05|\x0c)/s;
const PRIVATE_TEXT =
  /-----BEGIN (?!CERTIFICATE|TRUSTED CERT|PUBLIC|X509|PGP PUBLIC|RSA PUBLIC|EC PARAM|DH PARAM|SSH2 PUBLIC)|openssh-key-v1\0|PRIVATE KEY|client-key-data|"private_key"/;

function redactEncoded(run: string): string {
  const decoded = Buffer.from(run, 'base64').toString('latin1');
  const isPrivate = PRIVATE_TEXT.test(decoded) || PRIVATE_DER.test(decoded) || ENCRYPTED_DER.test(decoded);
  return isPrivate ? taggedPlaceholder(run) : run;
}

/** Shorter beginnings of the same: of `LS0tLS1CRUdJTi…`, and of `b3BlbnNzaC1rZXktdjE`. */
const SHORT_RUN =
  /(?<![A-Za-z0-9+/])(?:LS0tLS1CRUdJTi(?!BDRVJU|BQVUJ|BUUlVT|BUUlVTVEVE|BYNTA5|BSU0EgUFVC)|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/]{4,63}={0,2}/g;

const LINE =
  /^([^\S\r\n]*(?:[-*][^\S\r\n]+)?["'`]?)((?:0x)?[0-9a-fA-F]{32,}|[A-Za-z0-9+/_-]{32,}={0,2}|[A-Za-z0-9+/]{20,}={1,2}|[A-Z2-7]{16}|[A-Z2-7]{20,}|(?:[0-9a-fA-F]{2}:){8,}[0-9a-fA-F]{0,2})(?=["'`]?[\\,;)\]]{0,3}[^\S\r\n]*(?:#[^\r\n]*)?\r?$)/;
const PUBLIC =
  /PUBLIC|CERTIFICATE|PARAMETERS|SIGNATURE|SIGNED|DNSKEY|DKIM1|RRSIG|SSHFP|TLSA|CDS|SHA-?\d|OPENPGPKEY|ssh-(?:rsa|ed25519|dss)|ecdsa-sha2|CRL|\bcert\b|sha(?:256|512)|digest|checksum|integrity|fingerprint|commit|\brev\b/i;
const PRIVATE = /PRIVATE|-----BEGIN (?!(?:[A-Z0-9]+ )*(?:PUBLIC|CERTIFICATE|PARAMETERS|SIGNATURE))/;
/** Lines of a block, or between blocks: they say nothing of what stands above. */
const WITHIN_BLOCK =
  /^[^\S\r\n]*["'`]?(?:[A-Za-z0-9+/_-]*={0,2}|(?:[0-9a-fA-F]{2}:)+[0-9a-fA-F]{0,2})["'`]?[\\,;)\]]{0,3}[^\S\r\n]*\r?$/;

/** `openssl rsa -text`: numbers of private keys have the form of public ones. */
const PRIVATE_NUMBER = /priv|prime|exponent[12]|coefficient|secret/i;

function looksLikeKey(text: string, above: string): boolean {
  if (text.includes(':')) return PRIVATE_NUMBER.test(above);
  if (/^(?:0x)?[0-9a-fA-F]+$/.test(text)) return /\d/.test(text) && (/[a-f]/i.test(text) || text.length >= 40);
  if (/^[A-Z2-7]+$/.test(text)) return /[2-7]/.test(text);
  if (/=$/.test(text)) return /[a-z]/.test(text) && /[A-Z]/.test(text);
  const changes = Array.from(text.slice(0, 200)).filter((character, index, all) => {
    const before = all[index - 1] ?? character;
    return /[a-z]/.test(character) !== /[a-z]/.test(before);
  }).length;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && changes >= Math.min(text.length, 200) * 0.2;
}

/** Lines that are a key and nothing else, unless the line above their block says that it is public. */
function redactLines(text: string): string {
  let above = '';
  return text
    .split('\n')
    .map((line) => {
      const [, before = '', blob = ''] = LINE.exec(line) ?? [];
      if (blob === '') {
        if (!WITHIN_BLOCK.test(line)) above = line.slice(0, 400);
        return line;
      }
      if ((PUBLIC.test(above) && !PRIVATE.test(above)) || !looksLikeKey(blob, above)) return line;
      const placeholder = blob.length >= 32 ? taggedPlaceholder(blob) : REDACTED;
      return before + placeholder + line.slice(before.length + blob.length);
    })
    .join('\n');
}

const WORD = /(?<![\w+/=.:@-])[A-Za-z0-9_-]{32,80}(?![\w+/=.:@-])/g;
const LEAST_CHANGES = 0.45;

/** A word of the length of a token in which capitals, small letters and digits stand in no order. */
function redactWord(word: string): string {
  const kinds = Array.from(word, (character) => (/[a-z]/.test(character) ? 0 : /[A-Z]/.test(character) ? 1 : 2));
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  const isMixed = new Set(kinds).size === 3 && (word.match(/\d/g)?.length ?? 0) >= 3;
  return isMixed && changes >= word.length * LEAST_CHANGES ? taggedPlaceholder(word) : word;
}

function redactWords(text: string): string {
  return text.replace(/[^\r\n]{32,}/g, (line) => {
    const isNone = !/[A-Za-z0-9_-]{32}/.test(line) || WITHIN_BLOCK.test(line) || PUBLIC.test(line) || /pub/i.test(line);
    return isNone ? line : line.replace(WORD, redactWord);
  });
}

export function redactBlobs(text: string): string {
  return redactLines(
    redactWords(text)
      .replace(LONG_RUN, redactEncoded)
      .replace(SHORT_RUN, (run) => taggedPlaceholder(run)),
  );
}
