/**
 * The variables of a configuration of AIDE. One that is not defined stands for nothing there; it is remembered, also by
 * what is defined with it, so that nobody takes such a text for what was meant.
 */

interface Value {
  readonly text: string;
  /** Names of variables that were not defined when it was. */
  readonly lacking: ReadonlySet<string>;
}

export class Variables {
  readonly #values = new Map<string, Value>();
  #lacking = new Set<string>();

  /** What is asked for from here on is of another line. Gives the set of what that line asks for and is not defined. */
  beginLine(): ReadonlySet<string> {
    this.#lacking = new Set();
    return this.#lacking;
  }

  /** Of the present line. */
  get lacking(): ReadonlySet<string> {
    return this.#lacking;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  define(name: string, text: string): void {
    this.#values.set(name, { text, lacking: this.#lacking });
  }

  undefine(name: string): void {
    this.#values.delete(name);
  }

  value(name: string): string {
    const value = this.#values.get(name);
    for (const one of value?.lacking ?? [name]) this.#lacking.add(one);
    return value?.text ?? '';
  }
}
