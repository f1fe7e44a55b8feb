/**
 * Reads a policy of Tripwire, twpolicy(4): variables, blocks of attributes, conditions and sections. It gives the
 * points at which rules start and stop in the order of the file, and decides nothing about them.
 */
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';
import { Attributes } from './attributes.ts';
import { Cursor, describe } from './cursor.ts';
import { absolutePath, type Point, Points, wildcardRemark } from './points.ts';
import { readMask } from './properties.ts';
import { Texts } from './texts.ts';
import { type Directive, type Token, tokenize } from './tokens.ts';
import { emptyVariable, VariableTable } from './variables.ts';

// Deeper than anybody writes, and less than the stack takes.
const MAX_DEPTH = 64;
// Of a line with many rules; what is shown of one.
const LONGEST_LINE = 4096;

interface Branch {
  readonly isOuterActive: boolean;
  isActive: boolean;
}

class PolicyReader {
  readonly #lines: readonly string[];
  readonly #tokens: Cursor;
  readonly #hostName: string;
  readonly #notes: Notes;
  readonly #variables: VariableTable;
  readonly #texts: Texts;
  readonly #points = new Points();
  readonly #branches: Branch[] = [];
  readonly #scopes: Attributes[] = [];
  /** Whether the present section is one for Unix. */
  #isOurs = true;
  /** Whether the section FS was begun, by its name or by a statement before any section. */
  #hasBegun = false;

  constructor(file: string, files: ImportFiles, notes: Notes) {
    const text = files.read(file);
    this.#lines = text.split('\n');
    this.#tokens = new Cursor(tokenize(text, file), file);
    this.#hostName = files.hostName;
    this.#variables = new VariableTable(files);
    this.#texts = new Texts(this.#tokens, this.#variables, () => this.#isActive);
    this.#notes = notes;
  }

  read(): readonly Point[] {
    this.#statements();
    const token = this.#tokens.peek();
    if (token !== undefined)
      throw mistake(this.#tokens.placeOf(token), `${describe(token)} closes nothing that is open`);
    return this.#points.all();
  }

  get #isActive(): boolean {
    return this.#isOurs && (this.#branches.at(-1)?.isActive ?? true);
  }

  /** Up to the end, or to what closes a block or a branch. */
  #statements(): void {
    for (let token = this.#tokens.peek(); token !== undefined; token = this.#tokens.peek()) {
      if (token.kind === 'directive' && (token.name === 'else' || token.name === 'endif')) return;
      if (this.#tokens.isSign('}')) return;
      this.#statement(token);
    }
  }

  #statement(token: Token): void {
    if (token.kind === 'global') {
      this.#section('GLOBAL', token);
    } else if (token.kind === 'directive') {
      this.#tokens.skip();
      this.#directive(token.name, token);
    } else if (this.#tokens.accept('(')) {
      this.#block(token);
    } else if (!this.#tokens.accept(';')) {
      if (this.#tokens.accept('!')) this.#stop(token);
      else if (this.#isAssignment()) this.#assignment(token);
      else this.#start(token);
      this.#tokens.expect(';', 'the statement that begins in this line or above');
    }
  }

  #directive(name: Directive, token: Token): void {
    switch (name) {
      case 'section':
        this.#section(this.#texts.one('@@section'), token);
        return;
      case 'ifhost':
        this.#condition(token);
        return;
      case 'print':
      case 'error': {
        const isActive = this.#isActive;
        const text = this.#texts.one(`@@${name}`);
        if (!isActive) return;
        if (name === 'error')
          throw mistake(this.#tokens.placeOf(token), `Tripwire ends here: @@error "${shown(text)}"`);
        this.#notes.add('@@print is not carried over', this.#tokens.placeOf(token));
        return;
      }
      case 'else':
      case 'endif':
        throw mistake(this.#tokens.placeOf(token), `this @@${name} belongs to no @@ifhost`);
      default:
        name satisfies never;
    }
  }

  #section(name: string, token: Token): void {
    const place = this.#tokens.placeOf(token);
    if (token.kind === 'global') {
      this.#tokens.skip();
      return;
    }
    if (this.#branches.length > 0 || this.#scopes.length > 0) {
      throw mistake(place, 'a section begins outside of every block and condition');
    }
    this.#isOurs = name.toUpperCase() === 'FS';
    if (!this.#isOurs) {
      this.#notes.add(`the section ${name} is skipped, as by Tripwire on this system`, place);
      return;
    }
    if (this.#hasBegun || this.#variables.wereUsed)
      throw mistake(place, 'the section FS was begun above: Tripwire takes it once');
    this.#hasBegun = true;
  }

  #condition(token: Token): void {
    const isOuterActive = this.#isActive;
    let holds = false;
    do {
      holds = this.#texts.one('@@ifhost').toLowerCase() === this.#hostName.toLowerCase() || holds;
    } while (this.#tokens.accept('||'));
    this.#enter(token);
    this.#branches.push({ isOuterActive, isActive: isOuterActive && holds });
    this.#statements();
    if (this.#tokens.acceptDirective('else')) {
      this.#branches.pop();
      this.#branches.push({ isOuterActive, isActive: isOuterActive && !holds });
      this.#statements();
    }
    if (!this.#tokens.acceptDirective('endif')) {
      throw mistake(
        this.#tokens.placeOf(token),
        'the @@endif of this @@ifhost is missing, or a block within it is not closed',
      );
    }
    this.#branches.pop();
  }

  #enter(token: Token): void {
    if (this.#branches.length + this.#scopes.length >= MAX_DEPTH) {
      throw mistake(this.#tokens.placeOf(token), `blocks and conditions nest more than ${MAX_DEPTH} deep`);
    }
  }

  #block(token: Token): void {
    const outer = this.#scopes.at(-1) ?? new Attributes();
    const attributes = this.#attributes().within(outer);
    this.#tokens.expect('{', 'a list of attributes that holds for several rules');
    this.#enter(token);
    this.#scopes.push(attributes);
    this.#statements();
    this.#scopes.pop();
    if (!this.#tokens.accept('}'))
      throw mistake(this.#tokens.placeOf(token), "the '}' of the block that begins here is missing");
  }

  /** Behind the opening parenthesis, up to the closing one. */
  #attributes(): Attributes {
    const attributes = new Attributes();
    do {
      if (this.#tokens.isSign(')') && !attributes.isEmpty) break;
      const place = this.#tokens.placeOf(this.#tokens.peek());
      const name = this.#texts.one('a list of attributes');
      this.#tokens.expect('=', `the attribute ${shown(name)}`);
      const value = this.#texts.joined(`the attribute ${shown(name)}`);
      // What is skipped may ask for variables that are not there.
      attributes.set(name, value, place, this.#isActive);
    } while (this.#tokens.accept(','));
    this.#tokens.expect(')', 'a list of attributes');
    return attributes;
  }

  #isAssignment(): boolean {
    const [name, equals] = [this.#tokens.peek(), this.#tokens.peek(1)];
    return name?.kind === 'string' && equals?.kind === 'sign' && equals.sign === '=';
  }

  #assignment(token: Token): void {
    const isGlobal = token.kind === 'string' && token.isGlobal;
    const name = token.kind === 'string' ? token.text : '';
    this.#tokens.skip(2);
    if (this.#tokens.isSign(';')) throw mistake(this.#tokens.placeOf(token), emptyVariable(name));
    const value = this.#texts.joined(`the variable ${shown(name)}`);
    if (isGlobal) {
      this.#variables.setGlobal(name, value);
      return;
    }
    if (!this.#isActive) return;
    this.#hasBegun = true;
    this.#variables.setLocal(name, value, this.#tokens.placeOf(token));
  }

  #stop(token: Token): void {
    const isActive = this.#isActive;
    const path = this.#texts.name('a stop point');
    if (!isActive) return;
    const place = this.#tokens.placeOf(token);
    this.#add({ kind: 'stop', path: absolutePath(path, place), place, written: this.#written(place) });
  }

  #start(token: Token): void {
    const isActive = this.#isActive;
    const name = this.#texts.name('a rule');
    this.#tokens.expect('->', `the rule for ${shown(name)}`);
    const first = this.#tokens.position;
    const mask = this.#texts.joined(`the rule for ${shown(name)}`);
    const written = this.#tokens.sourceSince(first);
    const attributes = this.#tokens.accept('(') ? this.#attributes() : new Attributes();
    if (!isActive) return;
    const place = this.#tokens.placeOf(token);
    const path = absolutePath(name, place);
    const read = readMask(mask);
    if (!read.ok) throw mistake(place, `'${shown(read.problem)}' is no property in the mask of ${shown(name)}`);
    this.#add({
      kind: 'start',
      path,
      letters: read.letters,
      mask: written,
      attributes: attributes.within(this.#scopes.at(-1) ?? new Attributes()),
      place,
      written: this.#written(place),
    });
  }

  #add(point: Point): void {
    this.#hasBegun = true;
    this.#points.add(point);
    const remark = wildcardRemark(point);
    if (remark !== undefined) this.#notes.add(remark, point.place);
  }

  /** Of ASCII blanks only: the text has one character a byte, and A0 may be half of a letter. */
  #written({ line }: Place): string {
    return (this.#lines[line - 1] ?? '')
      .slice(0, LONGEST_LINE)
      .replace(/#.*$/, '')
      .replaceAll(/[ \t\r\f\v]+/g, ' ')
      .replaceAll(/^ | $/g, '');
  }
}

/** Reads a policy. Throws a UserError with file and line for what Tripwire would refuse. */
export function readTripwirePolicy(file: string, files: ImportFiles, notes: Notes): readonly Point[] {
  return new PolicyReader(file, files, notes).read();
}
