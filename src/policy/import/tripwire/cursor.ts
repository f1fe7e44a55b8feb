/** Goes through the words of a policy of Tripwire, and says where one is missing. */
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';
import type { Directive, Punctuation, Token } from './tokens.ts';

export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #file: string;
  #at = 0;

  constructor(tokens: readonly Token[], file: string) {
    this.#tokens = tokens;
    this.#file = file;
  }

  get position(): number {
    return this.#at;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  skip(count = 1): void {
    this.#at += count;
  }

  /** Of the last one where there is none. */
  placeOf(token: Token | undefined): Place {
    return { file: this.#file, line: (token ?? this.#tokens.at(-1))?.line ?? 1 };
  }

  isSign(sign: Punctuation): boolean {
    const token = this.peek();
    return token?.kind === 'sign' && token.sign === sign;
  }

  accept(sign: Punctuation): boolean {
    const isThere = this.isSign(sign);
    if (isThere) this.skip();
    return isThere;
  }

  acceptDirective(name: Directive): boolean {
    const token = this.peek();
    const isThere = token?.kind === 'directive' && token.name === name;
    if (isThere) this.skip();
    return isThere;
  }

  /** Throws a UserError when another word is there. */
  expect(sign: Punctuation, what: string): void {
    if (this.accept(sign)) return;
    const token = this.peek();
    throw mistake(this.placeOf(token), `${what} needs a '${sign}' before ${describe(token)}`);
  }

  /** The words from a position to here as they were written, without the blanks between them. */
  sourceSince(position: number): string {
    return this.#tokens
      .slice(position, this.#at)
      .map((token) => (token.kind === 'string' ? token.text : token.kind === 'sign' ? token.sign : ''))
      .join('');
  }
}

/** A word, for a message. */
export function describe(token: Token | undefined): string {
  switch (token?.kind) {
    case undefined:
      return 'the end of the file';
    case 'sign':
      return `'${token.sign}'`;
    case 'string':
      return `'${shown(token.text)}'`;
    case 'directive':
      return `@@${token.name}`;
    case 'global':
      return '@@section GLOBAL';
    default:
      return token satisfies never;
  }
}
