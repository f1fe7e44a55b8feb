/**
 * The fully qualified name of this host, by which other mail servers know it. It is what `hostname -f` says
 * (hostname(1)), looked up where that looks: in hosts(5), then by the resolver, which may have to ask the network.
 */
import { SystemError } from '../model/errors.ts';
import { runChild } from './child-program.ts';
import { ownKit } from './own-kit.ts';
import { readSmallFile } from './small-file.ts';

const HOSTS = '/etc/hosts';
const LONGEST_HOSTS = 4 * 1024 * 1024;
/** Both are in use for the one program. */
const PROGRAMS = ['/usr/bin/hostname', '/bin/hostname'];
/** Nothing waits longer for a name server that does not answer. */
const LONGEST_SEARCH = 5000;

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
/** A last label of digits is that of an address (RFC 1123 section 2.1). */
const QUALIFIED = new RegExp(`^(?:${LABEL}\\.)+(?=[0-9-]*[A-Za-z])${LABEL}$`);
/** The longest a name can be in the DNS (RFC 1035). */
const LONGEST_NAME = 253;
/** Every host has these names for itself alone (RFC 6761 section 6.3). */
const OF_NOBODY = /(?:^|\.)(?:localhost|localdomain|localhost[46]|localdomain[46])$/i;

/** Whether others may know a host by this name. */
export function isQualified(name: string): boolean {
  return name.length <= LONGEST_NAME && QUALIFIED.test(name) && !OF_NOBODY.test(name);
}

/** The canonical name that a text in the form of hosts(5) gives a name: the first of a line that has it. */
export function canonicalName(hosts: string, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const line of hosts.split('\n')) {
    const [, ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const [canonical] = names;
    if (canonical !== undefined && isQualified(canonical) && names.some((each) => each.toLowerCase() === wanted)) {
      return canonical;
    }
  }
  return undefined;
}

function hostsText(): string {
  try {
    return readSmallFile(HOSTS, LONGEST_HOSTS).toString('latin1');
  } catch {
    return '';
  }
}

/** What the resolver says; undefined when nobody answers in time. */
async function resolvedName(): Promise<string | undefined> {
  // A rescue kit runs no program of the host that it examines.
  if (ownKit() !== undefined) return undefined;
  const signal = AbortSignal.timeout(LONGEST_SEARCH);
  for (const program of PROGRAMS) {
    try {
      const { stdout } = await runChild(program, ['-f'], new Uint8Array(), signal);
      return stdout.trim();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (error.code !== 'ENOENT') return undefined;
    }
  }
  return undefined;
}

/** `name`: what the host calls itself (gethostname(2)). Undefined where it has no name that others may know. */
export async function qualifiedName(name: string): Promise<string | undefined> {
  if (isQualified(name)) return name;
  const found = canonicalName(hostsText(), name) ?? (await resolvedName());
  return found !== undefined && isQualified(found) ? found : undefined;
}
