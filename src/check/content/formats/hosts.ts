/** hosts(5): to which addresses names resolve on this host, whatever DNS says. */
import { isIP } from 'node:net';
import { allKeys, type Fact, type Format, type Understood } from './change.ts';
import { linesOf } from './config-lines.ts';
import { shown, shownList } from './wording.ts';

interface Hosts extends Understood {
  /** Addresses of each name in lower case, in the order of the file. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** The first name of each address: what it is called when asked the other way round. */
  readonly canonical: ReadonlyMap<string, string>;
}

function parse(text: string): Hosts {
  const addresses = new Map<string, string[]>();
  const canonical = new Map<string, string>();
  const entries: string[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    const words = line
      .replace(/#.*/, '')
      .split(/[ \t]+/)
      .filter((word) => word !== '');
    const [address = '', ...names] = words;
    if (words.length === 0) continue;
    // A zone, as in fe80::1%eth0, belongs to the address.
    if (isIP(address) === 0 || names.length === 0) {
      unknown.push(line);
      continue;
    }
    entries.push(words.join(' '));
    if (!canonical.has(address)) canonical.set(address, names[0] ?? '');
    for (const name of new Set(names.map((word) => word.toLowerCase()))) {
      const known = addresses.get(name);
      if (known === undefined) addresses.set(name, [address]);
      else known.push(address);
    }
  }
  return { addresses, canonical, entries, unknown };
}

const OF_THIS_HOST = /^(?:localhost|ip6-|broadcasthost)/;

function nameFacts(name: string, before: readonly string[] | undefined, after: readonly string[] | undefined): Fact[] {
  const rank = OF_THIS_HOST.test(name) ? 0 : 1;
  if (before === undefined) return [{ rank, text: `name ${shown(name)} added: resolves to ${shownList(after ?? [])}` }];
  if (after === undefined) return [{ rank, text: `name ${shown(name)} removed (resolved to ${shownList(before)})` }];
  if (before.join(' ') === after.join(' ')) return [];
  return [{ rank, text: `name ${shown(name)} now resolves to ${shownList(after)} (was ${shownList(before)})` }];
}

function describe(before: string, after: string) {
  const old = parse(before);
  const now = parse(after);
  const facts = allKeys(old.addresses, now.addresses).flatMap((name) => {
    return nameFacts(name, old.addresses.get(name), now.addresses.get(name));
  });
  for (const [address, name] of now.canonical) {
    const was = old.canonical.get(address);
    if (was === undefined || was === name) continue;
    facts.push({ rank: 2, text: `${shown(address)} is called ${shown(name)} first now (was ${shown(was)})` });
  }
  return { facts, before: old, after: now };
}

export const hosts: Format = { order: undefined, describe };
