/**
 * Secrets that are known by their own form or by the words just before them: passwords in URLs, tokens with the prefix of
 * their issuer, HTTP authorization, sendmail's AuthInfo, and passwords on command lines.
 */
import { REDACTED, taggedPlaceholder } from './placeholder.ts';

// RFC 3986 userinfo. The password ends at the last @ before the host, since people forget to encode one.
const URL_PASSWORD = /(:\/\/[^\s/?#:@"'<>]{0,256}:)([^\s/"']+)@/g;

// Random by construction, so the placeholder may have digits. A run that starts within a longer word is not tried again.
const ISSUED = new RegExp(
  [
    'gh[pousr]_[A-Za-z0-9]{20,}',
    'github_pat_\\w{20,}',
    'glpat-[\\w-]{16,}',
    'xox[abeoprs]-[\\w-]{10,}',
    '[rs]k_(?:live|test)_[A-Za-z0-9]{16,}',
    'AIza[\\w-]{30,}',
    'npm_[A-Za-z0-9]{30,}',
    'hv[sb]\\.[\\w-]{20,}',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
    'AGE-SECRET-KEY-1[A-Z0-9]{50,}',
    'eyJ[\\w-]{10,}\\.eyJ[\\w-]{5,}\\.[\\w-]{10,}',
  ]
    .map((token) => `(?<![\\w.-])${token}`)
    .join('|'),
  'g',
);
const AUTHORIZATION = /(\bauthorization["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[a-z]{1,20}[ \t]{1,8})[^\s"']+/gi;

/** Options that hold a secret in lines that name a program: `-pSECRET`, `-p SECRET`, `-u USER:SECRET`; sendmail's "P:SECRET". */
const OPTIONS: readonly (readonly [RegExp, RegExp])[] = [
  [/\b(?:mysql|maria(?:db|backup)|xtrabackup)/, /([ \t]-p)[^\s"']+/g],
  [/\bsshpass\b/, /([ \t]-p[ \t]{0,8})(?:"[^"\n]*"?|'[^'\n]*'?|[^\s"']+)/g],
  [/\b(?:curl|wget|smbclient|lftp)\b/, /([ \t](?:-u|-U|--user)[ \t=]{0,8}["']?[^\s:"'%]{1,256}[:%])[^\s"']+/g],
  [/\bldap(?:add|modify|search|passwd|delete|compare|whoami)\b/, /([ \t]-w[ \t]{0,8})[^\s"']+/g],
  [/authinfo:/i, /("P[:=])[^"]*/g],
];

function redactOptions(line: string): string {
  let output = line;
  for (const [program, option] of OPTIONS) {
    if (program.test(output)) output = output.replace(option, `$1${REDACTED}`);
  }
  return output;
}

export function redactTokens(text: string): string {
  return text
    .replace(URL_PASSWORD, `$1${REDACTED}@`)
    .replace(ISSUED, (token) => taggedPlaceholder(token))
    .replace(AUTHORIZATION, `$1${REDACTED}`)
    .replace(/[^\r\n]+/g, redactOptions);
}
