/** What a value is: none, a file that holds the secret, a reference to it elsewhere, or something drawn at random. */
import { isPlaceholder, REDACTED, taggedPlaceholder } from './placeholder.ts';

const NO_VALUE =
  /^(?:|(?:yes|no|true|false|on|off|null|nil|none|empty|required|optional|auto|ask|prompt|unset|undefined|on_create|always|enabled?|disabled?|[01])|\*{1,40}|x{3,40}|\.{3}|%[a-z%]|[-{[(,;)\]}|>+&]{1,6})$/i;
/** A variable, without a value of its own to fall back to: `$X`, `${X}`, `%(x)s`, `{{ x }}`, `@X@`, `<%= x %>`. */
const REFERENCE =
  /^(?:\$\{?[A-Za-z_][\w.]*\}?|\$\{[a-z]{1,10}:[\w./-]+\}|\$[A-Za-z_]\w*(?:->\w+|\[['"]?\w+['"]?\])+|%\([\w.-]+\)s|%\{[\w.:-]+\}|\{\{(?![^}]{0,120}default)[\w .|()'",/:-]{1,120}\}\}|@[A-Z_]+@|<%=?[\w .[\]'"@]{1,120}%>|\$\((?:cat |<) ?[\w./$-]+\)|!(?:ENV|vault|secret|include) [\w./${}-]+|(?:!vault(?:-encrypted)?|vault:[\w/#.-]+) ?\|?)$/;
const CALL =
  /^(?:get_?env|env|os\.getenv|os\.environ(?:\.get)?|process\.env|ENV(?:\.fetch)?|System\.getenv|lookup|hiera|var|local|data|file|config|secrets|vault)(?:[.([][\w:/'"-]{0,80}[)\]]?){1,8}$/;
/** A file that holds a key is no secret, and another one is news. */
const FILE =
  /^(?:<|@|file:(?:\/\/)?|exec:)?[\w$.{}*-]*(?:\/[\w$.{}*-]+)+\.(?:pem|key|der|crt|cer|p12|pfx|jks|txt|conf|cfg|json|ya?ml|secret|pub|gpg|asc|db|sock|so|cf|py|sh)$/;
const KNOWN_DIRECTORY =
  /^(?:<|@|file:(?:\/\/)?|exec:|(?:hash|btree|texthash|lmdb|cdb|pcre|regexp|proxy|mysql|pgsql|ldap|unix|inline):)?\/(?:etc|usr|var|run|srv|opt|home|root|tmp|lib|proc|dev|mnt|data|app|boot|media|bin|sbin|sys)(?:\/[\w.@%+{}$~-]{1,80}){1,20}\/?(?:,[\w=,.:-]{0,400})?$/;
const ADDRESS = /^(?:https?|unix|tcp|udp|ldaps?|ldapi):\/\/[^\s@?]{1,300}$/;
const TRAILING = /[\s;,)\]}]+$/;
/** WireGuard and AWS draw these at random: 256 and 240 bits. */
const DRAWN_KEY = /^(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{40})$/;
const LONGEST_LOOK = 4096;

function isHarmless(value: string): boolean {
  if (value.length > LONGEST_LOOK) return false;
  const bare = value.replace(TRAILING, '');
  return (
    [value.trim(), bare, bare.replace(/^(["'])(.*)\1$/, '$2')].some((text) =>
      [NO_VALUE, REFERENCE, CALL, FILE, KNOWN_DIRECTORY, ADDRESS].some((pattern) => pattern.test(text)),
    ) || CALL.test(`${bare})`)
  );
}

const LEAST_HEX = 16;
const LEAST_DRAWN = 16;
const LEAST_MIXED = 12;

function classOf(character: string): number {
  if (/[a-z]/.test(character)) return 0;
  if (/[A-Z]/.test(character)) return 1;
  return /[0-9]/.test(character) ? 2 : 3;
}

/** How often the kind of character changes, and how many kinds there are. */
function mixture(text: string): { readonly changes: number; readonly kinds: number } {
  const classes = Array.from(text, classOf);
  const changes = classes.filter((kind, index) => index > 0 && kind !== classes[index - 1]).length;
  return { changes, kinds: new Set(classes).size };
}

/** RFC 7617: `user:password` in base64. */
export function isBasic(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(value) || value.length % 4 !== 0) return false;
  return /^[\x20-\x7e]*[^:\x00-\x1f\x7f-\xff]:[\x20-\x7e]+$/.test(Buffer.from(value, 'base64').toString('latin1'));
}

/**
 * Whether a value seems to be a key, a token or an encoded password rather than a word, a number, a path or an address.
 */
export function looksDrawn(value: string): boolean {
  const text = value
    .slice(0, LONGEST_LOOK)
    .replace(/^(?:base64:|hex:|0x|0s|s:)/i, '')
    .replace(/[;,)\]}]+$/, '');
  if (isBasic(text)) return true;
  if (/^(?:[0-9a-f]{2}:){7,}[0-9a-f]{2}$/i.test(text)) return true;
  if (/^[0-9a-f]+$/i.test(text)) return text.length >= LEAST_HEX;
  if (/^(?:[~.]?\/|\.\.|[$%<@{]|\w+:\/\/|[\d.:,+-]+$)/.test(text) || text.length < LEAST_MIXED) return false;
  const { changes, kinds } = mixture(text);
  if (/^[A-Za-z0-9+/_-]{14,}={1,2}$/.test(text) && kinds >= 4) return true;
  if (/\s/.test(text)) return text.length >= 20 && kinds === 4 && changes >= text.length * 0.45;
  if (/^[\w-]+(?:\.[\w-]+)+$/.test(text) && changes < text.length * 0.4) return false;
  if (/^[A-Za-z0-9]{20,}$/.test(text) && kinds >= 2 && /\d/.test(text)) return true;
  if (/^[A-Z2-7]{16,}$/.test(text) && changes >= 2) return true;
  const share = changes / (text.length - 1);
  return (text.length >= LEAST_DRAWN && share >= 0.3 && kinds >= 3) || (kinds >= 3 && share >= 0.45);
}

/** Names so short that the value tells: `key = "…"` may also be a password that somebody chose. */
const BARE_NAME = /^["'`]?(?:key|auth|salt|seed|cookie)$/i;

function looksChosen(value: string): boolean {
  return (
    /^(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[^\s/.:_@-]{8,}$/.test(value) &&
    !/sha|md5|aes|rsa|dsa|hmac|des|curve|rc4/i.test(value)
  );
}

/** What stands in the place of a value, or the value itself when it is no secret. */
export function replaceValue(value: string, name: string, isStrong: boolean): string {
  if (
    isPlaceholder(value) ||
    isHarmless(value) ||
    (!isStrong && !looksDrawn(value) && !(BARE_NAME.test(name) && looksChosen(value)))
  )
    return value;
  if (/community/i.test(name) && /^\d{1,5}:\d{1,5}\b/.test(value)) return value;
  if (/^(?:OLD)?PWD$/.test(name) && /^[/$`~]/.test(value)) return value;
  return DRAWN_KEY.test(value) && /key$/i.test(name) ? taggedPlaceholder(value) : REDACTED;
}
