/**
 * How a file is read, told by its path and first line: which operators stand between a name and a value there, and
 * whether a value may go on in the next line. Where the format knows no such thing, a line that ends in a backslash, a
 * bracket or a quote would let an intruder hide the next.
 */
import type { Path } from '../../../model/bytes.ts';
import { type FormatName, formatOfPath } from '../format-of-path.ts';

export interface Reading {
  /** `equals`: words of the format itself sound like names of secrets, as in `passwd: files`, `NOPASSWD: ALL`. */
  readonly operators: 'all' | 'equals';
  /** Whether a backslash joins lines; `values`: only a line that is one word, an option or a quoted string. */
  readonly joins: 'never' | 'values' | 'always';
  /** Whether lines below a name may be its value; `values`: as above. */
  readonly below: 'never' | 'values' | 'always';
}

const OWN_WORDS: Reading = { operators: 'equals', joins: 'never', below: 'never' };
const LINES: Reading = { operators: 'all', joins: 'never', below: 'never' };
const VALUES: Reading = { operators: 'all', joins: 'values', below: 'values' };
const KNOWN: Readonly<Record<FormatName, Reading>> = {
  passwd: OWN_WORDS,
  group: OWN_WORDS,
  shadow: OWN_WORDS,
  gshadow: OWN_WORDS,
  hosts: OWN_WORDS,
  sudoers: { ...OWN_WORDS, joins: 'always' },
  sshd_config: LINES,
  ssh_config: LINES,
  'system-crontab': LINES,
  'user-crontab': LINES,
  authorized_keys: LINES,
  aliases: LINES,
  systemd: { ...LINES, joins: 'always' },
  'hosts-access': { ...LINES, joins: 'always' },
  access: LINES,
  virtual: LINES,
  inetd: LINES,
  syslog: VALUES,
  'sendmail.cf': VALUES,
  'sendmail.mc': VALUES,
  'main.cf': VALUES,
  'master.cf': VALUES,
  dovecot: VALUES,
  xinetd: VALUES,
};

/** In the order in which they are tried. */
const OTHERS: readonly (readonly [RegExp, Reading])[] = [
  [/\/pam\.d\/[^/]+$|\/pam\.conf$/, { ...OWN_WORDS, joins: 'always' }],
  [/\/nsswitch\.conf$|\/(?:services|rpc)$/, OWN_WORDS],
  [
    /\.(?:sh|bash|zsh|ksh|mk|properties)$|\/(?:Dockerfile|Containerfile|Makefile)[^/]*$/,
    { operators: 'all', joins: 'always', below: 'always' },
  ],
  [
    /\.(?:ya?ml|sls|json|toml|py|php|rb|js|ts|pl|lua|tf|tfvars|hcl|xml|plist)$|\/cloud\.cfg/,
    { operators: 'all', joins: 'values', below: 'always' },
  ],
];
const SCRIPT: Reading = { operators: 'all', joins: 'always', below: 'always' };

export function readingOf(path: Path, text: string): Reading {
  const format = formatOfPath(path);
  if (format !== undefined) return KNOWN[format];
  const other = OTHERS.find(([pattern]) => pattern.test(path))?.[1];
  return other ?? (text.startsWith('#!') ? SCRIPT : VALUES);
}
