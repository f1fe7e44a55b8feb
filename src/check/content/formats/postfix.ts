/** main.cf (postconf(5)) and master.cf (master(5)) of Postfix: settings, and the services that master starts. */
import type { Fact, Format, Rank } from './change.ts';
import { continuedLines } from './config-lines.ts';
import { describeRows, type Rows, type RowsFormat } from './rows.ts';
import { describeSettings, listMembers, type Setting, type SettingsFormat, settingsOf } from './settings.ts';
import { shown } from './wording.ts';

function parseMain(text: string) {
  const settings: Setting[] = [];
  const unknown: string[] = [];
  for (const line of continuedLines(text)) {
    const [, name, value] = /^([A-Za-z0-9_]+)\s*=\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) unknown.push(line);
    else settings.push({ section: '', name, value: value.trim().replace(/\s+/g, ' ') });
  }
  return settingsOf(settings, unknown);
}

/** Who may relay and log in, what is run, and where mail goes or is copied to. */
const DECISIVE =
  /^(?:mynetworks|relay|smtpd_\w*(?:restrictions|sasl|milters|tls|auth)|inet_interfaces|transport_maps|alias_|virtual_|\w*_bcc|\w*_command|\w*_directory|content_filter|milter|non_smtpd_milters|mailbox_transport|local_transport|default_transport|smtp_sasl|smtp_tls|mail_owner|setgid_group|command_)/;
/** Lists in which each member counts for itself; those of restrictions are tried in their order. */
const LISTS =
  /^(?:mynetworks|mydestination|relay_domains|inet_interfaces|\w*_(?:maps|domains|milters|networks|hosts))$/;

const MAIN: SettingsFormat = {
  parse: parseMain,
  rankOf: (name): Rank => (DECISIVE.test(name) ? 0 : 1),
  membersOf: (name, value) => (LISTS.test(name) ? listMembers(value) : undefined),
};

/** The columns between the type and the command, in the order of the file, in words. */
const COLUMNS = ['private', 'unprivileged', 'chroot', 'wake-up time', 'process limit'] as const;

interface Service {
  readonly name: string;
  readonly columns: readonly string[];
  readonly command: string;
}

function parseMaster(text: string): Rows<Service> {
  const rows: Service[] = [];
  const unknown: string[] = [];
  for (const line of continuedLines(text)) {
    const words = line.split(/\s+/);
    const [service = '', type = ''] = words;
    if (words.length < 8) unknown.push(line);
    else rows.push({ name: `${service}/${type}`, columns: words.slice(2, 7), command: words.slice(7).join(' ') });
  }
  return { rows, unknown, entries: rows.map(textOf) };
}

function textOf({ name, columns, command }: Service): string {
  return [name, ...columns, command].join(' ');
}

/** Without its rights only where the column says so: those of root are the default of none but a few. */
function keepsRights({ columns }: Service): boolean {
  return columns[1] === 'n';
}

function columnFacts(before: Service, after: Service): Fact[] {
  return COLUMNS.flatMap((column, index): Fact[] => {
    const [old = '', now = ''] = [before.columns[index], after.columns[index]];
    if (old === now) return [];
    const rank: Rank = column === 'unprivileged' || column === 'chroot' ? 0 : 1;
    return [{ rank, text: `service ${shown(after.name)}: ${column} changed from ${shown(old)} to ${shown(now)}` }];
  });
}

const MASTER: RowsFormat<Service> = {
  parse: parseMaster,
  textOf,
  keyOf: ({ name }) => name,
  added: (service) => {
    const rights = keepsRights(service) ? ', with the rights of root' : '';
    return [{ rank: 0, text: `service ${shown(service.name)} added: runs ${shown(service.command)}${rights}` }];
  },
  removed: ({ name, command }) => [{ rank: 1, text: `service ${shown(name)} removed (ran ${shown(command)})` }],
  changed: (before, after) => [
    ...(before.command === after.command
      ? []
      : [
          {
            rank: 0 as const,
            text: `service ${shown(after.name)} now runs ${shown(after.command)} (was ${shown(before.command)})`,
          },
        ]),
    ...columnFacts(before, after),
  ],
};

export const postfixMain: Format = {
  order: 'of what is set twice, the last value counts',
  describe: (before, after) => describeSettings(MAIN, before, after),
};
export const postfixMaster: Format = {
  order: undefined,
  describe: (before, after) => describeRows(MASTER, before, after),
};
