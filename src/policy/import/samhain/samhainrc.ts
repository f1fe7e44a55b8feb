/**
 * samhainrc, the configuration of Samhain: which files and directories it looks at, under which policy.
 * https://www.la-samhna.de/samhain/manual/the-configuration-file.html
 */
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { Severity } from '../../../model/severity.ts';
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';
import { Conditions } from './conditions.ts';
import { isSamhainTest, SAMHAIN_POLICIES, SAMHAIN_SEVERITIES, type SamhainTest } from './policies.ts';
import { noteMisc, noteSection } from './settings.ts';
import { unquoted } from './values.ts';

export interface SamhainEntry {
  readonly kind: 'file' | 'dir';
  readonly path: string;
  /** Levels of subdirectories; -1: the directory alone. Undefined: the one that holds for all. */
  readonly depth: number | undefined;
  /** In small letters. */
  readonly policy: string;
  readonly tests: ReadonlySet<SamhainTest>;
  readonly place: Place;
  readonly written: string;
}

export interface Samhainrc {
  readonly entries: readonly SamhainEntry[];
  /** By policies in small letters. */
  readonly severities: ReadonlyMap<string, Severity>;
  readonly depth: number;
  readonly withAcl: boolean;
  readonly withSelinux: boolean;
}

const DEEPEST = 99;
const MOST_ENTRIES = 50_000;

function isTrue(value: string): boolean {
  return ['true', 'yes', '1'].includes(value.toLowerCase());
}

class SamhainReader {
  readonly #file: string;
  readonly #notes: Notes;
  readonly #conditions: Conditions;
  readonly #entries: SamhainEntry[] = [];
  readonly #severities = new Map<string, Severity>();
  readonly #tests = new Map<string, Set<SamhainTest>>(
    Object.entries(SAMHAIN_POLICIES).map(([name, { tests }]) => [name, new Set(tests)]),
  );
  #depth = 0;
  #withAcl = false;
  #withSelinux = false;
  #section = '';

  constructor(file: string, files: ImportFiles, notes: Notes) {
    this.#file = file;
    this.#notes = notes;
    this.#conditions = new Conditions(files, notes);
  }

  read(content: string): Samhainrc {
    for (const [index, raw] of content.split('\n').entries()) {
      const line = raw.trim();
      const place = { file: this.#file, line: index + 1 };
      if (line === '' || line.startsWith('#')) continue;
      if (line === '[EOF]' || line === '-----BEGIN PGP SIGNATURE-----') break;
      if (this.#conditions.take(line, place) || !this.#conditions.isTaken) continue;
      const [, section] = /^\[([^\]]*)\]/.exec(line) ?? [];
      if (section !== undefined) this.#section = section.toLowerCase();
      else if (this.#section !== '') this.#setting(line, place);
    }
    if (this.#conditions.isOpen) throw new UserError('policy', `${printableText(this.#file)}: a condition has no end`);
    if (this.#entries.length === 0) {
      throw new UserError('policy', `${printableText(this.#file)}: no file= or dir= in a section for files`);
    }
    return {
      entries: this.#entries,
      severities: this.#severities,
      depth: this.#depth,
      withAcl: this.#withAcl,
      withSelinux: this.#withSelinux,
    };
  }

  #setting(line: string, place: Place): void {
    const equals = line.indexOf('=');
    if (equals < 0) {
      this.#notes.add('a line without = is left out', place, 'setting');
      return;
    }
    const key = line.slice(0, equals).trim().toLowerCase();
    const value = line.slice(equals + 1).trim();
    if (/^\$\(.*\)$/.test(value)) {
      this.#notes.add('a value that a program prints is left out: no program is run', place);
      return;
    }
    if (Object.hasOwn(SAMHAIN_POLICIES, this.#section)) this.#addEntry(key, value, line, place);
    else if (this.#section === 'misc') this.#misc(key, value, place);
    else if (this.#section === 'eventseverity') this.#severity(key, value, place);
    else noteSection(this.#section, place, this.#notes);
  }

  #addEntry(key: string, written: string, line: string, place: Place): void {
    if (key !== 'file' && key !== 'dir') {
      this.#notes.add(`'${shown(key)}' in a section for files is not known and not carried over`, place);
      return;
    }
    const value = unquoted(written, place);
    const [, level, path = ''] =
      (key === 'dir' ? /^(-?[0-9]{1,4})?\s*(\/[\s\S]*)$/ : /^()(\/[\s\S]*)$/).exec(value) ?? [];
    if (path === '' || path.includes('\0')) throw mistake(place, `no absolute path: ${shown(written)}`);
    if (this.#entries.length === MOST_ENTRIES) throw mistake(place, `more than ${MOST_ENTRIES} entries`);
    this.#entries.push({
      kind: key,
      path: path.replaceAll(/\/{2,}/g, '/').replace(/([^/])\/$/, '$1'),
      depth: level === undefined || level === '' ? undefined : this.#level(level, place),
      policy: this.#section,
      tests: new Set(this.#tests.get(this.#section)),
      place,
      written: line,
    });
  }

  #level(written: string, place: Place): number {
    const level = Number.parseInt(written, 10);
    if (level < -1 || level > DEEPEST)
      throw mistake(place, `a recursion depth is from -1 to ${DEEPEST}, not ${written}`);
    return level;
  }

  #misc(key: string, value: string, place: Place): void {
    const [, policy] = /^redef(.+)$/.exec(key) ?? [];
    if (policy !== undefined) this.#redefine(policy, value, place);
    else if (key === 'setrecursionlevel') this.#depth = this.#level(/^-?[0-9]{1,4}$/.exec(value)?.[0] ?? 'none', place);
    else if (key === 'useaclcheck') this.#withAcl = isTrue(value);
    else if (key === 'useselinuxcheck') this.#withSelinux = isTrue(value);
    else noteMisc(key, value, place, this.#notes);
  }

  #redefine(policy: string, value: string, place: Place): void {
    const tests = this.#tests.get(policy);
    if (tests === undefined) throw mistake(place, `'${shown(policy)}' is no policy of Samhain`);
    const [, sign, list = ''] = /^([+-])(.*)$/.exec(value) ?? [];
    if (sign === undefined) throw mistake(place, `a change of a policy begins with + or -, not '${shown(value)}'`);
    for (const name of list.split(/[\s,]+/).filter((part) => part !== '')) {
      const test = name.replace(/^[+-]/, '').toUpperCase();
      if (!isSamhainTest(test)) throw mistake(place, `'${shown(name)}' is no test of Samhain`);
      if (sign === '+') tests.add(test);
      else tests.delete(test);
    }
    if (this.#entries.some((entry) => entry.policy === policy)) {
      this.#notes.add('a policy that changes behind entries of it changes none of these', place);
    }
  }

  #severity(key: string, value: string, place: Place): void {
    const name = key.replace(/^severity/, '').replace(/^growinglogs$/, 'growinglogfiles');
    if (!Object.hasOwn(SAMHAIN_POLICIES, name)) {
      this.#notes.add('a severity that is not of a policy for files is not carried over', place, 'setting');
      return;
    }
    const severity = Object.hasOwn(SAMHAIN_SEVERITIES, value.toLowerCase())
      ? SAMHAIN_SEVERITIES[value.toLowerCase()]
      : undefined;
    if (severity === undefined) {
      this.#notes.add(`the severity ${shown(value)} is not carried over`, place);
      return;
    }
    this.#severities.set(name, severity);
  }
}

/** Reads a file. Throws a UserError that names the line of a mistake. */
export function readSamhainrc(file: string, files: ImportFiles, notes: Notes): Samhainrc {
  return new SamhainReader(file, files, notes).read(files.read(file));
}
