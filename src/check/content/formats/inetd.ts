/** inetd.conf(5): which services are started for whoever connects, and as whom. */
import type { Fact, Format } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { describeRows, type Rows, type RowsFormat } from './rows.ts';
import { shown } from './wording.ts';

interface Service {
  readonly name: string;
  readonly socket: string;
  readonly user: string;
  readonly command: string;
}

function parse(text: string): Rows<Service> {
  const rows: Service[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const words = line.trim().split(/\s+/);
    const [service = '', socket = '', protocol = '', wait = '', user = '', ...command] = words;
    if (command.length === 0) unknown.push(line);
    else {
      const name = `${service}/${protocol}`;
      rows.push({ name, socket: `${socket} ${wait}`, user, command: command.join(' ') });
    }
  }
  return { rows, unknown, entries: rows.map(textOf) };
}

function textOf({ name, socket, user, command }: Service): string {
  return [name, socket, user, command].join(' ');
}

const INETD: RowsFormat<Service> = {
  parse,
  textOf,
  keyOf: ({ name }) => name,
  added: ({ name, user, command }) => [
    { rank: 0, text: `service ${shown(name)} added: runs ${shown(command)} as ${shown(user)}` },
  ],
  removed: ({ name, user, command }) => [
    { rank: 1, text: `service ${shown(name)} removed (ran ${shown(command)} as ${shown(user)})` },
  ],
  changed: (before, after) => {
    const service = `service ${shown(after.name)}`;
    const facts: Fact[] = [];
    if (before.command !== after.command) {
      facts.push({ rank: 0, text: `${service} now runs ${shown(after.command)} (was ${shown(before.command)})` });
    }
    if (before.user !== after.user) {
      facts.push({ rank: 0, text: `${service} runs as ${shown(after.user)} now (was ${shown(before.user)})` });
    }
    if (before.socket !== after.socket) {
      facts.push({
        rank: 1,
        text: `${service}: socket changed from ${shown(before.socket)} to ${shown(after.socket)}`,
      });
    }
    return facts;
  },
};

export const inetd: Format = { order: undefined, describe: (before, after) => describeRows(INETD, before, after) };
