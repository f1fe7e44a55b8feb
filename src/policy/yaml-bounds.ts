/**
 * Looks at the words of a YAML text before a parser does, which descends by recursion and takes for some texts of a
 * megabyte a minute: how many there are, and how deep they nest. Far beyond what a policy needs, and it takes one pass.
 */
import { CST, Lexer } from 'yaml';

/** Words and the blanks between them, in a policy with all that it includes: ten thousand rules have fewer. */
const MOST_WORDS = 400_000;
const DEEPEST = 64;
/** Of each kind that a policy can do without. */
const MOST_ODDITIES = 200;

/** What may still come; shared by the files of one policy. */
export interface YamlBudget {
  words: number;
}

export function yamlBudget(): YamlBudget {
  return { words: MOST_WORDS };
}

interface Excess {
  /** Where it begins to be too much, in UTF-16 units. */
  readonly offset: number;
  readonly problem: string;
}

type Indicator = 'item' | 'key';

/** How deep the collections nest that are told by their indentation. */
class Indentation {
  readonly #open: { readonly column: number; readonly kind: Indicator }[] = [];

  get depth(): number {
    return this.#open.length;
  }

  /** An item of a list, or a key, begins in a column; a list may stand in the very column of its key. */
  enter(column: number, kind: Indicator): void {
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      const isOver = top.column > column || (top.column === column && top.kind === 'item' && kind === 'key');
      if (!isOver) break;
      this.#open.pop();
    }
    const top = this.#open.at(-1);
    if (top === undefined || top.column < column || top.kind !== kind) this.#open.push({ column, kind });
  }
}

const ODDITIES: ReadonlySet<string> = new Set([
  'tag',
  'anchor',
  'alias',
  'explicit-key-ind',
  'directive-line',
  'doc-end',
]);

class Scan {
  readonly #blocks = new Indentation();
  readonly #odd = new Map<string, number>();
  #flow = 0;
  #lineStart = 0;
  /** Where what may be a key begins; undefined behind a blank or an indicator. */
  #keyStart: number | undefined;

  /** What is too much with this word. */
  take(type: string, source: string, offset: number): string | undefined {
    const column = offset - this.#lineStart;
    switch (type) {
      case 'flow-seq-start':
      case 'flow-map-start':
        this.#flow += 1;
        break;
      case 'flow-seq-end':
      case 'flow-map-end':
        this.#flow = Math.max(0, this.#flow - 1);
        break;
      case 'seq-item-ind':
      case 'explicit-key-ind':
        if (this.#flow === 0) this.#blocks.enter(column, type === 'seq-item-ind' ? 'item' : 'key');
        break;
      case 'map-value-ind':
        if (this.#flow === 0) this.#blocks.enter(this.#keyStart ?? column, 'key');
        break;
    }
    this.#follow(type, source, offset, column);
    if (this.#flow + this.#blocks.depth > DEEPEST) return `lists and mappings nest more than ${DEEPEST} deep`;
    if (!ODDITIES.has(type)) return undefined;
    const count = (this.#odd.get(type) ?? 0) + 1;
    this.#odd.set(type, count);
    return count > MOST_ODDITIES ? `more than ${MOST_ODDITIES} tags, anchors, aliases and the like` : undefined;
  }

  #follow(type: string, source: string, offset: number, column: number): void {
    const newline = source.lastIndexOf('\n');
    if (newline >= 0) {
      this.#lineStart = offset + newline + 1;
      this.#keyStart = undefined;
    } else if (type === 'seq-item-ind' || type === 'explicit-key-ind') {
      this.#keyStart = undefined;
    } else if (type !== 'space') {
      this.#keyStart ??= column;
    }
  }
}

/** Where a text is more than a policy can be; undefined for any that a parser may be given. */
export function yamlExcess(text: string, budget: YamlBudget): Excess | undefined {
  const scan = new Scan();
  let offset = 0;
  let isScalar = false;
  for (const source of new Lexer().lex(text)) {
    const type: string = isScalar ? 'scalar' : (CST.tokenType(source) ?? 'error');
    // These three stand for no text: what comes next is a scalar, or a document begins or a list ends unexpectedly.
    const isMark = !isScalar && (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end');
    isScalar = !isScalar && type === 'scalar';
    if (isMark) continue;
    budget.words -= 1;
    const problem = budget.words < 0 ? `more than ${MOST_WORDS} words in one policy` : scan.take(type, source, offset);
    if (problem !== undefined) return { offset, problem };
    offset += source.length;
  }
  return undefined;
}
