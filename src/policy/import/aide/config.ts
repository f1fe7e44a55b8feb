/**
 * Reads a configuration of AIDE with all that it includes: macros, conditions, groups and rules, as aide.conf(5)
 * describes them. It gives the rules in the order of the file, and decides nothing about them. It never runs a program.
 */
import { PatternError } from '../../braces.ts';
import { RegexSet } from '../../regex/match.ts';
import { parseRegex } from '../../regex/parse.ts';
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';
import { type AideAttributeName, type AideVersion, defaultGroups, isAideAttribute } from './attributes.ts';
import { settingNote } from './settings.ts';
import { readLine, singleSpaced, takeWord, trimmed } from './tokens.ts';

export interface AideRule {
  /** '' selects, '=' is an equals rule, '!' and '-' are negative. */
  readonly sign: '' | '=' | '!' | '-';
  /** With the prefix of the include it stands in; one character a byte. */
  readonly regex: string;
  /** Letters of file types as AIDE has them; empty when not restricted. */
  readonly types: readonly string[];
  readonly fileSystem: string | undefined;
  readonly attributes: ReadonlySet<AideAttributeName>;
  /** The attributes as they were written. */
  readonly expression: string;
  readonly place: Place;
  readonly written: string;
}

const MAX_DEPTH = 16;
// Files that include one another in pairs stand for many more than there are.
const MAX_FILES = 1000;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_RULES = 50_000;
// Every line is held against the conditions around it.
const MAX_CONDITIONS = 64;
const TYPES = 'fdlcbpsDP';

interface Block {
  /** Whether the lines of the present branch count. */
  isActive: boolean;
  /** Whether those of the other branch do. */
  readonly otherwise: boolean;
  hadElse: boolean;
  readonly place: Place;
}

class ConfigReader {
  readonly #files: ImportFiles;
  readonly #version: AideVersion;
  readonly #notes: Notes;
  readonly #groups = new Map<string, ReadonlySet<AideAttributeName>>();
  readonly #variables = new Map<string, string>();
  readonly rules: AideRule[] = [];
  #fileCount = 0;
  #bytes = 0;

  constructor(files: ImportFiles, version: AideVersion, notes: Notes) {
    this.#files = files;
    this.#version = version;
    this.#notes = notes;
    this.#variables.set('HOSTNAME', files.hostName);
    const nowhere = { file: '', line: 0 };
    for (const [name, sum] of defaultGroups(version)) this.#groups.set(name, this.#sum(sum, nowhere));
  }

  file(name: string, prefix: string, depth: number): void {
    const text = this.#files.read(name);
    this.#fileCount += 1;
    this.#bytes += text.length;
    if (this.#fileCount > MAX_FILES || this.#bytes > MAX_BYTES) {
      throw mistake({ file: name, line: 1 }, 'the files that are included are too many, or too long');
    }
    const lines = text.split('\n');
    const blocks: Block[] = [];
    for (const [index, written] of lines.entries()) {
      const place = { file: name, line: index + 1 };
      if (written.includes('\0')) throw mistake(place, 'this is no text');
      this.#line(written, place, blocks, prefix, depth);
    }
    const open = blocks.at(-1);
    if (open !== undefined) throw mistake(open.place, 'the @@endif of this condition is missing');
  }

  #line(written: string, place: Place, blocks: Block[], prefix: string, depth: number): void {
    const isActive = blocks.every((block) => block.isActive);
    const directive = /^@@(?!\{)/.test(trimmed(written));
    if (!isActive && !directive) return;
    const line = readLine(written, place);
    switch (line.kind) {
      case 'empty':
        return;
      case 'directive':
        if (!this.#condition(line.name, line.rest, place, blocks, isActive) && isActive) {
          this.#directive(line.name, line.rest, place, prefix, depth);
        }
        return;
      case 'definition':
        this.#definition(line.name, line.value, place);
        return;
      case 'rule':
        this.#rule(line.sign, line.text, place, prefix, trimmed(written));
        return;
      default:
        line satisfies never;
    }
  }

  /** Whether the directive is one of a condition. */
  #condition(name: string, rest: string, place: Place, blocks: Block[], isActive: boolean): boolean {
    if (name === 'else' || name === 'endif') {
      const block = blocks.at(-1);
      if (block === undefined) throw mistake(place, `this @@${name} belongs to no condition`);
      if (name === 'endif') {
        blocks.pop();
        return true;
      }
      if (block.hadElse) throw mistake(place, 'this condition has an @@else already');
      block.isActive = block.otherwise;
      block.hadElse = true;
      return true;
    }
    const old: Readonly<Record<string, string>> = {
      ifdef: 'defined',
      ifndef: 'not defined',
      ifhost: 'hostname',
      ifnhost: 'not hostname',
    };
    const before = name === 'if' ? '' : Object.hasOwn(old, name) ? old[name] : undefined;
    if (before === undefined) return false;
    // What is skipped is not evaluated: it may ask for what is not there.
    if (blocks.length >= MAX_CONDITIONS) throw mistake(place, `conditions nest more than ${MAX_CONDITIONS} deep`);
    const holds = isActive && this.#holds(trimmed(`${before} ${rest}`), place);
    blocks.push({ isActive: holds, otherwise: !holds, hadElse: false, place });
    return true;
  }

  #holds(written: string, place: Place): boolean {
    let [expression, isNegated] = [written, false];
    let { word, rest } = takeWord(expression, this.#variables, place);
    for (let count = 1; word === 'not' && rest !== ''; count += 1) {
      if (count > MAX_CONDITIONS) throw mistake(place, `more than ${MAX_CONDITIONS} times 'not'`);
      [expression, isNegated] = [rest, !isNegated];
      ({ word, rest } = takeWord(expression, this.#variables, place));
    }
    return this.#isTrue(word, rest, expression, place) !== isNegated;
  }

  #isTrue(word: string, rest: string, expression: string, place: Place): boolean {
    const operand = takeWord(rest, this.#variables, place);
    if (word === 'defined' && rest !== '') return this.#variables.has(operand.word);
    if (word === 'hostname') return operand.word === this.#files.hostName;
    if (word === 'exists') return this.#files.exists(operand.word);
    if (operand.word === 'version_ge') {
      const left = word === '' ? `${this.#version}.0` : word;
      return versionAtLeast(left, takeWord(operand.rest, this.#variables, place).word);
    }
    throw mistake(place, `this condition is not in the language: ${shown(expression)}`);
  }

  #directive(name: string, rest: string, place: Place, prefix: string, depth: number): void {
    const { word, rest: after } = takeWord(rest, this.#variables, place);
    switch (name) {
      case 'define': {
        if (!/^[A-Za-z0-9_]+$/.test(word)) throw mistake(place, `this is no name of a variable: ${shown(word)}`);
        const { word: value } = takeWord(after, this.#variables, place);
        this.#variables.set(word, value);
        return;
      }
      case 'undef':
        this.#variables.delete(word);
        return;
      case 'include':
      case 'x_include':
        this.#include(name, word, after, place, prefix, depth);
        return;
      case 'x_include_setenv':
        return;
      default:
        throw mistake(place, `there is no macro @@${shown(name)}`);
    }
  }

  #include(name: string, path: string, rest: string, place: Place, prefix: string, depth: number): void {
    if (depth >= MAX_DEPTH) throw mistake(place, `files include one another more than ${MAX_DEPTH} deep`);
    if (path === '') throw mistake(place, `@@${name} names no file`);
    const { word: expression, rest: after } = takeWord(rest, this.#variables, place);
    const added = takeWord(after, this.#variables, place).word.replace(/\/$/, '');
    const inside = expression === '' ? [path] : this.#filesIn(path, expression, place);
    for (const file of inside) {
      if (name === 'x_include' && this.#files.isProgram(file)) {
        this.#notes.add(
          'a program of @@x_include was not run: run it yourself and import what it prints, see docs/import.md',
          { file, line: 1 },
        );
      } else {
        this.file(file, prefix + added, depth + 1);
      }
    }
  }

  #filesIn(directory: string, expression: string, place: Place): readonly string[] {
    try {
      // What is sought may begin anywhere in the name, as in PCRE.
      const set = new RegexSet([parseRegex(`.*(${expression})`)]);
      const names = this.#files.list(directory).filter((name) => set.match(name).length > 0);
      return names.map((name) => `${directory.replace(/\/$/, '')}/${name}`);
    } catch (error) {
      if (error instanceof PatternError) throw mistake(place, `'${shown(expression)}': ${error.message}`);
      throw error;
    }
  }

  #definition(name: string, value: string, place: Place): void {
    const note = settingNote(name);
    if (note !== undefined) this.#notes.add(note, place);
    else this.#groups.set(name, this.#sum(value, place));
  }

  /** Adds up `a+b-c`, from left to right. */
  #sum(expression: string, place: Place): ReadonlySet<AideAttributeName> {
    const sum = new Set<AideAttributeName>();
    const text = singleSpaced(expression).replaceAll(' ', '');
    if (text === '' && place.line === 0) return sum;
    if (!/^[A-Za-z0-9_>]+(?:[+-][A-Za-z0-9_>]+)*$/.test(text)) {
      throw mistake(place, `this is no sum of attributes and groups: ${shown(expression)}`);
    }
    for (const [, sign, name = ''] of text.matchAll(/([+-]?)([A-Za-z0-9_>]+)/g)) {
      const group = this.#groups.get(name);
      if (group === undefined && !isAideAttribute(name)) {
        throw mistake(place, `there is no attribute or group '${shown(name)}'`);
      }
      const members = group ?? (isAideAttribute(name) ? [name] : []);
      for (const member of members) {
        if (sign === '-') sum.delete(member);
        else sum.add(member);
      }
    }
    return sum;
  }

  #rule(sign: string, text: string, place: Place, prefix: string, written: string): void {
    if (sign !== '' && sign !== '=' && sign !== '!' && sign !== '-') throw mistake(place, 'no rule begins like this');
    if (sign === '-' && this.#version === '0.18') {
      throw mistake(place, 'rules with - exist since AIDE 0.19: import with --aide-version 0.19');
    }
    const { word, rest } = takeWord(text, this.#variables, place);
    const isNegative = sign === '!' || sign === '-';
    const { restriction, expression } = splitRule(rest, isNegative, place);
    const [letters = '', fileSystem] = restriction === '0' ? [''] : restriction.split('=');
    const types = letters === '' ? [] : letters.split(',');
    for (const type of types) {
      if (type.length !== 1 || !TYPES.includes(type)) {
        throw mistake(place, `'${shown(type)}' is no type of file: those are ${[...TYPES].join(', ')}`);
      }
    }
    if (this.rules.length >= MAX_RULES) throw mistake(place, `more than ${MAX_RULES} rules`);
    this.rules.push({
      sign,
      regex: prefix + word,
      types,
      fileSystem: fileSystem === '' ? undefined : fileSystem,
      attributes: isNegative ? new Set() : this.#sum(expression, place),
      expression,
      place,
      written,
    });
  }
}

/** What stands behind the expression of a rule: a restriction, if there is one, and the attributes. */
function splitRule(text: string, isNegative: boolean, place: Place): { restriction: string; expression: string } {
  // Blank space may stand around commas, signs and the equals sign.
  const words = singleSpaced(text)
    .replaceAll(/ ?([,+=-]) ?/g, '$1')
    .split(' ')
    .filter((word) => word !== '');
  const [first = '', second = '', third] = words;
  if (words.some((word) => word.startsWith('#'))) throw mistake(place, 'a comment stands on a line of its own');
  if (third !== undefined) throw mistake(place, `nothing may follow the attributes: ${shown(third)}`);
  if (isNegative) {
    if (second !== '') throw mistake(place, 'a negative rule has no attributes');
    return { restriction: first, expression: '' };
  }
  if (first === '') throw mistake(place, 'this rule has no attributes');
  return second === '' ? { restriction: '', expression: first } : { restriction: first, expression: second };
}

function versionAtLeast(left: string, right: string): boolean {
  const parts = (version: string): number[] => version.split(/[^0-9]+/).map((part) => Number.parseInt(part, 10) || 0);
  const [mine, wanted] = [parts(left), parts(right)];
  for (let index = 0; index < Math.max(mine.length, wanted.length); index += 1) {
    const difference = (mine[index] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Reads a configuration. Throws a UserError with file and line for what AIDE would refuse. */
export function readAideConfig(
  file: string,
  files: ImportFiles,
  version: AideVersion,
  notes: Notes,
): readonly AideRule[] {
  const reader = new ConfigReader(files, version, notes);
  reader.file(file, '', 0);
  return reader.rules;
}
