/**
 * Reads the texts in a policy of Tripwire: words, strings in quotes and variables, put together where they follow one
 * another.
 */
import { mistake } from '../mistake.ts';
import { type Cursor, describe } from './cursor.ts';
import { boundedText, type VariableTable } from './variables.ts';

export class Texts {
  readonly #tokens: Cursor;
  readonly #variables: VariableTable;
  readonly #isActive: () => boolean;

  /** `isActive`: whether the present statements count; in those that do not, no variable is asked for. */
  constructor(tokens: Cursor, variables: VariableTable, isActive: () => boolean) {
    this.#tokens = tokens;
    this.#variables = variables;
    this.#isActive = isActive;
  }

  /** The bar is one of Windows, and belongs to the name here. */
  name(what: string): string {
    let name = this.joined(what);
    while (this.#tokens.accept('|')) {
      name += `|${this.joined(what)}`;
      boundedText(name, this.#tokens.placeOf(this.#tokens.peek()), 'name');
    }
    return name;
  }

  /** Strings that follow one another are one, without the blanks between them. */
  joined(what: string): string {
    let text = this.one(what);
    for (
      let token = this.#tokens.peek();
      token?.kind === 'string' || this.#tokens.isSign('$');
      token = this.#tokens.peek()
    ) {
      text += this.one(what);
      boundedText(text, this.#tokens.placeOf(token));
    }
    return text;
  }

  one(what: string): string {
    const token = this.#tokens.peek();
    if (token?.kind === 'string') {
      this.#tokens.skip();
      const isPlain = !token.isQuoted || token.isGlobal || !this.#isActive();
      return isPlain ? token.text : this.#variables.substituted(token.text, this.#tokens.placeOf(token));
    }
    if (!this.#tokens.accept('$')) {
      throw mistake(this.#tokens.placeOf(token), `${what} needs a text before ${describe(token)}`);
    }
    this.#tokens.expect('(', 'a variable');
    const name = this.#tokens.peek();
    if (name?.kind !== 'string') throw mistake(this.#tokens.placeOf(name), `$( needs the name of a variable`);
    this.#tokens.skip();
    this.#tokens.expect(')', 'a variable');
    return this.#isActive() ? this.#variables.value(name.text, this.#tokens.placeOf(name)) : '';
  }
}
