/**
 * Hashes of passwords that are known by their form, wherever they stand: crypt(5) in its modular form and its
 * relatives, the schemes of RFC 2307 and Dovecot, and SCRAM (RFC 5803). A DES hash is 13 letters like any other and is
 * known only by its column; see secret-columns.ts.
 */
import { isPlaceholder, REDACTED, taggedPlaceholder } from './placeholder.ts';

// `$$` is how docker-compose writes `$`. Fewer than 12 characters are `$1$2` of a shell script.
const MODULAR =
  /\${1,2}(?:1|2[abxy]?|3|[5-9]|y|gy|md5|sha1|apr1|argon2(?:id?|d)|scrypt|pbkdf2(?:-sha\d{1,3})?|bcrypt-sha256|[PHS])(?=[$,])[./A-Za-z0-9$=,+_-]{12,}/g;
const SALTED_SCHEMES =
  'SSHA(?:256|384|512)?|SMD5|CRYPT|(?:MD5|SHA256|SHA512|BLF|DES|EXT-DES)-CRYPT|ARGON2(?:ID?)?|PBKDF2[A-Z0-9-]{0,12}|SCRAM-SHA-\\d{1,3}';
const BARE_SCHEMES =
  'SHA(?:1|256|384|512)?|MD5|LDAP-MD5|PLAIN-MD[45]|CRAM-MD5|DIGEST-MD5|HMAC-MD5|NT|LANMAN|LM|PLAIN|CLEAR|CLEARTEXT|NTLM';
const SCHEME = new RegExp(`(\\{(?:${SALTED_SCHEMES}|${BARE_SCHEMES})(?:\\.(?:b64|base64|hex))?\\})([^\\s:"']+)`, 'gi');
const SALTED = /^\{(?:SSHA|SMD5|PBKDF2|SCRAM)/i;
const SCRAM = /SCRAM-SHA-\d{1,3}\$[^\s"']{20,}/g;
// bcrypt and phpass put salt and hash in one part. 6 characters of crypt's alphabet are 36 bits beside the password.
const LEAST_SALT = 6;

/** The placeholder of a hash: with digits when a salt keeps the password from being tried against them. */
export function hashPlaceholder(hash: string): string {
  if (!hash.startsWith('$')) return REDACTED;
  const parts = hash.replaceAll('$$', '$').slice(1).split('$');
  const last = parts.at(-1) ?? '';
  const salt = parts.length >= 3 ? (parts.at(-2) ?? '') : '';
  const isOnePart = /^(?:2[abxy]?|[PHS])$/.test(parts[0] ?? '') && last.length >= 30;
  const isSalted = salt.length >= LEAST_SALT && !salt.includes('=') && last !== '';
  return isOnePart || isSalted ? taggedPlaceholder(hash) : REDACTED;
}

export function redactPasswordHashes(text: string): string {
  return text
    .replace(MODULAR, hashPlaceholder)
    .replace(SCRAM, (hash) => taggedPlaceholder(hash))
    .replace(SCHEME, (all: string, scheme: string, hash: string) => {
      if (isPlaceholder(hash)) return all;
      return scheme + (SALTED.test(scheme) ? taggedPlaceholder(hash) : REDACTED);
    });
}
