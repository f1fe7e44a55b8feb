/**
 * The words of a policy of Tripwire, twpolicy(4): what ends a word, what quotes and escapes mean, and which directives
 * stand at the start of a line. It knows no grammar. Text has one character a byte.
 */
import { mistake, shown } from '../mistake.ts';

export type Punctuation = '->' | '{' | '}' | '(' | ')' | '!' | ';' | ',' | '|' | '||' | '$' | '=';
const DIRECTIVES = ['section', 'ifhost', 'else', 'endif', 'error', 'print'] as const;
export type Directive = (typeof DIRECTIVES)[number];

interface OnLine {
  /** Counts from 1. */
  readonly line: number;
}

export type Token = OnLine &
  (
    | { readonly kind: 'sign'; readonly sign: Punctuation }
    /** In quotes, what looks like a variable is one, but not in the section GLOBAL. */
    | { readonly kind: 'string'; readonly text: string; readonly isQuoted: boolean; readonly isGlobal: boolean }
    | { readonly kind: 'directive'; readonly name: Directive }
    /** `@@section GLOBAL`: until the next section there are assignments only. */
    | { readonly kind: 'global' }
  );

// A policy of ten thousand rules has fewer.
const MAX_TOKENS = 200_000;

const BLANK = /[ \t\r]+|#[^\n]*|\\\n|\n/y;
const DIRECTIVE = /@@[ \t\r]*(section|ifhost|else|endif|error|print|end)/y;
const GLOBAL = /[ \t\r]*(?:global|GLOBAL)(?![^!{}>()\n\r\t ,;=$#|"])/y;
const WORD = /[^!{}>()\n\r\t ,;=$#|"]+/y;
const QUOTED = /"((?:[^\\"\n]|\\[^\n])*)"/y;
const SIGN = /->|\|\||[{}()!;,|$=]/y;
const GLOBAL_SIGN = /[;=]/y;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  v: '\v',
  b: '\b',
  r: '\r',
  f: '\f',
  a: '\x07',
};

class Tokenizer {
  readonly #text: string;
  readonly #file: string;
  readonly tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #isLineStart = true;
  #isGlobal = false;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  run(): readonly Token[] {
    while (this.#at < this.#text.length) {
      const blank = this.#take(BLANK);
      if (blank !== undefined) {
        if (blank.endsWith('\n')) {
          this.#line += 1;
          this.#isLineStart = true;
        }
        continue;
      }
      const directive = this.#isLineStart ? this.#directive() : undefined;
      if (directive === 'end') break;
      if (directive === undefined) this.#token();
      this.#isLineStart = false;
    }
    return this.tokens;
  }

  /** What a pattern matches here, or its first group. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found[1] ?? found[0];
  }

  /** Takes the directive that stands here, if one does. */
  #directive(): Directive | 'end' | undefined {
    const start = this.#at;
    const name = this.#take(DIRECTIVE);
    const known = name === 'end' ? name : DIRECTIVES.find((one) => one === name);
    // What goes on as a word is no directive.
    if (known === undefined || this.#goesOn()) {
      this.#at = start;
      return undefined;
    }
    if (known === 'end') return known;
    if (known === 'section' && !this.#isGlobal && this.#take(GLOBAL) !== undefined) {
      this.#isGlobal = true;
      this.tokens.push({ kind: 'global', line: this.#line });
      return known;
    }
    if (known === 'section') this.#isGlobal = false;
    else if (this.#isGlobal && known !== 'print') throw this.#mistakeInGlobal();
    this.tokens.push({ kind: 'directive', name: known, line: this.#line });
    return known;
  }

  #goesOn(): boolean {
    WORD.lastIndex = this.#at;
    return WORD.test(this.#text);
  }

  #token(): void {
    const line = this.#line;
    const place = { file: this.#file, line };
    if (this.tokens.length >= MAX_TOKENS) throw mistake(place, `more than ${MAX_TOKENS} words`);
    // The longest wins: an arrow is only seen where no word ends in its dash.
    const sign = this.#take(this.#isGlobal ? GLOBAL_SIGN : SIGN);
    if (sign !== undefined) {
      // The pattern lets nothing else through.
      this.tokens.push({ kind: 'sign', sign: sign as Punctuation, line });
      return;
    }
    const word = this.#take(WORD);
    if (word !== undefined) {
      if (this.#isLineStart && word.startsWith('@@')) {
        throw mistake(place, `Tripwire has no directive ${shown(word)}`);
      }
      this.#string(word, false);
      return;
    }
    const quoted = this.#take(QUOTED);
    if (quoted !== undefined) {
      this.#string(this.#unescaped(quoted), true);
      return;
    }
    if (this.#isGlobal) throw this.#mistakeInGlobal();
    const character = this.#text.charAt(this.#at);
    if (character === '"') throw mistake(place, 'the quote that ends this string is missing in its line');
    throw mistake(
      place,
      `'${shown(character)}' has no meaning here: an arrow stands between blanks, names need quotes`,
    );
  }

  #string(text: string, isQuoted: boolean): void {
    if (text.includes('\0')) throw mistake({ file: this.#file, line: this.#line }, 'a string cannot hold a NUL byte');
    this.tokens.push({ kind: 'string', text, isQuoted, isGlobal: this.#isGlobal, line: this.#line });
  }

  #mistakeInGlobal(): Error {
    return mistake(
      { file: this.#file, line: this.#line },
      'in the section GLOBAL there are assignments only: name = value;',
    );
  }

  /** Escapes as in C: \n, \ooo, \xhh, \uhhhh up to ff. Before any other character a backslash is taken away. */
  #unescaped(text: string): string {
    const escapes = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})?|([0-7]{1,3})|([\s\S]))/g;
    return text.replaceAll(escapes, (sequence, hex?: string, wide?: string, octal?: string, other?: string) => {
      if (other !== undefined) return ESCAPES[other] ?? other;
      const digits = hex ?? wide;
      const value = octal === undefined ? Number.parseInt(digits ?? '', 16) : Number.parseInt(octal, 8) & 0xff;
      if (Number.isNaN(value) || value > 0xff) {
        throw mistake(
          { file: this.#file, line: this.#line },
          `'${shown(sequence)}' is no character: \\u0001 to \\u00ff`,
        );
      }
      return String.fromCharCode(value);
    });
  }
}

/** Throws a UserError with file and line for what is no word. */
export function tokenize(text: string, file: string): readonly Token[] {
  return new Tokenizer(text, file).run();
}
