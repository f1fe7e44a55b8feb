/**
 * Which names give a secret away, and how surely. One row a word. A strong name is one of a secret whatever its value;
 * a weak one, such as `key` or `auth`, only where the value looks drawn at random (see values.ts).
 */

const SEPARATOR = '[_.-]?';
/** Nothing but the word itself, or the word after something that is no letter. */
const alone = (word: string) => `(?<![a-z])${word}(?![a-z])`;
const ending = (word: string) => `${word}(?![a-z])`;

const STRONG = [
  'passw(?:or)?d',
  'passwort',
  'kennwort',
  'mot_de_passe',
  `pass${SEPARATOR}(?:phrase|code)`,
  'passkey',
  // dbPass, smtp_pass, dnpass. What else ends so is in OTHER_PASS.
  'pass(?:ntlmv2|nt|lm)(?![a-z])',
  ending('pass'),
  'pwd',
  alone('pw[12]?'),
  ending(`(?:bind|root|ldap|admin|user|sql|mail|ftp|proxy|auth|oper)${SEPARATOR}pw`),
  'secret',
  'token',
  `(?:(?<!om)api|access|private|priv|preshared|pre${SEPARATOR}shared|shared|encryption|encrypt|crypt(?:o|ography)?|signing|auth|account|master|storage|license|wireless|session|jwt|cipher|des|aes|hmac|app|service|integration|routing|upgrade|client|validation|hostkey|authentication|md5|digest)${SEPARATOR}key`,
  'key-string',
  'client-key-data',
  `wep${SEPARATOR}key`,
  '(?<![a-z])psk(?![a-z])|(?<=WPA)PSK(?![a-z])',
  'requirepass',
  '(?:github|gitlab|bitbucket)-(?:oauth|token)',
  'masterauth',
  'setcredential',
  'authtok',
  '(?<![a-z])credentials?(?![a-z])',
  '(?:r[ow]|trap|auth|snmp)?community6?(?![a-z])',
  `(?:user|so)${SEPARATOR}pin(?![a-z])|pin${SEPARATOR}value`,
  `(?<![a-z])_auth(?![a-z])|sst_auth`,
  `auth${SEPARATOR}ident(?![a-z])`,
  `(?:totp|otp|hotp|2fa|mfa)${SEPARATOR}(?:seed|key)`,
];
const WEAK = [
  'keys?(?:[_-]?(?:data|base64|hex|\\d{1,2}))?(?![a-z])',
  '(?:auth|login)(?![a-z])',
  'salt(?![a-z])',
  'seed(?![a-z])',
  'cookie(?![a-z])',
  alone('hash'),
  'sign?(?:ature)?(?![a-z])',
  'bearer(?![a-z])',
  alone('encrypt'),
  alone('nonce'),
  '(?<=_)iv',
  '(?:private)?exponent[12]?|prime[12]|coefficient',
  alone('crypt'),
];
const STRONG_WORD = new RegExp(STRONG.join('|'), 'gi');
const WEAK_WORD = new RegExp(WEAK.join('|'), 'gi');
/** SQL: `IDENTIFIED BY '…'`, `IDENTIFIED WITH plugin AS '…'`. */
const IDENTIFIED = 'identified[^\\S\\r\\n]{1,8}(?:with[^\\S\\r\\n]{1,8}\\S{1,40}[^\\S\\r\\n]{1,8})?(?:by|as)(?!\\w)';
const NAME = new RegExp(`${IDENTIFIED}|\\w[\\w.-]*`, 'gi');

/** Settings about passwords, whose values an administrator should see: what may follow the word in a name. */
const HARMLESS =
  /^s?[_.-]?(?:file|path|dir|auth(?!_?(?:key|token|pass))|time|tries|prompt|polic|min|max|len|age\b|expir|warn|chang|type|format|field|scheme|mode|required|algorithm|lookup|url|uri|endpoint|command|cmd|quality|history|reuse|retr|encryption|encoder|hasher|names?\b|ref\b|key_?ref|class|manager|generator|valid|strength|reset|hint|prov|rotat|count|limit|ttl|life|scope|issuer|header|param|attr|column|label|check|complex|delay|cache|refresh|grace|lock|fail|backend|plugin|module|program|script|helper|map|query|filter|server|host|port|sync|source|location|chat|flags|level|usage|size|bits|cost|rounds|signing_?alg|agent|service|review|table|iterations|storage|store\b|option|style|reqd|verif|agree|exchange|factory|pair|spec|gen|deriv|wrap|alias|ring)/i;
/** `REDIS_AUTH` of an environment. */
const VARIABLE = /^[A-Z0-9_]{0,40}[A-Z]_(?:AUTH|PAT|CREDS)$/;
const NO_SECRET = /^(?:NOPASSWD|server_?tokens)$/i;
/** What may follow a weak word. */
const END_OF_WEAK =
  /^[_.-]?(?:(?:data|base64|b64|hex|value|prod|dev|test|old|new|current|default|v?\d{1,3})[_.-]?){0,2}$/i;
/** `password server = …` of Samba: a name of several words. */
const HARMLESS_WORDS = /^[ \t]+(?:server|program|chat|sync|timeout|level|expir\w*|file|hash(?:ing)?)\b[\w \t]{0,40}=/i;
/** Words that end in pass and are none; and directives of proxies, whose values are addresses. */
const OTHER_PASS = /(?:by|com|tres|sur|under|over|multi|first|low|high|band|all|im|two|single|one)$/i;
const PROXY = /(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_?$/i;
/** Names of what is public, or no key in this sense. */
const NO_KEY =
  /pub|host_?key|known|finger|authori[sz]ed|trusted|foreign|primary|keyring|keyboard|sort|cache|recv|gpg|pgp|default-key|dnskey|domainkey|monkey|hotkey|turkey|author|commit|content|checksum|sshkeys?$|ssh_key|keyid|key_?id|cert/i;
const NAME_CHARACTERS = /[A-Za-z0-9_.$\]["'`-]/;
export const LONGEST_NAME = 80;

export interface SecretName {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isStrong: boolean;
  /** `proxy_pass`: followed by white space it is no name of a secret. */
  readonly needsOperator: boolean;
}

interface Word {
  readonly isStrong: boolean;
  readonly needsOperator: boolean;
}

function firstWord(name: string, words: RegExp, isStrong: boolean): Word | undefined {
  words.lastIndex = 0;
  for (let match = words.exec(name); match !== null; match = words.exec(name)) {
    const before = name.slice(0, match.index);
    if (HARMLESS.test(name.slice(match.index + match[0].length))) continue;
    if (!isStrong && !END_OF_WEAK.test(name.slice(match.index + match[0].length))) continue;
    const isPass = /^pass$/i.test(match[0]);
    if (isPass && OTHER_PASS.test(before)) continue;
    return { isStrong, needsOperator: isPass && PROXY.test(before) };
  }
  return undefined;
}

function judge(name: string): Word | undefined {
  if (/^identified\s/i.test(name)) return { isStrong: true, needsOperator: false };
  if (NO_SECRET.test(name)) return undefined;
  if (VARIABLE.test(name)) return { isStrong: true, needsOperator: true };
  return firstWord(name, STRONG_WORD, true) ?? (NO_KEY.test(name) ? undefined : firstWord(name, WEAK_WORD, false));
}

/** What every word has in it: most names have nothing of it. */
const HINT =
  /pass|pw|secret|token|key|kennw|psk|cred|auth|commun|pin|otp|login|salt|seed|cookie|hash|sig|bearer|crypt|nonce|expon|prime|coeff|identified|_PAT|_iv/i;

/** The same names come again and again; what is longer is rather a value. */
const judged = new Map<string, Word | undefined>();
const LONGEST_JUDGED = 200;
const MOST_JUDGED = 4096;

function wordIn(name: string): Word | undefined {
  if (name.length < 2 || name.length > LONGEST_JUDGED || !HINT.test(name)) return undefined;
  if (judged.has(name)) return judged.get(name);
  if (judged.size >= MOST_JUDGED) judged.clear();
  const word = judge(name);
  judged.set(name, word);
  return word;
}

/** The first name of a secret at or after `from`, with its quotes and brackets: `"db.password"`, `$cfg['pass`. */
export function nextSecretName(line: string, from: number): SecretName | undefined {
  NAME.lastIndex = from;
  for (let match = NAME.exec(line); match !== null; match = NAME.exec(line)) {
    const word = wordIn(match[0]);
    if (word === undefined) continue;
    const end = match.index + match[0].length;
    if (HARMLESS_WORDS.test(line.slice(end, end + 60))) continue;
    let start = match.index;
    const earliest = Math.max(from, start - LONGEST_NAME);
    while (start > earliest && NAME_CHARACTERS.test(line[start - 1] ?? '')) start -= 1;
    return { text: line.slice(start, end), start, end, ...word };
  }
  return undefined;
}

/** Whether a name by itself is one of a secret: that of an element, or the value of `name: …`. */
export function isSecretName(name: string): 'strong' | 'weak' | undefined {
  const text = name.slice(0, LONGEST_NAME);
  const word = wordIn(text.replace(/[^\w.-]+/g, '_'));
  if (word === undefined) return undefined;
  return word.isStrong ? 'strong' : 'weak';
}
