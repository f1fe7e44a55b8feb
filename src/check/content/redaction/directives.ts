/**
 * Directives whose secret is known by its place: the third word of `SQLConnectInfo`, what follows the colon of `stats
 * auth`. One row a directive, told by its own first words wherever the file is. What the first group matches stays.
 */
import { REDACTED } from './placeholder.ts';

const G = '[^\\S\\r\\n]{1,80}';
const WORD = '[^\\s"\']\\S*';
const VALUE = `(?:"[^"\\r\\n]*"?|'[^'\\r\\n]*'?|[^\\s"';,)\\]]+)`;
const REST = '[^\\r\\n]*[^\\s;]';
/** A line that begins with it, also where it is commented out. */
const LINE = '^[^\\S\\r\\n]{0,200}(?:[#;]{1,3}[^\\S\\r\\n]{0,40})?';

interface Directive {
  /** In lower case; a text without it need not be looked through. */
  readonly hint: string;
  readonly pattern: RegExp;
}

/** At the beginning of a line: the words before the secret, and the secret. */
function row(hint: string, before: string, secret = VALUE): Directive {
  return { hint, pattern: new RegExp(`(${LINE}${before})${secret}`, 'gim') };
}

/** Anywhere in a line. */
function anywhere(hint: string, before: string, secret = VALUE): Directive {
  return { hint, pattern: new RegExp(`(${before})${secret}`, 'gim') };
}

const DIRECTIVES: readonly Directive[] = [
  // snmpd.conf(5), snmptrapd.conf(5), Cisco.
  row('community', `(?:r[ow]community6?|trapcommunity)${G}`),
  row('sink', `(?:trap2?sink|informsink)${G}\\S+${G}`),
  row('com2sec', `com2sec(?:6|unix)?${G}(?:-Cn${G}\\S+${G})?${WORD}${G}${WORD}${G}`),
  row('authcommunity', `authcommunity${G}\\S+${G}`),
  row('createuser', `createuser${G}(?:-e${G}\\S+${G})?${WORD}${G}`, `(?:MD5|SHA)${REST}`),
  row('usmuser', `usmuser${G}`, REST),
  anywhere(
    'snmp-server',
    `\\bsnmp-server${G}(?:community|host${G}\\S+(?:${G}(?:traps|informs|version${G}\\w+)){0,3})${G}`,
  ),
  anywhere('snmp-server', `\\bsnmp-server${G}user${G}\\S+${G}\\S+${G}v3${G}`, REST),
  // Exim.
  row('hide', `hide${G}\\w+${G}?=[^\\S\\r\\n]*`, REST),
  row('_servers', '(?:mysql|pgsql|oracle|redis)_servers[^\\S\\r\\n]*=[^\\S\\r\\n]*', REST),
  row('_send', '(?:client|server)_send[^\\S\\r\\n]*=[^\\S\\r\\n]*', REST),
  // haproxy, squid, nginx, lighttpd, monit, ProFTPD, pure-ftpd.
  anywhere('stats', `\\bstats${G}auth${G}[^\\s:]{1,100}:`, '\\S+'),
  anywhere('login=', `\\blogin=(?!PASS)[^\\s:]{0,100}:`, '\\S+'),
  anywhere(
    '-header',
    `\\b(?:http-request|http-response|http-after-response)${G}(?:set|add)-header${G}(?:x-)?[\\w-]{0,40}(?:key|token|secret|auth)${G}`,
  ),
  anywhere('secure_link_', `\\bsecure_link_(?:md5|secret)${G}`, REST),
  row('cachemgr_passwd', `cachemgr_passwd${G}`),
  row('allow', `allow${G}"?[a-z][\\w.@-]{0,60}"?:(?!:)(?![0-9a-f:./]*;?\\s*$)`),
  row('sqlconnectinfo', `SQLConnectInfo${G}${VALUE}${G}${VALUE}${G}`),
  row('sqlnamedconnectinfo', `SQLNamedConnectInfo${G}${VALUE}${G}${VALUE}${G}${VALUE}${G}${VALUE}${G}`),
  row('ldapbinddn', `LDAPBindDN${G}(?:"[^"\\r\\n]*"|[^\\s"]+)${G}`),
  row('userpassword', `UserPassword${G}${VALUE}${G}`),
  // GRUB.
  anywhere(
    'password',
    `^[^\\S\\r\\n]{0,80}password(?:_pbkdf2)?${G}(?:--\\w+${G})?(?!for\\b|is\\b|of\\b)[A-Za-z][\\w.-]{0,60}${G}(?=\\S*[^\\s:.][^\\S\\r\\n]*\\r?$)`,
  ),
  // Redis.
  row('sentinel', `sentinel${G}auth-pass${G}${WORD}${G}`),
  row('rename-command', `rename-command${G}\\w+${G}(?!"")`),
  // Network equipment and routing daemons: the kind of encoding stands before the secret.
  anywhere(
    '',
    `\\b(?:password|secret|key|passphrase|community|key-string|authentication-key|message-digest-key|passwd)${G}(?:\\d{1,3}${G}md5${G}(?:\\d${G})?|[05789]${G}|(?:encrypted|plaintext|plain-text|plaintext-password|encrypted-password|ascii-text|cleartext|clear-text|clear|ascii|hex|level${G}\\d+(?:${G}\\d)?)${G}(?:\\d${G})?)`,
  ),
  anywhere('key', `\\b(?:radius|tacacs)(?:-server)?${G}(?:[\\w.:-]{1,80}${G}){0,8}key${G}(?:\\d${G})?`),
  anywhere(
    '-key',
    `\\b(?:message-digest-key|authentication-key)${G}\\d{1,5}(?:${G}(?:md5|type|value|sha\\d*)){1,3}${G}(?:\\d${G})?`,
  ),
  anywhere(
    'authentication',
    `\\b(?:authentication|standby(?:${G}\\d+)?${G}authentication)${G}(?:text|md5)${G}(?:key-string${G})?(?:\\d${G})?`,
  ),
  anywhere('=', `=[^\\S\\r\\n]*(?:cleartext|des|opap|file-crypt)${G}`),
  // Password files of OATH, iSCSI, UPS, VoIP, TURN.
  row('-k', '-k[=\\s]{1,4}'),
  row('hotp', `HOTP\\S*${G}\\S+${G}\\S+${G}`),
  row('user', `(?:incominguser|outgoinguser)${G}${WORD}${G}`),
  row('monitor', `MONITOR${G}\\S+@\\S+${G}\\d+${G}${WORD}${G}`),
  row('register', 'register[^\\S\\r\\n]*=>?[^\\S\\r\\n]*[^\\s:@]+:', '[^\\s@:/]+'),
  row('user=', 'user=[^\\s:=,]{1,100}:(?!\\d+$|x:)', '\\S+'),
  anywhere('user=', '\\buser=[^\\s:=,"\']{1,100}:(?!\\d+\\b|//)', '[^\\s,"\']+'),
  anywhere(
    'auth',
    `\\b[\\w-]{0,40}auth["']?[^\\S\\r\\n]{0,20}[:=][^\\S\\r\\n]{0,20}["']?[\\w.@-]{1,60}:(?!:)`,
    `[^\\s"',/]{3,}`,
  ),
  row('auth', `basic-?auth${G}${WORD}${G}`),
  row('socks', `socks[45]${G}\\S+${G}\\d+${G}${WORD}${G}`),
  anywhere(':c', '\\b[\\w.-]{1,60}:(?:CL|CR|NT):'),
  // mrtg, Nagios, tor, kickstart, vault, chat scripts, Java, Bundler, SQL.
  row('target[', 'Target\\[[^\\]\\r\\n]{1,100}\\]:[^\\S\\r\\n]*(?:[^\\s@&]{1,100}[:&])?', '[^\\s@:&/]+(?=@)'),
  row('$user', '\\$USER\\d+\\$[^\\S\\r\\n]*=[^\\S\\r\\n]*', '[^\\s/]\\S*'),
  row('hidservauth', `HidServAuth${G}\\S+${G}`),
  anywhere('descriptor:', 'descriptor:x25519:', '[A-Z2-7]{40,}'),
  row('rootpw', `rootpw${G}(?:--\\w+${G}){0,3}`),
  row('key', '(?:initial )?(?:unseal|recovery) key(?: \\d+)?:[^\\S\\r\\n]*'),
  anywhere('ssword', '\\bssword:?(?:--[^\\s-]{0,20}:)?[^\\S\\r\\n]+'),
  anywhere('super.digest', `\\bsuper\\.digest[^\\S\\r\\n]*=[^\\S\\r\\n]*\\w+:`),
  anywhere('user_', '\\buser_\\w{1,60}[^\\S\\r\\n]*=[^\\S\\r\\n]*(?=")'),
  row('bundle_', 'BUNDLE_\\w{1,80}:[^\\S\\r\\n]*["\']?[^\\s:/"\']{1,100}:'),
  row('key', `key${G}(?:[\\w-]+:)?[\\w.-]{1,100}${G}(?=[A-Za-z0-9+/]{16})`),
  anywhere('secret', '\\b(?:identity|inter)\\.?secret[^\\S\\r\\n]*=[^\\S\\r\\n]*'),
  anywhere(
    'ssword',
    `\\bset${G}password${G}for${G}[^=\\r\\n]{1,200}=[^\\S\\r\\n]*(?:password\\()?`,
    `(?:"[^"\\r\\n]*"|'[^'\\r\\n]*')`,
  ),
  anywhere('password(', `\\bPASSWORD\\([^\\S\\r\\n]*`, `(?:"[^"\\r\\n]*"|'[^'\\r\\n]*')`),
  anywhere('cookie', `\\bcookie["']?[^\\S\\r\\n]*[:=][^\\S\\r\\n]*["']?[\\w.-]{1,60}=`, `[^\\s"';]{8,}`),
];

/** Where one line names what the next line holds. */
const PAIRS: readonly RegExp[] = [
  // Expect and chat scripts.
  /(assword[^\r\n]{0,60}\r?\n[ \t]*send[^\S\r\n]+(?:--[^\S\r\n]+)?)"[^"\r\n]*"?/g,
  // YAML with an explicit key.
  /(^[^\S\r\n]{0,80}\?[^\S\r\n]["']?[\w.-]{0,60}(?:password|passwd|passphrase|secret|token|key)["']?[^\S\r\n]*\r?\n[^\S\r\n]{0,80}:[^\S\r\n])[^\r\n]+/gim,
  // Subversion's auth cache: K length, key, V length, value.
  /(^(?:password|passphrase)\r?\nV \d+\r?\n)[^\r\n]+/gm,
];

/** `user NAME on >password #hash` of Redis. */
const REDIS_USER =
  /^[^\S\r\n]*#?[^\S\r\n]*(?:user|acl[^\S\r\n]+setuser|.{0,80}\bACL[^\S\r\n]+SETUSER)[^\S\r\n]+\S+[^\S\r\n]/i;
const REDIS_PASSWORD = /([^\S\r\n]["']?[<>#!])[^\s"']+/g;

function redactRedisUser(line: string): string {
  if (!/[^\S\r\n]["']?[<>#!]\S/.test(line) || !REDIS_USER.test(line)) return line;
  return line.replace(REDIS_PASSWORD, `$1${REDACTED}`);
}

export function redactDirectives(text: string): string {
  const lower = text.toLowerCase();
  const patterns = [...DIRECTIVES.filter(({ hint }) => lower.includes(hint)).map(({ pattern }) => pattern), ...PAIRS];
  const redacted = patterns.reduce((rest, pattern) => rest.replace(pattern, `$1${REDACTED}`), text);
  return redacted.includes('>') || redacted.includes('#')
    ? redacted.replace(
        /^[^\S\r\n]*#?[^\S\r\n]*(?:user|acl)[^\S\r\n][^\r\n]+|^[^\r\n]{0,80}\bSETUSER[^\r\n]+/gim,
        redactRedisUser,
      )
    : redacted;
}
