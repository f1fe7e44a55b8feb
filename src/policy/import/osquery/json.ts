/**
 * Reads the JSON of osquery with the line of each value. As osquery does, it leaves out lines that begin with `#` or
 * `//`; comments elsewhere and a comma before a closing bracket are taken too.
 */
import { mistake, shown } from '../mistake.ts';

export type JsonValue =
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly JsonValue[]; readonly line: number }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonValue>; readonly line: number }
  | { readonly kind: 'other'; readonly line: number };

const DEEPEST = 64;

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

const BLANKS = /(?:\s+|\/\/[^\n]*|#[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y;

class JsonReader {
  readonly #content: string;
  readonly #file: string;
  #at = 0;
  #line = 1;
  #depth = 0;

  constructor(content: string, file: string) {
    this.#content = content.startsWith('\xef\xbb\xbf') ? content.slice(3) : content;
    this.#file = file;
  }

  read(): JsonValue {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#content.length) this.#fail('something follows the end of the configuration');
    return value;
  }

  #fail(problem: string): never {
    throw mistake({ file: this.#file, line: this.#line }, problem);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#content) ?? [];
    if (found === undefined) return undefined;
    this.#at += found.length;
    for (let at = found.indexOf('\n'); at >= 0; at = found.indexOf('\n', at + 1)) this.#line += 1;
    return found;
  }

  #skip(): void {
    this.#match(BLANKS);
  }

  #accept(sign: string): boolean {
    this.#skip();
    const isThere = this.#content[this.#at] === sign;
    if (isThere) this.#at += 1;
    return isThere;
  }

  #value(): JsonValue {
    this.#skip();
    const line = this.#line;
    if (this.#accept('{')) return { kind: 'object', members: this.#inside(() => this.#members()), line };
    if (this.#accept('[')) return { kind: 'list', items: this.#inside(() => this.#items()), line };
    if (this.#content[this.#at] === '"') return { kind: 'text', text: this.#string(), line };
    if (this.#match(/-?[0-9][0-9.eE+-]{0,40}|true|false|null/y) !== undefined) return { kind: 'other', line };
    const next = this.#content.slice(this.#at, this.#at + 20);
    return this.#fail(next === '' ? 'the configuration ends where a value is missing' : `no value: '${shown(next)}'`);
  }

  #inside<Result>(read: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.#fail(`values nest more than ${DEEPEST} deep`);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #members(): ReadonlyMap<string, JsonValue> {
    const members = new Map<string, JsonValue>();
    while (!this.#accept('}')) {
      this.#skip();
      if (this.#content[this.#at] !== '"') this.#fail("a name in quotes or '}' is missing");
      const name = this.#string();
      if (!this.#accept(':')) this.#fail(`':' is missing behind '${shown(name)}'`);
      if (members.has(name)) this.#fail(`'${shown(name)}' stands twice`);
      members.set(name, this.#value());
      if (!this.#accept(',') && !this.#isNext('}')) this.#fail("',' or '}' is missing");
    }
    return members;
  }

  #items(): readonly JsonValue[] {
    const items: JsonValue[] = [];
    while (!this.#accept(']')) {
      items.push(this.#value());
      if (!this.#accept(',') && !this.#isNext(']')) this.#fail("',' or ']' is missing");
    }
    return items;
  }

  #isNext(sign: string): boolean {
    this.#skip();
    return this.#content[this.#at] === sign;
  }

  #string(): string {
    const raw = this.#match(/"(?:[^"\\\n]|\\[^\n])*"/y) ?? this.#fail('a text in quotes has no end in its line');
    return raw
      .slice(1, -1)
      .replaceAll(/\\(u[0-9A-Fa-f]{4}(?:\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})?|[\s\S])/g, (_, written: string) => {
        if (written.length > 1) {
          const units = written.match(/[0-9A-Fa-f]{4}/g)?.map((digits) => Number.parseInt(digits, 16)) ?? [];
          return Buffer.from(String.fromCharCode(...units), 'utf8').toString('latin1');
        }
        return ESCAPES[written] ?? this.#fail(`'\\${shown(written)}' is no escape of JSON`);
      });
  }
}

/** The value of a file, texts with one character a byte. Throws a UserError that says where it is no JSON. */
export function readJson(content: string, file: string): JsonValue {
  return new JsonReader(content, file).read();
}
