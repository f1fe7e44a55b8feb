/**
 * The status file of dpkg (dpkg-query(1), deb-control(5)) as the packages it tells of. Pure parsing of text that
 * somebody may have forged: a stanza that is not as dpkg writes it is counted and tells nothing.
 */
import type { Path } from '../../../model/bytes.ts';
import { SystemError } from '../../../model/errors.ts';
import { MOST_PACKAGES } from '../../../model/packages.ts';
import { linesOf, stanzasOf } from '../stanzas.ts';
import { listedPath } from './lists.ts';

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

/** dpkg has some thirty. */
const MOST_FIELDS = 1000;

/** States in which the files of a version are unpacked (dpkg(1)). */
const INSTALLED: ReadonlySet<string> = new Set([
  ...['installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending'],
]);
const KNOWN: ReadonlySet<string> = new Set([...INSTALLED, 'half-installed', 'config-files', 'not-installed']);

interface Stanza {
  /** First lines of the fields, by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  /** Of those that the present version has: what it does not have any more says nothing about it. */
  readonly conffiles: ReadonlyMap<Path, string>;
}

/** Undefined for what is no stanza. */
function stanzaOf(text: string): Stanza | undefined {
  const fields = new Map<string, string>();
  const conffiles = new Map<Path, string>();
  let last: string | undefined;
  for (const line of linesOf(text)) {
    if (line === '') continue;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last === undefined) return undefined;
      if (last !== 'conffiles') continue;
      const [, listed = '', md5 = '', remarks = ''] = CONFFILE.exec(line) ?? [];
      const path = listedPath(listed);
      if (path !== undefined && remarks === '') conffiles.set(path, md5);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    last = line.slice(0, colon).toLowerCase();
    if (fields.has(last) || fields.size === MOST_FIELDS) return undefined;
    fields.set(last, line.slice(colon + 1).trim());
  }
  return { fields, conffiles };
}

function packageOf(text: string): DpkgPackage | 'absent' | undefined {
  const stanza = stanzaOf(text);
  if (stanza === undefined) return undefined;
  const { fields, conffiles } = stanza;
  const plainName = fields.get('package') ?? '';
  const [, , state = ''] = (fields.get('status') ?? '').split(' ');
  if (!NAME.test(plainName) || !KNOWN.has(state)) return undefined;
  if (state === 'not-installed') return 'absent';
  const architecture = fields.get('architecture') ?? '';
  const version = fields.get('version') ?? '';
  if (!ARCHITECTURE.test(architecture) || !VERSION.test(version)) return undefined;
  return {
    name: fields.get('multi-arch') === 'same' ? `${plainName}:${architecture}` : plainName,
    plainName,
    version,
    isInstalled: INSTALLED.has(state),
    conffiles,
  };
}

/**
 * `text` has one character a byte. Of two stanzas with one name neither is believed. Throws a SystemError for too many.
 */
export function parseStatus(text: string): DpkgStatus {
  const packages = new Map<string, DpkgPackage>();
  const twice = new Set<string>();
  let malformed = 0;
  for (const stanza of stanzasOf(text)) {
    if (stanza.trim() === '') continue;
    const found = packageOf(stanza);
    if (found === 'absent') continue;
    if (found === undefined) malformed += 1;
    else if (packages.has(found.name)) twice.add(found.name);
    else packages.set(found.name, found);
    if (packages.size > MOST_PACKAGES)
      throw new SystemError('read', 'EFBIG', 'there are more packages than there can be');
  }
  for (const name of twice) packages.delete(name);
  return { packages: [...packages.values()], malformed: malformed + twice.size };
}

/** What to say of stanzas that cannot be understood; undefined when there are none. */
export function malformedNote(count: number): string | undefined {
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? 'entry' : 'entries'} of the package database cannot be understood`;
}
