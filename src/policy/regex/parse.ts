/**
 * Reads regular expressions as PCRE writes them, as far as they describe a regular language: what needs memory of what
 * was matched before (back-references, look-around, possessive quantifiers) is refused by name, never approximated.
 * They are over bytes: `.` and `[…]` stand for one byte, a newline among them. It builds a tree and matches nothing.
 */
import { PatternError, shown } from '../braces.ts';
import { isAscii } from '../characters.ts';
import { ANY_BYTE, type ByteSet, byteSet, complement, escapeClass, foldCase, POSIX_CLASSES } from './bytes.ts';

export type RegexNode =
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly items: readonly RegexNode[] }
  /** `max` is Infinity when there is no upper bound. */
  | { readonly kind: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max: number }
  /** Nothing may follow. */
  | { readonly kind: 'end' }
  /** Nothing may stand before. */
  | { readonly kind: 'start' };

// As in PCRE2.
const MAX_REPEAT = 65535;
// The parser descends by recursion.
const MAX_NESTING = 200;
const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };
const QUANTIFIER = /^\{(\d+)(,(\d*))?\}/;
const UTF8_SEQUENCE = /^(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})/;

class Parser {
  readonly #text: string;
  readonly #isForPaths: boolean;
  #at = 0;
  #nesting = 0;
  #ignoreCase = false;

  constructor(text: string, isForPaths: boolean) {
    this.#text = text;
    this.#isForPaths = isForPaths;
  }

  parse(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw this.#wrong('this ) closes nothing: write \\)');
    return node;
  }

  #wrong(problem: string): PatternError {
    return new PatternError(`${problem} (at character ${this.#at + 1})`);
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): RegexNode {
    const items = [this.#sequence()];
    while (this.#takes('|')) items.push(this.#sequence());
    const [only] = items;
    return only !== undefined && items.length === 1 ? only : { kind: 'choice', items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') {
      const atom = this.#atom();
      if (atom !== undefined) items.push(this.#quantified(atom));
    }
    const [only] = items;
    return only !== undefined && items.length === 1 ? only : { kind: 'sequence', items };
  }

  #quantified(atom: RegexNode): RegexNode {
    const bounds = this.#quantifier();
    if (bounds === undefined) return atom;
    // Whether a quantifier takes much or little first makes no difference to whether the whole matches.
    if (!this.#takes('?') && this.#peek() === '+') throw this.#wrong('possessive quantifiers are not in the language');
    if (this.#quantifier() !== undefined) throw this.#wrong('two quantifiers in a row: put the first in parentheses');
    return { kind: 'repeat', item: atom, ...bounds };
  }

  #quantifier(): { readonly min: number; readonly max: number } | undefined {
    if (this.#takes('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#takes('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#takes('?')) return { min: 0, max: 1 };
    const rest = this.#text.slice(this.#at, this.#at + 16);
    // PCRE2 took this for text until 10.42 and takes it for a quantifier since.
    if (/^\{,\d+\}/.test(rest)) throw this.#wrong('write {0,…} with both numbers');
    const [written, least = '', , most] = QUANTIFIER.exec(rest) ?? [''];
    if (written === '') return undefined;
    this.#at += written.length;
    const min = Number(least);
    const max = most === undefined ? min : most === '' ? Number.POSITIVE_INFINITY : Number(most);
    if (max < min) throw this.#wrong('the second number of a quantifier is not below the first');
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
      throw this.#wrong(`a quantifier counts to ${MAX_REPEAT} at most`);
    }
    return { min, max };
  }

  /** One thing that a quantifier may follow; undefined for a setting, which matches nothing by itself. */
  #atom(): RegexNode | undefined {
    const character = this.#peek();
    if (character === '(') return this.#group();
    if (character === '[') return { kind: 'set', set: this.#folded(this.#class()) };
    if (character === '\\') return this.#escape();
    if (/[*+?]/.test(character) || QUANTIFIER.test(this.#text.slice(this.#at, this.#at + 16))) {
      throw this.#wrong(`nothing stands before this ${character} to be repeated`);
    }
    if (this.#takes('.')) return { kind: 'set', set: ANY_BYTE };
    if (this.#takes('$')) return { kind: 'end' };
    if (this.#takes('^')) return { kind: 'start' };
    // A character of several bytes is one thing to repeat.
    const [sequence] = UTF8_SEQUENCE.exec(this.#text.slice(this.#at, this.#at + 4)) ?? [character];
    this.#at += sequence.length;
    return this.#literal(sequence);
  }

  #literal(bytes: string): RegexNode {
    const items: RegexNode[] = [...bytes].map((byte) => ({
      kind: 'set',
      set: this.#folded(byteSet([byte.charCodeAt(0)])),
    }));
    const [only] = items;
    return only !== undefined && items.length === 1 ? only : { kind: 'sequence', items };
  }

  #folded(set: ByteSet): ByteSet {
    return this.#ignoreCase ? foldCase(set) : set;
  }

  #group(): RegexNode | undefined {
    const outside = this.#ignoreCase;
    this.#at += 1;
    if (this.#takes('?') && !this.#takes(':')) {
      const name = /^(?:P?<(?![=!])\w+>|'\w+')/.exec(this.#text.slice(this.#at, this.#at + 64))?.[0];
      if (name !== undefined) this.#at += name.length;
      else if (this.#settings() === ')') return undefined;
    }
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw this.#wrong(`more than ${MAX_NESTING} groups within one another`);
    const node = this.#choice();
    this.#nesting -= 1;
    if (!this.#takes(')')) throw this.#wrong('a ) is missing');
    this.#ignoreCase = outside;
    return node;
  }

  /** `(?i)` holds to the end of the group, `(?i:…)` for what is in it. Returns what ended the letters. */
  #settings(): string {
    const [written, on = '', off = '', end = ''] = /^([is]*)(?:-([is]*))?([:)])/.exec(this.#text.slice(this.#at)) ?? [
      '',
    ];
    if (written === '') throw this.#wrong('this kind of (?…) is not in the language');
    // `s` lets `.` stand for a newline too, as it always does here.
    if (off.includes('s')) throw this.#wrong('(?-s) is not in the language: a newline is a byte like any other');
    this.#at += written.length;
    if (on.includes('i')) this.#ignoreCase = true;
    if (off.includes('i')) this.#ignoreCase = false;
    return end;
  }

  #escape(): RegexNode {
    this.#at += 1;
    const letter = this.#peek();
    if (this.#at >= this.#text.length) throw this.#wrong('the backslash at the end escapes nothing');
    if (letter === 'x') return this.#literal(String.fromCharCode(this.#hexByte()));
    this.#at += 1;
    if (letter === 'A') return { kind: 'start' };
    if (letter === 'z' || letter === 'Z') return { kind: 'end' };
    return this.#escapedByte(letter) ?? this.#escapedSet(letter);
  }

  #escapedByte(letter: string): RegexNode | undefined {
    const control = CONTROLS[letter];
    if (control !== undefined) return { kind: 'set', set: byteSet([control]) };
    return /[A-Za-z0-9]/.test(letter) ? undefined : this.#literal(letter);
  }

  #escapedSet(letter: string): RegexNode {
    const set = escapeClass(letter);
    if (set === undefined) throw this.#wrong(`\\${shown(letter)} is not in the language`);
    return { kind: 'set', set };
  }

  /** `\xHH`: one byte. */
  #hexByte(): number {
    const digits = /^x([0-9A-Fa-f]{2})/.exec(this.#text.slice(this.#at, this.#at + 3))?.[1];
    if (digits === undefined) throw this.#wrong('a byte in hexadecimal is \\x and two digits');
    const byte = Number.parseInt(digits, 16);
    if (byte === 0 && this.#isForPaths) throw this.#wrong('a path cannot hold a NUL byte');
    this.#at += 3;
    return byte;
  }

  #class(): ByteSet {
    this.#at += 1;
    const isNegated = this.#takes('^');
    const bytes = new Set<number>();
    // A ] in the first place is a member.
    for (let isFirst = true; isFirst || this.#peek() !== ']'; isFirst = false) {
      if (this.#at >= this.#text.length) throw this.#wrong('a ] is missing');
      const first = this.#member();
      if (typeof first !== 'number') {
        for (const byte of first) bytes.add(byte);
        continue;
      }
      const last = this.#rangeEnd() ?? first;
      if (last < first) throw this.#wrong('a range runs from the lower to the higher byte');
      for (let byte = first; byte <= last; byte += 1) bytes.add(byte);
    }
    this.#at += 1;
    const set = byteSet(bytes);
    return isNegated ? complement(this.#folded(set)) : set;
  }

  #rangeEnd(): number | undefined {
    if (this.#peek() !== '-' || this.#text.charAt(this.#at + 1) === ']') return undefined;
    this.#at += 1;
    const last = this.#member();
    if (typeof last !== 'number') throw this.#wrong('a range ends with a character');
    return last;
  }

  /** One byte, or a class within the class. */
  #member(): number | ByteSet {
    const posix = /^\[([:.=])(\^?)(\w+)\1\]/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (posix !== null) return this.#posixClass(posix[0], posix[2] === '^', posix[1] === ':' ? (posix[3] ?? '') : '');
    const character = this.#peek();
    this.#at += 1;
    if (character !== '\\') {
      if (!isAscii(character)) throw this.#wrong('a class is of bytes: write characters beyond ASCII as (ä|ö)');
      return character.charCodeAt(0);
    }
    const letter = this.#peek();
    if (letter === 'x') return this.#hexByte();
    this.#at += 1;
    const control = letter === 'b' ? 8 : CONTROLS[letter];
    if (control !== undefined) return control;
    if (letter !== '' && !/[A-Za-z0-9]/.test(letter)) return letter.charCodeAt(0);
    const set = escapeClass(letter);
    if (set === undefined) throw this.#wrong(`\\${shown(letter)} is not in the language`);
    return set;
  }

  #posixClass(written: string, isNegated: boolean, name: string): ByteSet {
    const set = POSIX_CLASSES.get(name);
    if (set === undefined) throw this.#wrong(`${shown(written)} is no class of characters`);
    this.#at += written.length;
    return isNegated ? complement(set) : set;
  }
}

/** Reads a regular expression for paths, given with one character a byte. Throws a PatternError. */
export function parseRegex(text: string): RegexNode {
  return new Parser(text, true).parse();
}

/** The same for lines of files, which may hold NUL bytes as no path does. */
export function parseLineRegex(text: string): RegexNode {
  return new Parser(text, false).parse();
}
