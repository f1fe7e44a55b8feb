/**
 * Secrets on command lines: one row a family of programs, with the option that holds the secret there. Also the lines
 * of shell that feed a secret to a program. Options with a telling name, `--password …`, are in assignments.ts.
 */
import { REDACTED } from './placeholder.ts';

const WORD = `(?:"[^"\\n]*"?|'[^'\\n]*'?|[^\\s"'|;&<>]+)`;
const GAP = '[^\\S\\r\\n]';

/** A value behind a short option, glued to it or not, also at the end of a cluster: `-su`. */
function short(letters: string, glue: 'glued' | 'either' | 'apart' = 'either'): RegExp {
  const between = glue === 'glued' ? '' : glue === 'apart' ? `${GAP}{1,8}` : `[=]?${GAP}{0,8}`;
  return new RegExp(`((?:^|[\\s"'(\`])-[A-Za-z]{0,6}?${letters}${between})(?![\\s-])${WORD}`, 'g');
}

/** What follows `user:` behind an option. */
function pair(options: string, separator = '[:%,]'): RegExp {
  return new RegExp(`((?:^|[\\s"'(\`])(?:${options})[\\s=]{0,8}["']?[^\\s:"'%,]{0,256}${separator})[^\\s"']+`, 'g');
}

const PROGRAMS: readonly (readonly [RegExp, readonly RegExp[]])[] = [
  [
    /\b(?:mysql\w*|maria(?:db|backup)[\w-]*|xtrabackup|innobackupex|automysqlbackup|mytop|mydumper|innotop)\b/,
    [short('p', 'glued')],
  ],
  [/\bsshpass\b/, [short('p')]],
  [
    /\bcheck_\w+/,
    [
      new RegExp(`((?:^|\\s)(?:-[pP]|--pass\\w*)${GAP}{1,8})(?![-\\s]|\\d{1,5}(?!\\w))${WORD}`, 'g'),
      pair('-a|-l|--authorization', ':'),
    ],
  ],
  [
    /\b(?:curl|wget|smbclient|lftp|rpcclient|smbget|net|winexe|wmic|http|https|httpie|aria2c|lynx|cadaver|siege|wrk)\b|^[ \t]*(?:--?(?:proxy-)?user\b|-u\b|proxy-user)/,
    [pair('-[A-Za-z]{0,6}[uUa]|--(?:proxy-)?user|--auth|-auth=|--userpwd'), pair('user(?==)|proxy-user', ':')],
  ],
  [/^[ \t]*-{0,2}(?:proxy-)?user[ \t]{0,8}[=:]?[ \t]{0,8}"[^":\s]{1,100}:/, [pair('-{0,2}(?:proxy-)?user', ':')]],
  [
    /\bldap(?:add|modify|search|passwd|delete|compare|whoami|modrdn|exop)\b|basic_ldap_auth|squid_ldap_\w+|ldap_auth/,
    [short('[ws]')],
  ],
  [/\bldappasswd\b/, [short('[as]')]],
  [/\b(?:ipmitool|ipmi-\w+|bmc-\w+|ipmipower|fence_\w+)\b/, [short('[Ppy]', 'apart')]],
  [
    /\b(?:snmp(?:walk|get|getnext|bulkwalk|bulkget|set|table|status|trap|inform|translate|df|netstat|test|delta|usm|vacm)|check_snmp\w*|check_if\w*|braa|onesixtyone|snmpcheck|cfgmaker|indexmaker)\b|^[ \t]*(?:proxy|monitor)[ \t]/,
    [short('[cCAX]', 'apart'), /(\b(?:cfgmaker|indexmaker)[^\S\r\n](?:-\S+[^\S\r\n]){0,4})[^\s@-][^\s@]*(?=@)/g],
  ],
  [
    /\b(?:redis-cli|redis-benchmark|valkey-cli|keydb-cli|nc|telnet)\b/,
    [short('a', 'apart'), new RegExp(`(\\bAUTH${GAP}{1,8}(?:\\w{1,40}${GAP}{1,8}(?=\\S))?)${WORD}`, 'g')],
  ],
  [
    /\b(?:mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport|mongostat|mosquitto_(?:pub|sub)|influx|cqlsh|clickhouse-client|vsql|impala-shell|nomad|ncftp\w*|ftp|wput|plink|pscp|psftp|htpasswd|rabbitmqadmin|isql|tsql|sqlcmd|bcp|osql|freebcp|hydra|smbmap|crackmapexec|evil-winrm|imapsync|amqp-\w+|(?:docker|podman|buildah|skopeo|nerdctl|helm|az|oc|cf|ibmcloud|acr)[^\S\r\n](?:registry[^\S\r\n])?login|7z[ar]?|zip|unzip|rar|unrar|pdftk|qpdf)\b/,
    [short('(?:p|P|pw)', 'apart')],
  ],
  [/\b(?:7z[ar]?|rar|unrar|unzip|sqlcmd|cqlsh)\b/, [short('[pP]', 'glued')]],
  [
    /\bhtpasswd\b/,
    [
      new RegExp(
        `(-[A-Za-z]{0,6}b[A-Za-z]{0,6}(?:${GAP}{1,8}-\\w+){0,6}(?:${GAP}{1,8}(?!-)${WORD}){2}${GAP}{1,8})${WORD}`,
        'g',
      ),
      new RegExp(`(-(?:nb\\w*|bn\\w*|n\\w*b\\w*)${GAP}{1,8}(?!-)${WORD}${GAP}{1,8})${WORD}`, 'g'),
    ],
  ],
  [
    /\bopenssl\b/,
    [
      /((?:\s|["'])-(?:pass(?:in|out)?|passwd|k|K|passcerts|srppass|psk|macopt)[^\S\r\n]{1,8}(?:"|')?(?:pass:|hexkey:|key:)?)(?!(?:file|env|fd|stdin)\b)[^\s"']+/g,
      /(\bpass:)[^\s"']+/g,
      new RegExp(`(\\bpasswd${GAP}(?:-\\w+${GAP}){0,6}(?:-salt${GAP}\\S+${GAP})?)(?!-)${WORD}$`, 'g'),
    ],
  ],
  [
    /\b(?:keytool|jarsigner|java|catalina|javaws)\b/,
    [
      new RegExp(
        `(\\s-(?:store|key|deststore|srcstore|destkey|srckey|new|ts)pass${GAP}{1,8})(?!(?:file|env)\\b)${WORD}`,
        'gi',
      ),
    ],
  ],
  [/\b(?:user(?:add|mod)|adduser|groupmod|newusers)\b/, [short('p', 'apart')]],
  [/\b(?:xfreerdp3?|wlfreerdp|rdesktop|mstsc)\b/, [/(\s\/p:)[^\s]+/g, short('p', 'apart')]],
  [/\b(?:chpasswd|newusers)\b/, [/(["'\s][\w.$@{}-]{1,64}:)(?!\/)[^\s"'|\\]+/g]],
  [
    /\|[^\r\n]{0,120}\b(?:passwd|sudo[^\S\r\n]+-\w*S|cryptsetup|su[^\S\r\n]+-|kinit|gpg2?[^\S\r\n]|chpasswd|smbpasswd|vncpasswd|openconnect|login|gh[^\S\r\n]auth|pdbedit|ecryptfs\S*|encfs|vault|htpasswd|zuluCrypt\S*|systemd-creds|create-user)\b|password-stdin|passphrase-fd|<<</,
    [
      new RegExp(
        `(\\b(?:echo|printf)${GAP}{1,8}(?:-\\w{1,4}${GAP}{1,8}){0,3}(?:["']%s(?:\\\\n)?["']${GAP}{1,8})?)(?![-$])${WORD}(?=${GAP}{0,8}\\|)`,
        'g',
      ),
      new RegExp(`(<<<${GAP}{0,8})(?!["']?\\$)${WORD}`, 'g'),
    ],
  ],
  [/\bgpg2?\b/, [new RegExp(`(--passphrase[=\\s]${GAP}{0,8})${WORD}`, 'g')]],
  [
    /\brabbitmqctl\b/,
    [new RegExp(`(\\b(?:add_user|change_password|authenticate_user)${GAP}{1,8}${WORD}${GAP}{1,8})${WORD}`, 'g')],
  ],
  [/\b(?:lftp|open)\b/, [pair('-u|--user', '[,]')]],
  [
    /\bvault[^\S\r\n]+(?:login|unwrap|operator[^\S\r\n]+unseal)\b/,
    [new RegExp(`(\\b(?:login|unwrap|unseal)${GAP}{1,8}(?:-\\S+${GAP}{1,8}){0,4}(?:token=)?)(?!-)${WORD}`, 'g')],
  ],
  [
    /\b(?:consul|kubectl|helm|gcloud|aws|doctl|heroku|pulumi|nomad)\b/,
    [
      /(--(?:from-literal|set(?:-string)?)[=\s]["']?[\w.[\]-]{1,80}=["']?)[^\s"',]+/g,
      new RegExp(`(\\bconfigure${GAP}set${GAP}\\S{1,80}${GAP}{1,8})${WORD}`, 'g'),
    ],
  ],
  [
    /\b(?:dig|nsupdate|host|delv|kdig|knsupdate)\b/,
    [/(\s-y[^\S\r\n]{0,8}["']?(?:[\w-]{1,40}:)?[^\s:"']{1,256}:)[^\s"']+/g],
  ],
  [
    /\bnmcli\b/,
    [
      new RegExp(
        `(\\b(?:password|wep-key\\d?|[\\w.-]{0,40}\\.(?:psk|password|secrets|leap-password|wep-key\\d))${GAP}{1,8})${WORD}`,
        'g',
      ),
    ],
  ],
  [
    /\bwpa_(?:cli|passphrase)\b/,
    [
      new RegExp(`(\\bwpa_passphrase${GAP}{1,8}${WORD}${GAP}{1,8})${WORD}`, 'g'),
      new RegExp(`(\\b(?:psk|password|wep_key\\d)${GAP}{1,8})${WORD}`, 'g'),
    ],
  ],
  [/\b(?:iwconfig|iw)\b/, [new RegExp(`(\\bkey${GAP}{1,8}(?:s:|\\d:)?)(?!off|on|open|restricted)${WORD}`, 'g')]],
  [
    /\b(?:ip|wg|setkey)\b|^[ \t]*add\b/,
    [
      /(\b(?:auth|enc|aead|auth-trunc)[^\S\r\n]{1,8}["']?\S{1,60}[^\S\r\n]{1,8})0x[0-9a-fA-F]+/g,
      /(\s-[EA][^\S\r\n]{1,8}[\w-]{1,40}[^\S\r\n]{1,8})(?:0x[0-9a-fA-F]+|"[^"]*"?)/g,
    ],
  ],
  [
    /\b(?:pdbedit|samba-tool|net|kadmin(?:\.local)?|ktutil|ipa|realm|adcli|winexe)\b/,
    [
      new RegExp(
        `(\\b(?:setpassword|-pw|-w|newuser${GAP}\\S+|user${GAP}create${GAP}\\S+|user${GAP}add${GAP}\\S+)${GAP}{1,8}(?:--newpassword=)?)(?!-)${WORD}`,
        'g',
      ),
    ],
  ],
  [
    /\b(?:tincd|n2n|edge|supernode|socat|stunnel|kcptun|ss-(?:server|local|redir)|shadowsocks|iodined?|dnscat2?|obfs\S*|hans|ptunnel)\b/,
    [short('[kP]', 'apart'), /(\b(?:secret|key|password)=)[^\s,]+/g],
  ],
  [/authinfo:/i, [/("P[:=])[^"]*/g]],
  [/\bsetcookie\b/, [new RegExp(`(setcookie${GAP}{1,8})${WORD}`, 'g')]],
];

/** Most lines have nothing that any row looks for. */
const HAS_OPTION =
  /(?:^|[\s"'(`])-[-A-Za-z]|<<<|\||\s\/p:|\bAUTH\b|[\s:]pass:|"P[:=]|=[^\S\r\n]?["']?[\w.@-]{1,64}:|\b(?:rabbitmqctl|chpasswd|newusers|nmcli|wpa_|iw|add|ip|wg|cfgmaker|indexmaker|setcookie|login|unwrap|unseal|set)/i;

function redactLine(line: string): string {
  if (!HAS_OPTION.test(line)) return line;
  let output = line;
  for (const [program, options] of PROGRAMS) {
    if (!program.test(output)) continue;
    for (const option of options) output = output.replace(option, `$1${REDACTED}`);
  }
  return output;
}

export function redactCommandLines(text: string): string {
  return text.replace(/[^\r\n]+/g, redactLine);
}
