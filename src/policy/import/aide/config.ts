/**
 * Reads a configuration of AIDE with all that it includes: macros, conditions, groups and rules, as aide.conf(5)
 * describes them. It gives the rules in the order of the file, and decides nothing about them. It never runs a program.
 */
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { NoteKind, Notes, Place } from '../notes.ts';
import { Conditions } from './conditions.ts';
import { Groups } from './groups.ts';
import { includedFiles } from './include.ts';
import { decodedExpression, OLD_NAMES, substituted, takeOldWord, withoutComment } from './old-language.ts';
import { type AideRule, readRuleEnd } from './rule.ts';
import { type Setting, settingNamed, settingNote } from './settings.ts';
import { Signs } from './signs.ts';
import { type Line, readLine, takeWord, trimmed } from './tokens.ts';
import { Variables } from './variables.ts';
import type { AideVersion } from './version.ts';

/** What was read. */
export interface AideConfig {
  readonly version: AideVersion;
  readonly rules: readonly AideRule[];
  readonly signs: Signs;
  /** Programs of x_include, which were not run. */
  readonly programs: readonly string[];
}

/** What an include makes of the lines in its file. */
interface Scope {
  /** Stands before the expressions of its rules. */
  readonly prefix: string;
  /** Names of variables in the prefix that are not defined. */
  readonly lacking: ReadonlySet<string>;
  readonly depth: number;
}

interface WrittenRule extends Omit<AideRule, 'attributes'> {
  readonly attributes: AideRule['attributes'] | undefined;
}

const MAX_DEPTH = 16;
// Files that include one another in pairs stand for many more than there are.
const MAX_FILES = 1000;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_RULES = 50_000;
const MAX_NAMED = 8;
const NEGATIVE_MEANING =
  'would stand for nothing, so that this negative rule left out more than was meant: it is not carried over';
const NAMES = /^[A-Za-z0-9_]+$/;

class ConfigReader {
  readonly #files: ImportFiles;
  readonly #version: AideVersion;
  readonly #notes: Notes;
  readonly #groups: Groups;
  readonly #variables = new Variables();
  readonly rules: AideRule[] = [];
  readonly signs = new Signs();
  /** Programs of x_include, which may define variables. */
  readonly programs: string[] = [];
  #fileCount = 0;
  #bytes = 0;
  #hasEnded = false;

  constructor(files: ImportFiles, version: AideVersion, notes: Notes) {
    this.#files = files;
    this.#version = version;
    this.#notes = notes;
    this.#groups = new Groups(version);
    this.#variables.define('HOSTNAME', files.hostName);
    if (version === '0.19') this.#variables.define('AIDE_VERSION', this.#release);
  }

  get #release(): string {
    return `${this.#version}.0`;
  }

  file(name: string, scope: Scope): void {
    const text = this.#files.read(name);
    this.#fileCount += 1;
    this.#bytes += text.length;
    if (this.#fileCount > MAX_FILES || this.#bytes > MAX_BYTES) {
      throw mistake({ file: name, line: 1 }, 'the files that are included are too many, or too long');
    }
    const conditions = new Conditions({
      files: this.#files,
      release: this.#release,
      isDefined: (variable) => this.#variables.has(variable),
      takeWord: (words, place) => this.#takeWord(words, place),
    });
    for (const [index, written] of text.split('\n').entries()) {
      const place = { file: name, line: index + 1 };
      if (written.includes('\0')) throw mistake(place, 'this is no text');
      this.#line(written, place, conditions, scope);
      if (this.#hasEnded) return;
    }
    conditions.end();
  }

  #line(written: string, place: Place, conditions: Conditions, scope: Scope): void {
    const { isActive } = conditions;
    if (!isActive && !/^@@(?!\{)/.test(trimmed(written))) return;
    const lacking = this.#variables.beginLine();
    const line = this.#read(written, isActive, place);
    let kind: NoteKind = 'loss';
    switch (line.kind) {
      case 'empty':
        break;
      case 'directive':
        if (!conditions.take(line.name, line.rest, place) && isActive) {
          this.#directive(line.name, line.rest, place, scope);
        }
        break;
      case 'definition':
        kind = this.#definition(line.name, line.value, place);
        break;
      case 'rule': {
        const rule = this.#rule(line.sign, line.text, place, trimmed(written));
        const unsure = new Set([...lacking, ...scope.lacking]);
        if (rule.attributes === undefined && unsure.size > 0) {
          this.#noteLacking(unsure, NEGATIVE_MEANING, place);
          return;
        }
        this.rules.push({ ...rule, regex: scope.prefix + rule.regex, attributes: rule.attributes ?? new Set() });
        break;
      }
      default:
        line satisfies never;
    }
    this.#noteLacking(lacking, 'stands for nothing, as in AIDE', place, kind);
  }

  #read(written: string, isActive: boolean, place: Place): Line {
    if (this.#version !== '0.16') return readLine(written, NAMES, place);
    const text = withoutComment(written);
    return readLine(isActive ? substituted(text, this.#variables, place) : text, OLD_NAMES, place);
  }

  #noteLacking(names: ReadonlySet<string>, meaning: string, place: Place, kind?: NoteKind): void {
    const more = this.programs.length - MAX_NAMED;
    const programs = `${this.programs.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    const source = programs === '' ? '' : `; a program that was not run may define it: ${programs}`;
    for (const name of names) {
      this.#notes.add(`the variable ${shown(name)} is not defined, and ${meaning}${source}`, place, kind);
    }
  }

  #takeWord(text: string, place: Place): { readonly word: string; readonly rest: string } {
    return this.#version === '0.16' ? takeOldWord(text, place) : takeWord(text, this.#variables, place);
  }

  #directive(name: string, rest: string, place: Place, scope: Scope): void {
    const { word, rest: after } = this.#takeWord(rest, place);
    switch (name) {
      case 'define': {
        if (!NAMES.test(word)) throw mistake(place, `this is no name of a variable: ${shown(word)}`);
        const { word: value } = this.#takeWord(after, place);
        this.#variables.define(word, value);
        return;
      }
      case 'undef':
        this.#variables.undefine(word);
        return;
      case 'include':
      case 'x_include':
        this.#include(name, word, after, place, scope);
        return;
      case 'x_include_setenv':
        return;
      default:
        if (this.#version === '0.16' && name === 'begin_config') return;
        if (this.#version !== '0.16' || !['end_config', 'begin_db', 'db_spec'].includes(name)) {
          throw mistake(place, `there is no macro @@${shown(name)}`);
        }
        this.#hasEnded = true;
    }
  }

  #include(name: string, path: string, rest: string, place: Place, scope: Scope): void {
    if (scope.depth >= MAX_DEPTH) throw mistake(place, `files include one another more than ${MAX_DEPTH} deep`);
    if (path === '') throw mistake(place, `@@${name} names no file`);
    const { word: expression, rest: after } = this.#takeWord(rest, place);
    const added = this.#takeWord(after, place).word.replace(/\/$/, '');
    const inside: Scope = {
      prefix: scope.prefix + added,
      lacking: new Set([...scope.lacking, ...this.#variables.lacking]),
      depth: scope.depth + 1,
    };
    const found = expression === '' ? [path] : includedFiles(this.#files, path, expression, place);
    for (const file of found) {
      if (name === 'x_include' && this.#files.isProgram(file)) {
        this.programs.push(file);
        this.#notes.add(
          'a program of @@x_include was not run: run it yourself and import what it prints, see docs/import.md',
          { file, line: 1 },
        );
      } else {
        this.file(file, inside);
      }
    }
  }

  /** Gives what is lost with it, where its value is not what was meant. */
  #definition(name: string, value: string, place: Place): NoteKind {
    const setting = settingNamed(name);
    if (setting !== undefined) return this.#setting(name, setting, value, place);
    // What is written in small letters is a setting to AIDE, unless its value is a sum.
    if (/^[a-z_]+$/.test(name) && !this.#groups.isSum(value)) {
      throw mistake(place, `${shown(name)} is no setting of AIDE`);
    }
    this.#groups.define(name, value, place);
    return 'loss';
  }

  #setting(name: string, setting: Setting, value: string, place: Place): NoteKind {
    const { until, since, loss, isSum: hasSum = false } = setting;
    const what = `the setting ${name}`;
    if (until !== undefined) this.signs.addUntil({ version: until, what, place });
    if (since !== undefined) this.signs.addSince({ version: since, what, place });
    // Up to 0.16 it is a group like any other.
    if (hasSum) this.#groups.define(name, value, place);
    else this.#takeWord(value, place);
    const kind = loss === undefined ? 'setting' : 'loss';
    this.#notes.add(settingNote(name, setting), place, kind);
    return kind;
  }

  /** Whether it is what AIDE up to 0.15 let stand behind a negative rule, and did nothing with. */
  #isOldGroup(text: string): boolean {
    return this.#version === '0.16' && !/^[fdlcbpsDP, \t]*$/.test(text) && this.#groups.isSum(text);
  }

  /** A rule as it is written; a negative one has no attributes. */
  #rule(sign: string, text: string, place: Place, written: string): WrittenRule {
    if (sign !== '' && sign !== '=' && sign !== '!' && sign !== '-') throw mistake(place, 'no rule begins like this');
    if (sign === '-') {
      if (this.#version !== '0.19') {
        throw mistake(place, 'rules with - exist since AIDE 0.19: import with --aide-version 0.19');
      }
      this.signs.addSince({ version: '0.19', what: 'a rule that begins with -', place });
    }
    const { word, rest } = this.#takeWord(text, place);
    const isNegative = sign === '!' || sign === '-';
    const end = readRuleEnd(isNegative && this.#isOldGroup(rest) ? '' : rest, isNegative, place);
    if (end.fileSystem !== undefined) {
      this.signs.addSince({ version: '0.19', what: 'a restriction to a type of file system', place });
    }
    if (this.rules.length >= MAX_RULES) throw mistake(place, `more than ${MAX_RULES} rules`);
    const regex = this.#version === '0.16' ? decodedExpression(word) : word;
    const attributes = isNegative ? undefined : this.#groups.sum(end.expression, place);
    return { ...end, sign, regex, attributes, place, written };
  }
}

/** Reads a configuration. Throws a UserError with file and line for what this version of AIDE would refuse. */
export function readAideConfig(file: string, files: ImportFiles, version: AideVersion, notes: Notes): AideConfig {
  const reader = new ConfigReader(files, version, notes);
  reader.file(file, { prefix: '', lacking: new Set(), depth: 0 });
  return { version, rules: reader.rules, signs: reader.signs, programs: reader.programs };
}
