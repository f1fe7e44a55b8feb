/**
 * `<syscheck>` of Wazuh and OSSEC, in ossec.conf and agent.conf: which directories it looks at, and what it leaves out.
 * https://documentation.wazuh.com/current/user-manual/reference/ossec-conf/syscheck.html
 */
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';
import { checkedBy, isYes, WAZUH_CHECKS } from './checks.ts';
import { WAZUH_SETTINGS } from './settings.ts';
import { readXml, type XmlElement } from './xml.ts';

export interface WatchedDirectory {
  readonly path: string;
  readonly watch: readonly string[];
  /** An expression of Wazuh that files must match. */
  readonly restrict: string | undefined;
  readonly depth: number;
  readonly isFollowed: boolean;
  readonly keepsText: boolean;
  readonly tags: string | undefined;
  readonly place: Place;
}

/** A beginning of paths, or an expression of Wazuh. */
export interface PathSet {
  readonly text: string;
  readonly isExpression: boolean;
  readonly place: Place;
}

export interface Syscheck {
  readonly directories: readonly WatchedDirectory[];
  readonly ignored: readonly PathSet[];
  /** Whose text is not to be kept. */
  readonly withoutText: readonly PathSet[];
  /** Directories that are left out below the root directory. */
  readonly skipped: readonly string[];
  readonly tellsNew: boolean;
}

const DEEPEST_LEVEL = 320;
const MOST_DIRECTORIES = 50_000;

class SyscheckReader {
  readonly #file: string;
  readonly #notes: Notes;
  readonly #directories: WatchedDirectory[] = [];
  readonly #ignored: PathSet[] = [];
  readonly #withoutText: PathSet[] = [];
  readonly #skipped = new Set(['/dev', '/proc', '/sys']);
  #tellsNew = true;

  constructor(file: string, notes: Notes) {
    this.#file = file;
    this.#notes = notes;
  }

  get result(): Syscheck {
    return {
      directories: this.#directories,
      ignored: this.#ignored,
      withoutText: this.#withoutText,
      skipped: [...this.#skipped],
      tellsNew: this.#tellsNew,
    };
  }

  read(roots: readonly XmlElement[]): void {
    const found = roots.flatMap((root) => {
      if (root.name === 'syscheck') return [root];
      if (root.name === 'agent_config' && !this.#isForHere(root)) return [];
      return root.children.filter(({ name }) => name === 'syscheck');
    });
    for (const syscheck of found) for (const element of syscheck.children) this.#element(element);
    if (this.#directories.length > 0) return;
    throw new UserError(
      'policy',
      `${printableText(this.#file)}: no <directories> in a <syscheck> that is for this host`,
    );
  }

  #place({ line }: XmlElement): Place {
    return { file: this.#file, line };
  }

  /** Whether the agents that a part is for may be this host. */
  #isForHere(root: XmlElement): boolean {
    const place = this.#place(root);
    for (const [name, value] of root.attributes) {
      if (name === 'os' && !/linux/i.test(value)) {
        this.#notes.add(`a part for other systems is left out: os="${shown(value)}"`, place, 'setting');
        return false;
      }
      if (name !== 'os') {
        this.#notes.add(`a part for some agents is taken as one for this host: ${name}="${shown(value)}"`, place);
      }
    }
    return true;
  }

  #element(element: XmlElement): void {
    const place = this.#place(element);
    const value = element.text.trim();
    switch (element.name) {
      case 'directories':
        this.#addDirectories(element);
        return;
      case 'ignore':
        this.#ignored.push(this.#pathSet(element));
        return;
      case 'nodiff':
        this.#withoutText.push(this.#pathSet(element));
        return;
      case 'alert_new_files':
        this.#tellsNew = isYes(value, element.name, place);
        return;
      case 'disabled':
        if (isYes(value, element.name, place)) {
          this.#notes.add('syscheck is disabled: here its directories are watched', place);
        }
        return;
      case 'skip_nfs':
        if (isYes(value, element.name, place)) {
          this.#notes.add('skip_nfs: network file systems below the directories are looked at too', place);
        }
        return;
      case 'skip_dev':
      case 'skip_proc':
      case 'skip_sys':
        if (!isYes(value, element.name, place)) this.#skipped.delete(`/${element.name.slice('skip_'.length)}`);
        return;
      default:
        this.#tell(element.name, place);
    }
  }

  #tell(name: string, place: Place): void {
    const told = Object.hasOwn(WAZUH_SETTINGS, name) ? WAZUH_SETTINGS[name] : undefined;
    if (told === undefined) this.#notes.add(`<${shown(name)}> is not known and not carried over`, place);
    else this.#notes.add(`<${name}> is not carried over: ${told.text}`, place, told.kind);
  }

  #pathSet(element: XmlElement): PathSet {
    const place = this.#place(element);
    const text = element.text.trim();
    for (const [name, value] of element.attributes) {
      if (name !== 'type' || value !== 'sregex') {
        throw mistake(place, `<${element.name}> may have type="sregex", not ${shown(name)}="${shown(value)}"`);
      }
    }
    return { text, isExpression: element.attributes.length > 0, place };
  }

  #addDirectories(element: XmlElement): void {
    const place = this.#place(element);
    const options = this.#options(element);
    const watch = checkedBy(element.attributes, place, this.#notes);
    if (watch === undefined) {
      this.#notes.add('nothing is checked of the directories: they are left out', place);
      return;
    }
    for (const written of element.text.split(',')) {
      const name = written.trim();
      if (name === '') continue;
      if (!name.startsWith('/')) {
        this.#notes.add(`no path of this system, left out: ${shown(name)}`, place);
        continue;
      }
      const path = name.replaceAll(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
      this.#directories.push({ ...options, path, watch, place });
      if (this.#directories.length > MOST_DIRECTORIES)
        throw mistake(place, `more than ${MOST_DIRECTORIES} directories`);
    }
  }

  #options(element: XmlElement): Omit<WatchedDirectory, 'path' | 'watch' | 'place'> {
    const place = this.#place(element);
    const options = {
      restrict: undefined as string | undefined,
      depth: Number.POSITIVE_INFINITY,
      isFollowed: false,
      keepsText: false,
      tags: undefined as string | undefined,
    };
    for (const [name, value] of element.attributes) {
      if (Object.hasOwn(WAZUH_CHECKS, name)) continue;
      if (name === 'restrict') options.restrict = value;
      else if (name === 'tags') options.tags = value;
      else if (name === 'recursion_level') options.depth = this.#depth(value, place);
      else if (name === 'follow_symbolic_link') options.isFollowed = isYes(value, name, place);
      else if (name === 'report_changes') options.keepsText = isYes(value, name, place);
      else if (name === 'realtime' || name === 'whodata') this.#noteMoment(name, value, place);
      else if (name === 'check_attrs') this.#notes.add('check_attrs is for Windows alone', place, 'setting');
      else if (name === 'diff_size_limit') {
        this.#notes.add('diff_size_limit is not carried over: text of up to 64K is kept', place);
      } else this.#notes.add(`the attribute ${name} of <directories> is not known and not carried over`, place);
    }
    return options;
  }

  #noteMoment(name: 'realtime' | 'whodata', value: string, place: Place): void {
    if (!isYes(value, name, place)) return;
    const lost = name === 'realtime' ? 'changes are told by the next check' : 'who made a change is not told';
    this.#notes.add(`${name}: integ checks when it is run, ${lost}`, place);
  }

  /** Files in the directory itself are at level 0 there, and one below it here. */
  #depth(value: string, place: Place): number {
    if (!/^[0-9]{1,6}$/.test(value)) throw mistake(place, `recursion_level is a number, not '${shown(value)}'`);
    return Math.min(Number.parseInt(value, 10), DEEPEST_LEVEL) + 1;
  }
}

/** Reads a file. Throws a UserError that names the line of a mistake. */
export function readSyscheck(file: string, files: ImportFiles, notes: Notes): Syscheck {
  const reader = new SyscheckReader(file, notes);
  reader.read(readXml(files.read(file), file));
  return reader.result;
}
