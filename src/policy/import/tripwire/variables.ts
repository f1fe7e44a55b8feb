/**
 * The variables of a policy of Tripwire and the texts that they stand in. A value may double with each line, so it has
 * a bound.
 */
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';
import { PREDEFINED_VARIABLES } from './properties.ts';

const MAX_VALUE = 1 << 16;

/** The text, unless it is too long. */
export function boundedText(text: string, place: Place, what = 'text'): string {
  if (text.length > MAX_VALUE) throw mistake(place, `this ${what} is too long`);
  return text;
}

/** What is wrong where a variable gets nothing: Tripwire brings policies with such lines for its installer. */
export function emptyVariable(name: string): string {
  const template = 'this is a template of Open Source Tripwire, which its installer fills in';
  return `the variable ${shown(name)} has no value, and Tripwire refuses that; ${template}: give ${shown(name)} a value`;
}

export class VariableTable {
  readonly #global = new Map<string, string>();
  readonly #local = new Map<string, string>();
  readonly #predefined: ReadonlyMap<string, string>;
  #wereUsed = false;

  constructor({ hostName }: ImportFiles) {
    this.#predefined = new Map([...PREDEFINED_VARIABLES, ['HOSTNAME', hostName]]);
  }

  setGlobal(name: string, value: string): void {
    this.#global.set(name, value);
  }

  setLocal(name: string, value: string, place: Place): void {
    if (this.#predefined.has(name)) throw mistake(place, `the variable ${shown(name)} is predefined`);
    this.#local.set(name, value);
  }

  /** Whether one was asked for. */
  get wereUsed(): boolean {
    return this.#wereUsed;
  }

  value(name: string, place: Place): string {
    this.#wereUsed = true;
    const value = this.#predefined.get(name) ?? this.#local.get(name) ?? this.#global.get(name);
    if (value === undefined) throw mistake(place, `the variable ${shown(name)} is not defined above`);
    return value;
  }

  /** A text in quotes. A backslash before the dollar, itself escaped in the file, keeps it. */
  substituted(text: string, place: Place): string {
    let { length } = text;
    const result = text.replaceAll(/\\[\s\S]|\$\(([^)]*)\)/g, (part, name?: string) => {
      const value = name === undefined ? part : this.value(name, place);
      length += value.length - part.length;
      if (length > MAX_VALUE) throw mistake(place, 'this text is too long');
      return value;
    });
    return boundedText(result, place);
  }
}
