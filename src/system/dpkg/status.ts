/**
 * The status file of dpkg (dpkg-query(1), deb-control(5)) as the packages it tells of. Pure parsing of text that somebody
 * may have forged: a stanza that is not as dpkg writes it is counted and tells nothing.
 */
import type { Path } from '../../model/bytes.ts';
import { listedPath } from './lines.ts';

export interface DpkgPackage {
  /** As the files of the database are called: with the architecture for Multi-Arch: same. */
  readonly name: string;
  /** Without the architecture, as diversions name it. */
  readonly plainName: string;
  readonly version: string;
  /** Its files are there. Otherwise it was removed, and perhaps left its configuration. */
  readonly isInstalled: boolean;
  /** Shipped MD5 by path, of those that the present version has. */
  readonly conffiles: ReadonlyMap<Path, string>;
}

export interface DpkgStatus {
  readonly packages: readonly DpkgPackage[];
  /** Stanzas that cannot be understood. */
  readonly malformed: number;
}

// deb-control(5), deb-version(7); bounded, since they become names of files and text of reports.
const NAME = /^[a-z0-9][a-z0-9+.-]{0,127}$/;
const ARCHITECTURE = /^[a-z0-9][a-z0-9-]{0,63}$/;
const VERSION = /^[0-9A-Za-z.+~:-]{1,255}$/;
const CONFFILE = /^ (\/.*) ([0-9a-f]{32})((?: [a-z-]+)*)$/s;

/** States in which the files of a version are unpacked (dpkg(1)). */
const INSTALLED: ReadonlySet<string> = new Set([
  ...['installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending'],
]);
const KNOWN: ReadonlySet<string> = new Set([...INSTALLED, 'half-installed', 'config-files', 'not-installed']);

/** Fields by lower-case name; further lines of a field are kept with their newlines. */
function fieldsOf(stanza: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of stanza.split('\n')) {
    if (line === '') continue;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last === undefined) return undefined;
      fields.set(last, `${fields.get(last) ?? ''}\n${line}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    last = line.slice(0, colon).toLowerCase();
    if (fields.has(last)) return undefined;
    fields.set(last, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Conffiles that the present version does not have any more say nothing about it. */
function conffilesOf(field: string): ReadonlyMap<Path, string> {
  const conffiles = new Map<Path, string>();
  for (const line of field.split('\n')) {
    const [, listed = '', md5 = '', remarks = ''] = CONFFILE.exec(line) ?? [];
    const path = listedPath(listed);
    if (path !== undefined && remarks === '') conffiles.set(path, md5);
  }
  return conffiles;
}

function packageOf(stanza: string): DpkgPackage | 'absent' | undefined {
  const fields = fieldsOf(stanza);
  const plainName = fields?.get('package') ?? '';
  const [, , state = ''] = (fields?.get('status') ?? '').split(' ');
  if (fields === undefined || !NAME.test(plainName) || !KNOWN.has(state)) return undefined;
  if (state === 'not-installed') return 'absent';
  const architecture = fields.get('architecture') ?? '';
  const version = fields.get('version') ?? '';
  if (!ARCHITECTURE.test(architecture) || !VERSION.test(version)) return undefined;
  return {
    name: fields.get('multi-arch') === 'same' ? `${plainName}:${architecture}` : plainName,
    plainName,
    version,
    isInstalled: INSTALLED.has(state),
    conffiles: conffilesOf(fields.get('conffiles') ?? ''),
  };
}

/** `text` has one character a byte. Of two stanzas with one name neither is believed. */
export function parseStatus(text: string): DpkgStatus {
  const packages = new Map<string, DpkgPackage>();
  const twice = new Set<string>();
  let malformed = 0;
  for (const stanza of text.split(/\n{2,}/)) {
    if (stanza.trim() === '') continue;
    const found = packageOf(stanza);
    if (found === 'absent') continue;
    if (found === undefined) malformed += 1;
    else if (packages.has(found.name)) twice.add(found.name);
    else packages.set(found.name, found);
  }
  for (const name of twice) packages.delete(name);
  return { packages: [...packages.values()], malformed: malformed + twice.size };
}

/** What to say of stanzas that cannot be understood; undefined when there are none. */
export function malformedNote(count: number): string | undefined {
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? 'entry' : 'entries'} of the package database cannot be understood`;
}
