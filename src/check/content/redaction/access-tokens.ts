/**
 * Secrets that are known by their own form or by the words just before them: passwords in URLs, tokens with the prefix
 * of their issuer, HTTP authorization.
 */
import { REDACTED, taggedPlaceholder } from './placeholder.ts';
import { isBasic, looksDrawn } from './values.ts';

// RFC 3986 userinfo. The password ends at the last @ before the host, since people forget to encode one.
const URL_PASSWORD = /(:\/\/[^\s/?#:@"'<>]{0,256}:)([^\s/"']+)@/g;
/**
 * A URL whose only userinfo is a token, and data sources without a scheme: `user:secret@tcp(…)`, `user/secret@host`.
 */
const URL_TOKEN = /(:\/\/)(?=[^\s/?#:@"'<>]{0,255}\d)[A-Za-z0-9_-]{20,256}(?=@)/g;
const DATA_SOURCE =
  /((?<![\w./:-])(?!(?:sips?|mailto|xmpp|git|urn|acct|ssh):)[\w.-]{1,64}:)[^\s:@/"']{1,256}(?=@(?:(?:tcp|unix|udp)\(|[\w.-]{1,255}:\d{2,5}(?!\d)|[\w.-]{1,255}[^\S\r\n]+\/[\w/.-]*[^\S\r\n]+fuse))/g;
const ORACLE =
  /((?:\bthin:|\bsqlplus[ \t](?:-\w[ \t])?|\b(?:imp|exp|expdp|impdp|rman|sqlldr)[ \t]{1,4}(?:userid=)?)["']?[\w.$#]{1,64}\/)[^\s@"']{1,256}(?=@)/gi;

// Random by construction, so the placeholder may have digits. A run that starts within a longer word is not tried
// again.
const ISSUED = new RegExp(
  [
    'gh[pousr]_[A-Za-z0-9]{20,}',
    'github_pat_\\w{20,}',
    'gl(?:pat|ptt|rt|dt|cbt|ft|soat|agent|imt|oas)-[\\w-]{16,}',
    'GR1348941[\\w-]{16,}',
    'x(?:ox[abceoprs]|app)-[\\w-]{10,}',
    '(?:[rs]k|whsec|pk)_(?:live|test)_[A-Za-z0-9]{16,}',
    'whsec_[A-Za-z0-9+/=]{16,}',
    'AIza[\\w-]{30,}',
    'ya29\\.[\\w-]{20,}',
    'GOCSPX-[\\w-]{16,}',
    '1//0[\\w-]{20,}',
    'npm_[A-Za-z0-9]{30,}',
    'pypi-[\\w-]{20,}',
    'rubygems_[0-9a-f]{20,}',
    'cio[A-Za-z0-9]{30,}',
    'dckr_(?:pat|oat)_[\\w-]{16,}',
    'hv[sbr]\\.[\\w-]{20,}',
    '[sb]\\.[A-Za-z0-9]{24}(?![\\w.])',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
    'key-[0-9a-f]{32}',
    'SK[0-9a-f]{32}',
    'AGE-SECRET-KEY-1[A-Z0-9]{50,}',
    'AGE-PLUGIN-[A-Z0-9-]{30,}',
    'sk-(?:ant-|proj-|or-|svcacct-)?[\\w-]{20,}',
    '(?:hf|ghu|dop_v1|doo_v1|dor_v1|shpat|shpss|shpca|shppa|lin_api|ntn|pscale_(?:tkn|pw|oauth)|glsa|glc|sntrys|sntryu|nfp|fly|figd|rpa|bkua|api_org|r8|tgp_v1|xai|gsk|atlasv1|PMAK|phc|phx|secret|FlyV1|sbp|vercel|rnd|railway|re|EZAK|EZTK|LTAI|sq0(?:csp|atp)|AKCp|CCIPAT|tfp|xkeysib|hooks)[_-][\\w=-]{16,}',
    'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{20,}',
    'tskey-(?:[a-z]{2,12}-)?[\\w-]{16,}',
    'NRAK-[A-Z0-9]{20,}',
    'dapi[0-9a-f]{32}',
    'AKCp[A-Za-z0-9]{20,}',
    'ATATT[\\w=-]{20,}|ATBB[\\w=-]{16,}',
    'EAAC[A-Za-z0-9]{20,}',
    'LTAI[A-Za-z0-9]{12,}',
    '[\\w-]{10,40}\\.atlasv1\\.[\\w-]{20,}',
    'pul-[0-9a-f]{32,}',
    'K10[0-9a-f]{64}::\\w{1,40}:[0-9a-f]{16,}',
    '\\d{8,10}:AA[\\w-]{30,}',
    '[MNO][\\w-]{22,27}\\.[\\w-]{6}\\.[\\w-]{27,}',
    'eyJ[\\w-]{10,}\\.eyJ[\\w-]{5,}(?:\\.[\\w-]{10,})?',
    'eyJ[\\w-]{10,}\\.[\\w-]*\\.[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]{10,}',
    'grub\\.pbkdf2\\.sha\\d+\\.\\d+\\.[0-9A-F.]{20,}',
    'pbkdf2_sha\\d+\\$\\d+\\$[\\w./+$=-]{20,}',
    'argon2:[\\w$=,.+/-]{30,}',
    'sha(?:1|256|512):[0-9a-f]{8,40}:[0-9a-f]{40,}',
    'hmac-[a-z0-9-]{2,12}:[\\w.-]{1,64}:[A-Za-z0-9+/]{16,}={0,2}',
    'PuTTY-KEY-[\\w-]{16,}',
    'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,6}-){4}[A-Z0-9]{5,6}',
  ]
    .map((token) => `(?<![\\w.-])(?:${token})`)
    .join('|'),
  'g',
);
/** Hashes that leave no digits: unsalted, or the salt is a name. */
const PLAIN_HASHES =
  /(?<![\w.-])(?:md5[0-9a-f]{32}(?![0-9a-f])|16:[0-9A-F]{58}(?![0-9A-F])|OBF:[0-9a-z]{8,}|-(?:pbkdf2|hashed)-[0-9a-f]{40},[\w,.-]{1,80})/g;
/** The path is the secret: incoming webhooks. */
const HOOK =
  /(:\/\/(?:hooks\.slack\.com\/(?:services|workflows)\/|(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/webhooks\/\d{1,24}\/|api\.telegram\.org\/(?:file\/)?bot|[\w.-]{1,80}\.webhook\.office\.com\/|hc-ping\.com\/|hooks\.zapier\.com\/hooks\/catch\/|maker\.ifttt\.com\/trigger\/\w{1,60}\/with\/key\/|api\.pushover\.net\/|chat\.googleapis\.com\/v1\/spaces\/))[\w/@:.=%-]{8,}/gi;
const AUTHORIZATION =
  /(\b(?:proxy-)?authorization["'\\]{0,2}[^\S\r\n]{0,8}(?:(?:[:=,]|=>)[^\S\r\n]{0,8}\\?["']?(?:expr=)?[a-z][\w-]{1,20}|\\?["']?(?:expr=)?(?:basic|bearer|digest|token|api-?key|negotiate|ntlm|aws4-[\w-]{1,20}))[^\S\r\n]{1,8})[^\s"'\\]+/gi;
const SCHEME = /((?<![\w-])bearer[^\S\r\n]{1,8}["']?)(?=[^\s"']{0,400}\d)[\w.~+/=-]{12,}/gi;
const BASIC = /((?<![\w-])basic[^\S\r\n]{1,8}["']?)([A-Za-z0-9+/]{7,400}={0,2})(?![\w-])/gi;
const PLAIN = /(\bauth[^\S\r\n]{1,8}(?:plain|login)[^\S\r\n]{1,8})[A-Za-z0-9+/]{7,}={0,2}/gi;

/** JWK (RFC 7518): the private parts. */
const JWK = /("(?:d|k|p|q|dp|dq|qi)"[^\S\r\n]{0,8}:[^\S\r\n]{0,8}")[\w-]{20,}/g;

/** Names of parameters in a URL that hold a secret: the value ends at the next one. */
const PARAMETER =
  /([?&;](?:[\w.-]{0,40}[_.-])?(?:access_token|auth|key|code|sig|signature|token|secret|password|passwd|pass|pw|pwd|apikey|api_key|sas|hmac|pin-value|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|client_secret|refresh_token|id_token|assertion)=)(?![\w-]{0,3}(?:[&\s"';#]|$))[^\s&"'<>#]+/gi;

const REPLACED: readonly RegExp[] = [
  URL_TOKEN,
  DATA_SOURCE,
  ORACLE,
  HOOK,
  AUTHORIZATION,
  SCHEME,
  JWK,
  PLAIN,
  PARAMETER,
];

export function redactTokens(text: string): string {
  const issued = text
    .replace(URL_PASSWORD, `$1${REDACTED}@`)
    .replace(ISSUED, (token) => taggedPlaceholder(token))
    .replace(PLAIN_HASHES, REDACTED);
  return REPLACED.reduce((rest, pattern) => rest.replace(pattern, `$1${REDACTED}`), issued).replace(
    BASIC,
    (all: string, scheme: string, value: string) => (isBasic(value) || looksDrawn(value) ? scheme + REDACTED : all),
  );
}
