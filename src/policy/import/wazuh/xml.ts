/**
 * Reads the XML of Wazuh and OSSEC: elements, attributes, text and comments, several roots in one file. What else XML
 * has is refused: declarations of types and entities, marked sections, references to other than five characters.
 */
import { mistake, shown } from '../mistake.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly XmlElement[];
  /** Between its children, put together. */
  readonly text: string;
  readonly line: number;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const DEEPEST = 64;
const MOST_ELEMENTS = 200_000;
const MOST_ATTRIBUTES = 64;

const REFERENCES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

class XmlReader {
  readonly #content: string;
  readonly #file: string;
  readonly #roots: XmlElement[] = [];
  readonly #open: OpenElement[] = [];
  #at = 0;
  #line = 1;
  #count = 0;

  constructor(content: string, file: string) {
    this.#content = content.startsWith('\xef\xbb\xbf') ? content.slice(3) : content;
    this.#file = file;
  }

  read(): readonly XmlElement[] {
    while (this.#at < this.#content.length) {
      const next = this.#nextMarkup();
      this.#text(this.#take(next < 0 ? this.#content.length : next));
      if (next >= 0) this.#markup();
    }
    const [last] = this.#open.slice(-1);
    if (last !== undefined) this.#fail(`<${shown(last.name)}> of line ${last.line} has no end`);
    return this.#roots;
  }

  /** The programs take a '<' behind a backslash for a character. */
  #nextMarkup(): number {
    let next = this.#content.indexOf('<', this.#at);
    while (next > this.#at && this.#content[next - 1] === '\\') next = this.#content.indexOf('<', next + 1);
    return next;
  }

  #fail(problem: string): never {
    throw mistake({ file: this.#file, line: this.#line }, problem);
  }

  /** What lies before a position, which is then the present one. */
  #take(end: number): string {
    const taken = this.#content.slice(this.#at, end);
    this.#at = end;
    for (let at = taken.indexOf('\n'); at >= 0; at = taken.indexOf('\n', at + 1)) this.#line += 1;
    return taken;
  }

  /** What lies before a mark, which is taken too. */
  #takeThrough(mark: string, what: string): string {
    const end = this.#content.indexOf(mark, this.#at);
    if (end < 0) this.#fail(`${what} has no end: '${mark}' is missing`);
    const taken = this.#take(end);
    this.#take(end + mark.length);
    return taken;
  }

  #text(raw: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += this.#decoded(raw);
    else if (raw.trim() !== '') this.#fail(`text outside of all elements: '${shown(raw.trim())}'`);
  }

  #decoded(raw: string): string {
    return raw.replaceAll('\\<', '<').replaceAll(/&([A-Za-z#][\w#.-]{0,30});/g, (written, name: string) => {
      if (Object.hasOwn(REFERENCES, name)) return REFERENCES[name] ?? '';
      return this.#fail(`'${shown(written)}' is not read: of entities there are &lt; &gt; &amp; &quot; &apos;`);
    });
  }

  #markup(): void {
    const isNext = (mark: string): boolean => this.#content.startsWith(mark, this.#at);
    if (isNext('<!--')) {
      this.#take(this.#at + 4);
      this.#takeThrough('-->', 'a comment');
    } else if (isNext('<?xml')) {
      this.#takeThrough('?>', 'the declaration');
    } else if (isNext('<!') || isNext('<?')) {
      this.#fail('only elements and comments are read: no DOCTYPE, entity, marked section or instruction');
    } else if (isNext('</')) {
      this.#take(this.#at + 2);
      this.#close(this.#takeThrough('>', 'an end tag').trim());
    } else {
      this.#take(this.#at + 1);
      this.#start();
    }
  }

  #close(name: string): void {
    const element = this.#open.pop();
    if (element?.name !== name) {
      const open = element === undefined ? 'no element is open' : `<${shown(element.name)}> is open`;
      this.#fail(`</${shown(name)}> stands where ${open}`);
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#content) ?? [];
    if (found !== undefined) this.#take(this.#at + found.length);
    return found;
  }

  #start(): void {
    const line = this.#line;
    const name = this.#match(/[A-Za-z_][\w.:-]*/y) ?? this.#fail("'<' stands where no element begins");
    const attributes: [string, string][] = [];
    this.#match(/\s+/y);
    for (let key = this.#match(/[A-Za-z_][\w.:-]*/y); key !== undefined; key = this.#match(/[A-Za-z_][\w.:-]*/y)) {
      attributes.push([key, this.#value(key)]);
      if (attributes.length > MOST_ATTRIBUTES) this.#fail(`more than ${MOST_ATTRIBUTES} attributes`);
      this.#match(/\s+/y);
    }
    const end = this.#match(/\/?>/y) ?? this.#fail(`<${shown(name)} is not closed by '>'`);
    const element: OpenElement = { name, attributes, children: [], text: '', line };
    this.#count += 1;
    if (this.#count > MOST_ELEMENTS) this.#fail(`more than ${MOST_ELEMENTS} elements`);
    (this.#open.at(-1)?.children ?? this.#roots).push(element);
    if (end === '/>') return;
    this.#open.push(element);
    if (this.#open.length > DEEPEST) this.#fail(`elements nest more than ${DEEPEST} deep`);
  }

  #value(key: string): string {
    if (this.#match(/\s*=\s*/y) === undefined) this.#fail(`the attribute ${shown(key)} has no value`);
    const quote = this.#match(/["']/y) ?? this.#fail(`the value of ${shown(key)} needs quotes`);
    const raw = this.#takeThrough(quote, `the value of ${shown(key)}`);
    if (raw.includes('<')) this.#fail(`the value of ${shown(key)} holds a '<'`);
    return this.#decoded(raw);
  }
}

/** The roots of a file, one character a byte. Throws a UserError with the line of what is not read. */
export function readXml(content: string, file: string): readonly XmlElement[] {
  return new XmlReader(content, file).read();
}
