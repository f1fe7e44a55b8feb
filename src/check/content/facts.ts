/**
 * What changed inside a file, in the words of those who know its format. It tells only what the format understood,
 * counts what it did not, and is given redacted texts, so it cannot tell a secret.
 */
import type { Path } from '../../model/bytes.ts';
import { andMore } from '../../model/excerpt.ts';
import { type FormatName, formatOfPath } from './format-of-path.ts';
import { aliases } from './formats/aliases.ts';
import { authorizedKeys } from './formats/authorized-keys.ts';
import { dovecot, xinetd } from './formats/blocks-config.ts';
import { type Fact, type Format, type FormatChange, isReordered, listChange } from './formats/change.ts';
import { systemCrontab, userCrontab } from './formats/crontab.ts';
import { group, gshadow } from './formats/group.ts';
import { hosts } from './formats/hosts.ts';
import { hostsAccess } from './formats/hosts-access.ts';
import { inetd } from './formats/inetd.ts';
import { access, virtual } from './formats/mail-tables.ts';
import { passwd } from './formats/passwd.ts';
import { postfixMain, postfixMaster } from './formats/postfix.ts';
import { sendmailCf, sendmailMc } from './formats/sendmail.ts';
import { shadow } from './formats/shadow.ts';
import { sshConfig } from './formats/ssh-config.ts';
import { sudoers } from './formats/sudoers.ts';
import { syslog } from './formats/syslog.ts';
import { systemd } from './formats/systemd.ts';
import { counted } from './formats/wording.ts';

const FORMATS: Readonly<Record<FormatName, Format>> = {
  passwd,
  group,
  shadow,
  gshadow,
  sudoers,
  sshd_config: sshConfig,
  ssh_config: sshConfig,
  'system-crontab': systemCrontab,
  'user-crontab': userCrontab,
  authorized_keys: authorizedKeys,
  systemd,
  hosts,
  aliases,
  'hosts-access': hostsAccess,
  'sendmail.cf': sendmailCf,
  'sendmail.mc': sendmailMc,
  access,
  virtual,
  'main.cf': postfixMain,
  'master.cf': postfixMaster,
  dovecot,
  syslog,
  inetd,
  xinetd,
};

const MOST_FACTS = 50;
/** Characters of a text that is taken apart. No file of these formats that people write comes near. */
const LONGEST_TEXT = 1024 * 1024;

/** Lines that the format has no word for: how many came and went. */
function unknownFacts({ before, after }: FormatChange): Fact[] {
  const { added, removed } = listChange(before.unknown, after.unknown);
  const facts: Fact[] = [];
  const add = (count: number, verb: string) => {
    const subject = `${counted(count, 'line')} that ${count === 1 ? 'is' : 'are'} not understood`;
    if (count > 0) facts.push({ rank: 1, text: `${subject} ${verb}` });
  };
  const changed = Math.min(added.length, removed.length);
  add(changed, 'changed');
  add(added.length - changed, 'added');
  add(removed.length - changed, 'removed');
  return facts;
}

function orderFacts(format: Format, { before, after }: FormatChange): Fact[] {
  if (!isReordered(before.entries, after.entries)) return [];
  const why = format.order === undefined ? '' : ` (${format.order})`;
  return [{ rank: 1, text: `the order of entries changed${why}` }];
}

/** When nothing else can be said, why not. */
function quietFacts({ before, after }: FormatChange): Fact[] {
  const { added, removed } = listChange(before.entries, after.entries);
  if (added.length > 0 || removed.length > 0) {
    return [{ rank: 2, text: 'some entries are written differently; see the diff' }];
  }
  const isEmpty = before.entries.length === 0 && before.unknown.length === 0;
  const text = isEmpty
    ? 'there are only comments and blank lines in it'
    : 'only comments, blank lines or spacing changed';
  return [{ rank: 2, text }];
}

/**
 * Printable sentences, the weightiest first; at most 50, and one that counts the others. Empty when nothing changed and
 * for a file of no known format. `before` and `after` are redacted, one character a byte; undefined where there is no
 * file.
 */
export function contentFacts(path: Path, before: string | undefined, after: string | undefined): readonly string[] {
  const name = formatOfPath(path);
  if (name === undefined || (before ?? '') === (after ?? '')) return [];
  if (Math.max(before?.length ?? 0, after?.length ?? 0) > LONGEST_TEXT) return ['too long to be told in words'];
  const format = FORMATS[name];
  const change = format.describe(before ?? '', after ?? '', path);
  const found = [...change.facts, ...unknownFacts(change), ...orderFacts(format, change)];
  const facts = found.length > 0 ? found : quietFacts(change);
  const sentences = [...new Set(facts.toSorted((one, other) => one.rank - other.rank).map((fact) => fact.text))];
  return andMore(sentences, MOST_FACTS);
}
