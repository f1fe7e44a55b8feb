/**
 * Places in which every value is a secret, whatever its name: a Secret of Kubernetes, a section `[secrets]` or
 * `[admins]`, a block `tokens { … }`, the block between tags of OpenVPN. Only values are replaced: names and structure
 * stay.
 */
import { indentation, isComment } from './line-shapes.ts';
import { isPlaceholder, REDACTED } from './placeholder.ts';
import { replaceValue } from './values.ts';

const SECRET_KIND = /^[ \t]*["']?kind["']?:[ \t]*["']?(?:Sealed)?Secret["']?,?[ \t]*\r?$/m;
/** A mapping of YAML or JSON, or a block of HCL. Of `secrets:` in a compose file the values are names and files. */
const MAPPING =
  /^[ \t]*(?:-[ \t]+)?["']?(?:[\w-]{1,40}[_-])?(?:secrets|passwords|passwds|tokens|credentials|api_?keys|basic_auth_users|chpasswd|github-oauth|gitlab-token|gitlab-oauth|bitbucket-oauth|bearer)["']?[ \t]*(?::|=>|=)?[ \t]*[{[|>]?-?[ \t]*\r?$/i;
const SECRET_DATA = /^[ \t]*["']?(?:string)?data["']?:[ \t]*\{?[ \t]*\r?$/i;
const SECTION =
  /^[ \t]*\[(?:[\w.-]{1,40}[.:_-])?(?:secrets|passwords|passwds|tokens|credentials|admins|htpasswd|api_?keys)\][ \t]*\r?$/i;
const ANY_SECTION = /^[ \t]*\[[^\]]*\][ \t]*\r?$/;
/** Names in a container whose values are none. */
const KEPT =
  /^["']?(?:file|external|name|source|target|mode|uid|gid|environment|driver|type|key|path|paths|secret_?name|user(?:name)?|login|host|hosts?name|realm|email|url|server|port|enabled?|expire|list|version|labels?|id|description|kind|provider|region|store|backend|template_driver|scope|scopes|method|data|auth_type|profile|namespace|items|optional|schedule|policy|role|mount|engine|format|issuer|subject|audience|algorithm|aws_access_key_id)["']?$/i;
const PAIR =
  /^([ \t]*(?:-[ \t]+)?((?:"[^"\r\n]{1,120}"|'[^'\r\n]{1,120}'|[\w./@*:-]{1,120}?))[ \t]*(?:=>|=|:(?=[ \t]|[^\s/:]\S*$))[ \t]*)([^\r\n]*?)([ \t,]*)$/;

function redactPair(line: string): string {
  const [, head = '', name = '', value = '', tail = ''] = PAIR.exec(line.slice(0, 8192)) ?? [];
  if (head === '' || line.length > 8192 || KEPT.test(name) || /^(?:[{[>&*!]?$|[|/`])/.test(value)) return line;
  const bare = value.replace(/^(["'])(.*)\1$/, '$2');
  const replaced = replaceValue(bare, name, true);
  return replaced === bare
    ? line
    : `${head}${bare === value ? '' : value[0]}${replaced}${bare === value ? '' : value[0]}${tail}`;
}

interface Within {
  readonly kind: 'indented' | 'section' | 'braces';
  readonly indentation: number;
}

function begins(line: string, isSecret: boolean): Within | undefined {
  if (SECTION.test(line)) return { kind: 'section', indentation: 0 };
  if (!MAPPING.test(line) && !(isSecret && SECRET_DATA.test(line))) return undefined;
  return { kind: /[{[]\s*$/.test(line) ? 'braces' : 'indented', indentation: indentation(line) };
}

function ends(line: string, within: Within): boolean {
  if (within.kind === 'section') return ANY_SECTION.test(line);
  if (line.trim() === '') return false;
  if (within.kind === 'braces') return /^[ \t]*[}\]]/.test(line) && indentation(line) <= within.indentation;
  return indentation(line) <= within.indentation && !/^[ \t]*- /.test(line);
}

export function redactContainers(text: string): string {
  const isSecret = SECRET_KIND.test(text);
  let within: Within | undefined;
  return text
    .split('\n')
    .map((whole) => {
      const end = whole.endsWith('\r') ? '\r' : '';
      const line = end === '' ? whole : whole.slice(0, -1);
      if (within !== undefined && ends(line, within)) within = undefined;
      if (within === undefined) {
        within = begins(line, isSecret);
        return whole;
      }
      if (isComment(line)) return whole;
      return redactPair(line) + end;
    })
    .join('\n');
}

const BLOCK =
  /(<(auth-user-pass|http-proxy-user-pass)>\r?\n)((?:[ \t]{0,40}(?!\/)[^\s<]{1,400}[ \t]{0,8}\r?\n){1,3})(?=[ \t]{0,8}<\/\2>)/g;

/** Users and passwords between tags, as OpenVPN has them in its configuration; its keys are in PEM. */
export function redactInline(text: string): string {
  return text.replace(BLOCK, (all: string, head: string, _: string, body: string) => {
    return isPlaceholder(body.trim()) ? all : `${head}${REDACTED}${/\r?\n$/.exec(body)?.[0] ?? ''}`;
  });
}
