/** The conditions of a configuration of AIDE: `@@if`, its older forms, `@@else`, `@@endif`; and what they leave. */
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';
import { trimmed } from './tokens.ts';

// Every line is held against the conditions around it.
const MAX_CONDITIONS = 64;

const OLD_FORMS: Readonly<Record<string, string>> = {
  ifdef: 'defined',
  ifndef: 'not defined',
  ifhost: 'hostname',
  ifnhost: 'not hostname',
};

interface Block {
  /** Whether the lines of the present branch count. */
  isActive: boolean;
  /** Whether those of the other branch do. */
  readonly otherwise: boolean;
  hadElse: boolean;
  readonly place: Place;
}

/** What a condition may ask. */
export interface Circumstances {
  readonly files: ImportFiles;
  readonly release: string;
  readonly isDefined: (variable: string) => boolean;
  /** The word at the start of a text, and what follows it. */
  readonly takeWord: (text: string, place: Place) => { readonly word: string; readonly rest: string };
}

/** The conditions of one file. */
export class Conditions {
  readonly #circumstances: Circumstances;
  readonly #blocks: Block[] = [];

  constructor(circumstances: Circumstances) {
    this.#circumstances = circumstances;
  }

  /** Whether the present lines count. */
  get isActive(): boolean {
    return this.#blocks.every((block) => block.isActive);
  }

  /** Takes a directive, or says with false that it is none of a condition. */
  take(name: string, rest: string, place: Place): boolean {
    if (name === 'else' || name === 'endif') {
      this.#turn(name, place);
      return true;
    }
    const before = name === 'if' ? '' : Object.hasOwn(OLD_FORMS, name) ? OLD_FORMS[name] : undefined;
    if (before === undefined) return false;
    if (this.#blocks.length >= MAX_CONDITIONS) throw mistake(place, `conditions nest more than ${MAX_CONDITIONS} deep`);
    // What is skipped is not evaluated: it may ask for what is not there.
    const holds = this.isActive && this.#holds(trimmed(`${before} ${rest}`), place);
    this.#blocks.push({ isActive: holds, otherwise: !holds, hadElse: false, place });
    return true;
  }

  /** Throws a UserError for a condition that is open at the end of the file. */
  end(): void {
    const open = this.#blocks.at(-1);
    if (open !== undefined) throw mistake(open.place, 'the @@endif of this condition is missing');
  }

  #turn(name: 'else' | 'endif', place: Place): void {
    const block = this.#blocks.at(-1);
    if (block === undefined) throw mistake(place, `this @@${name} belongs to no condition`);
    if (name === 'endif') {
      this.#blocks.pop();
      return;
    }
    if (block.hadElse) throw mistake(place, 'this condition has an @@else already');
    block.isActive = block.otherwise;
    block.hadElse = true;
  }

  #holds(written: string, place: Place): boolean {
    let [expression, isNegated] = [written, false];
    let { word, rest } = this.#circumstances.takeWord(expression, place);
    for (let count = 1; word === 'not' && rest !== ''; count += 1) {
      if (count > MAX_CONDITIONS) throw mistake(place, `more than ${MAX_CONDITIONS} times 'not'`);
      [expression, isNegated] = [rest, !isNegated];
      ({ word, rest } = this.#circumstances.takeWord(expression, place));
    }
    return this.#isTrue(word, rest, expression, place) !== isNegated;
  }

  #isTrue(word: string, rest: string, expression: string, place: Place): boolean {
    const { files, release, isDefined, takeWord } = this.#circumstances;
    const operand = takeWord(rest, place);
    if (word === 'defined' && rest !== '') return isDefined(operand.word);
    if (word === 'hostname') return operand.word === files.hostName;
    if (word === 'exists') return files.exists(operand.word);
    if (operand.word === 'version_ge') {
      return versionAtLeast(word === '' ? release : word, takeWord(operand.rest, place).word);
    }
    throw mistake(place, `this condition is not in the language: ${shown(expression)}`);
  }
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
