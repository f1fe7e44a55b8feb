/**
 * The grammar of sudoers(5): statements out of lines, and grants, aliases, settings and includes out of statements. A
 * statement that does not parse wholly is unknown as a whole; it guesses nothing.
 */
import { endsInBackslash, linesOf } from './config-lines.ts';

/** One command that somebody may, or must not, run. */
export interface Grant {
  readonly users: readonly string[];
  readonly hosts: readonly string[];
  /** What stands between parentheses; undefined for none, which means root. */
  readonly runas: string | undefined;
  readonly command: string;
  /** In force for this command, those before it in the list included: NOPASSWD, SETENV, CWD=/x. */
  readonly tags: readonly string[];
}

export interface Alias {
  readonly kind: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** One parameter of a Defaults line. `operator` is empty for a switch, which `!` before the name turns off. */
export interface Setting {
  /** As in `Defaults:eve`; empty for all. */
  readonly scope: string;
  readonly name: string;
  readonly operator: '' | '=' | '+=' | '-=';
  readonly value: string;
}

export type Statement =
  | { readonly kind: 'grants'; readonly grants: readonly Grant[] }
  | { readonly kind: 'aliases'; readonly aliases: readonly Alias[] }
  | { readonly kind: 'settings'; readonly settings: readonly Setting[] }
  | { readonly kind: 'include'; readonly directive: string; readonly path: string };

const INCLUDE = /^[ \t]*[@#](include(?:dir)?)[ \t]+("[^"]+"|(?:\\.|\S)+)[ \t]*$/;

/** The line up to its comment. A number sign before a digit is a uid or gid, and within quotes it is itself. */
function withoutComment(line: string): string {
  if (INCLUDE.test(line)) return line;
  let isQuoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index];
    if (character === '\\') index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === '#' && !isQuoted && !/\d/.test(line[index + 1] ?? '')) return line.slice(0, index);
  }
  return line;
}

/** Statements as text, comments and blank lines left out, lines joined that a backslash continues. */
export function statementsIn(text: string): string[] {
  const statements: string[] = [];
  let parts: string[] = [];
  for (const line of linesOf(text)) {
    const content = withoutComment(line);
    const isContinued = content === line && endsInBackslash(line);
    parts.push(isContinued ? line.slice(0, -1) : content);
    if (isContinued) continue;
    statements.push(parts.join(' ').trim());
    parts = [];
  }
  if (parts.length > 0) statements.push(parts.join(' ').trim());
  return statements.filter((statement) => statement !== '');
}

class SyntaxProblem extends Error {}

/** Reads a statement from left to right. */
class Reader {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** What a sticky pattern finds here, white space before it skipped; undefined when it finds nothing. */
  take(pattern: RegExp): string | undefined {
    this.#skip(SPACE);
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.#index += found.length;
    return found;
  }

  need(pattern: RegExp): string {
    const found = this.take(pattern);
    if (found === undefined) throw new SyntaxProblem();
    return found;
  }

  isAtEnd(): boolean {
    this.#skip(SPACE);
    return this.#index >= this.#text.length;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#index;
    if (pattern.test(this.#text)) this.#index = pattern.lastIndex;
  }
}

const SPACE = /[ \t]+/y;
const COMMA = /,/y;
const COLON = /:/y;
const EQUALS = /=/y;
const NEGATION = /!/y;
// A user, group, netgroup, number, host, network or alias. Addresses of IPv6 are the only ones with bare colons.
const ITEM =
  /(?:[%+]?:?"[^"]*"|%:(?:\\.|[^\s,=:()!"\\])+|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+(?:\/\d+)?|(?:\\.|[^\s,=:()!"\\])+)/y;
const ALIAS_KIND = /(?:User|Runas|Host|Cmnd|Cmd)_Alias(?=[ \t])/y;
const ALIAS_NAME = /[A-Z][A-Z0-9_]*/y;
const ALIAS_OPERATOR = /\+?=/y;
const RUNAS = /\([^()]*\)/y;
const COMMAND_OPTION =
  /(?:ROLE|TYPE|APPARMOR_PROFILE|PRIVS|LIMITPRIVS|NOTBEFORE|NOTAFTER|TIMEOUT|CWD|CHROOT)[ \t]*=[ \t]*(?:"[^"]*"|(?:\\.|[^\s,])+)/y;
const TAG = /(?:NO)?(?:EXEC|FOLLOW|INTERCEPT|LOG_INPUT|LOG_OUTPUT|MAIL|PASSWD|SETENV)[ \t]*:/y;
const DIGEST = /sha(?:224|256|384|512)[ \t]*:[ \t]*[A-Za-z0-9+/=]+/y;
// A path, a directory, an alias or a built-in, with arguments; a comma, colon or equals sign in them has a backslash.
const COMMAND = /(?:"[^"]*"|\\.|[^,:=\\"#])+/y;
// The sign of a scope stands right behind the word: `Defaults !x` turns x off, `Defaults!X` is about the command X.
const DEFAULTS = /Defaults(?:[@:!>]|(?=[ \t]))/y;
const SETTING_NAME = /[a-z][a-z0-9_]*/y;
const SETTING_OPERATOR = /[+-]?=/y;
const SETTING_VALUE = /"(?:\\.|[^"\\])*"|(?:\\.|[^\s,"\\])+/y;

function negations(reader: Reader): string {
  let signs = '';
  while (reader.take(NEGATION) !== undefined) signs += '!';
  return signs.length % 2 === 1 ? '!' : '';
}

function list(reader: Reader, item: (reader: Reader) => string): string[] {
  const items = [item(reader)];
  while (reader.take(COMMA) !== undefined) items.push(item(reader));
  return items;
}

const plainItem = (reader: Reader) => negations(reader) + reader.need(ITEM);

function command(reader: Reader): string {
  const negation = negations(reader);
  const digests: string[] = [];
  for (let digest = reader.take(DIGEST); digest !== undefined; digest = reader.take(DIGEST)) {
    digests.push(digest.replaceAll(/[ \t]/g, ''));
    reader.take(COMMA);
  }
  const text = reader
    .need(COMMAND)
    .trim()
    .replaceAll(/[ \t]+/g, ' ');
  if (!/^(?:[/~"\\]|[A-Z][A-Z0-9_]*$|sudoedit(?: |$)|list$|\^)/.test(text)) throw new SyntaxProblem();
  return [...digests, negation + text].join(' ');
}

/** A later tag takes the place of its opposite: PASSWD of NOPASSWD. */
function withTag(tags: readonly string[], tag: string): string[] {
  const name = (text: string) => text.replace(/^NO(?=[A-Z])/, '').replace(/=.*/, '');
  return [...tags.filter((other) => name(other) !== name(tag)), tag];
}

function grantsOfHosts(reader: Reader, users: readonly string[]): Grant[] {
  const hosts = list(reader, plainItem);
  reader.need(EQUALS);
  const grants: Grant[] = [];
  let runas: string | undefined;
  let tags: readonly string[] = [];
  do {
    const parentheses = reader.take(RUNAS);
    if (parentheses !== undefined) runas = parentheses.slice(1, -1).replaceAll(/[ \t]/g, '');
    for (;;) {
      const tag = reader.take(COMMAND_OPTION) ?? reader.take(TAG);
      if (tag === undefined) break;
      tags = withTag(tags, tag.replace(/[ \t]*:$/, '').replace(/[ \t]*=[ \t]*/, '='));
    }
    grants.push({ users, hosts, runas, command: command(reader), tags });
  } while (reader.take(COMMA) !== undefined);
  return grants;
}

function grants(reader: Reader): Grant[] {
  const users = list(reader, plainItem);
  const found: Grant[] = [];
  do {
    for (const grant of grantsOfHosts(reader, users)) found.push(grant);
  } while (reader.take(COLON) !== undefined);
  return found;
}

function aliases(reader: Reader, kind: string): Alias[] {
  const isCommand = kind.startsWith('Cm');
  const found: Alias[] = [];
  do {
    const name = reader.need(ALIAS_NAME);
    reader.need(ALIAS_OPERATOR);
    found.push({ kind: isCommand ? 'Cmnd_Alias' : kind, name, members: list(reader, isCommand ? command : plainItem) });
  } while (reader.take(COLON) !== undefined);
  return found;
}

function setting(reader: Reader, scope: string): Setting {
  const negation = negations(reader);
  const name = negation + reader.need(SETTING_NAME);
  const operator = reader.take(SETTING_OPERATOR);
  if (operator === undefined) return { scope, name, operator: '', value: '' };
  const value = reader.need(SETTING_VALUE).replace(/^"(.*)"$/s, '$1');
  return { scope, name, operator: operator === '=' ? '=' : operator === '+=' ? '+=' : '-=', value };
}

function settings(reader: Reader, sign: string): Setting[] {
  const scope = sign === '' ? '' : sign + list(reader, plainItem).join(',');
  const found: Setting[] = [];
  do found.push(setting(reader, scope));
  while (reader.take(COMMA) !== undefined);
  return found;
}

function parseWith(text: string): Statement {
  const include = INCLUDE.exec(text);
  if (include !== null) {
    return { kind: 'include', directive: include[1] ?? '', path: (include[2] ?? '').replace(/^"(.*)"$/, '$1') };
  }
  const reader = new Reader(text);
  const statement = statementOf(reader);
  if (!reader.isAtEnd()) throw new SyntaxProblem();
  return statement;
}

function statementOf(reader: Reader): Statement {
  const defaults = reader.take(DEFAULTS);
  if (defaults !== undefined)
    return { kind: 'settings', settings: settings(reader, defaults.slice('Defaults'.length)) };
  const alias = reader.take(ALIAS_KIND);
  if (alias !== undefined) return { kind: 'aliases', aliases: aliases(reader, alias) };
  return { kind: 'grants', grants: grants(reader) };
}

/** What a statement says; undefined when it is not understood to its end. */
export function parseStatement(text: string): Statement | undefined {
  try {
    return parseWith(text);
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined;
    throw error;
  }
}
