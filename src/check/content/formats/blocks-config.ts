/** Settings in blocks with braces: dovecot.conf, and xinetd.conf(5) with the files of xinetd.d. */
import type { Format, Rank } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import {
  describeSettings,
  listMembers,
  type Setting,
  type Settings,
  type SettingsFormat,
  settingsOf,
} from './settings.ts';

/** Deeper than any of these files goes. */
const MOST_NESTED = 10;

/** Lines that say something, a brace alone with the title above it, as xinetd has it. */
function statementsIn(text: string): string[] {
  const statements: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const last = statements.at(-1);
    const isTitle = last !== undefined && !/[={}]/.test(last);
    if (line.trim() === '{' && isTitle) statements[statements.length - 1] = `${last} {`;
    else statements.push(line.trim());
  }
  return statements;
}

function parse(text: string): Settings {
  const settings: Setting[] = [];
  const unknown: string[] = [];
  const blocks: string[] = [];
  for (const statement of statementsIn(text)) {
    const section = blocks.join(' / ');
    const [, title] = /^([^={}\s][^={}]*)\{$/.exec(statement) ?? [];
    const [, include, file] = /^!?(include\w*) +(\S.*)$/.exec(statement) ?? [];
    const [, name, operator, value] = /^([\w:./-]+?)[ \t]*([-+]?=)(.*)$/.exec(statement) ?? [];
    if (statement === '}' && blocks.length > 0) blocks.pop();
    else if (title !== undefined && blocks.length < MOST_NESTED) blocks.push(title.trim().replace(/\s+/g, ' '));
    else if (include !== undefined && file !== undefined) {
      settings.push({ section, name: `${include} ${file}`, value: 'included' });
    } else if (name !== undefined && value !== undefined) {
      settings.push({ section, name: operator === '=' ? name : `${name} ${operator}`, value: value.trim() });
    } else unknown.push(statement);
  }
  return settingsOf(settings, unknown);
}

/** Who logs in and how, as whom something runs, what runs, and what else is read. */
const DECISIVE_DOVECOT =
  /^(?:auth_|disable_plaintext_auth|ssl|driver|args|passdb|userdb|user|group|executable|mail_(?:location|path|plugins|access_groups)|login_|master_user|include|listen|mode|chroot|first_valid_uid|protocols|trusted|haproxy|imap_hibernate|sieve|plugin)/;
/** Of xinetd: whether a service runs, what, as whom, and for whom. */
const DECISIVE_XINETD =
  /^(?:disable|enabled|disabled|server|server_args|user|group|only_from|no_access|bind|redirect|include|flags)/;

function formatFor(decisive: RegExp, lists: RegExp): SettingsFormat {
  return {
    parse,
    rankOf: (name): Rank => (decisive.test(name) ? 0 : 1),
    membersOf: (name, value) => (lists.test(name) ? listMembers(value) : undefined),
  };
}

const DOVECOT = formatFor(
  DECISIVE_DOVECOT,
  /^(?:protocols|listen|mail_plugins|auth_mechanisms|login_trusted_networks)$/,
);
const XINETD = formatFor(DECISIVE_XINETD, /^(?:only_from|no_access|enabled|disabled)\b/);
const ORDER = 'of what is set twice, the last value counts';

export const dovecot: Format = {
  order: ORDER,
  describe: (before, after) => describeSettings(DOVECOT, before, after),
};
export const xinetd: Format = {
  order: ORDER,
  describe: (before, after) => describeSettings(XINETD, before, after),
};
