/**
 * A policy file as it was written: YAML text to checked content with positions. It knows the shape of a policy but not
 * what its names mean, and reads no files.
 */
import { type Document, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { printableText } from '../model/bytes.ts';
import { errorMessage } from '../model/errors.ts';
import { shellWord } from '../model/shell-word.ts';
import { ContentCheck } from './content-check.ts';
import { type ContentPath, findNode } from './content-nodes.ts';
import { foreignProgram } from './foreign-text.ts';
import type { PolicyProblems, Position } from './problems.ts';
import type { PolicyFile } from './schema.ts';
import { yamlBudget, yamlExcess } from './yaml-bounds.ts';
import { complaintsOf, mended } from './yaml-complaints.ts';

export interface PolicyDocument {
  /** Name of the file, or builtin:NAME. */
  readonly source: string;
  readonly content: PolicyFile;
  /** Where the value stands, or the nearest thing around it. */
  readonly positionOf: (path: ContentPath) => Position;
  /** Where the key of the value stands. */
  readonly keyPositionOf: (path: ContentPath) => Position;
}

// Aliases are of use in a policy, but each may double what the one before it stands for.
const MAX_ALIASES = 100;

/** Tries to get at what stands behind text without quotes. */
const MOST_PARSES = 4;

const START: Position = { line: 1, column: 1 };

/** A key that stands in its mapping again. */
interface DoubledKey {
  readonly key: Node;
  readonly name: string;
  readonly first: Node;
}

/** Keys that stand in one mapping twice. The parser would compare each with each. */
function doubledKeys(document: Document): readonly DoubledKey[] {
  const found: DoubledKey[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Map<unknown, Node>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const first = seen.get(key.value);
        if (first === undefined) seen.set(key.value, key);
        else found.push({ key, name: String(key.value), first });
      }
    },
  });
  return found;
}

function parse(text: string, lineCounter?: LineCounter): Document {
  const settings = { prettyErrors: false, version: '1.2', logLevel: 'error', uniqueKeys: false } as const;
  return parseDocument(text, lineCounter === undefined ? settings : { lineCounter, ...settings });
}

/** Reads one file, of which `problems` gets to know what is wrong. */
class DocumentReader {
  readonly #source: string;
  readonly #problems: PolicyProblems;
  readonly #lines = new LineCounter();

  constructor(source: string, problems: PolicyProblems) {
    this.#source = source;
    this.#problems = problems;
  }

  read(text: string): PolicyDocument | undefined {
    const document = this.#parse(text);
    if (document === undefined) return undefined;
    if (document.contents === null) {
      this.#report(START, "the policy is empty: it begins with 'version: 1'");
      return undefined;
    }
    for (const { key, name, first } of doubledKeys(document)) {
      const { line } = this.#positionOf(first);
      const what = `the key '${printableText(name)}' stands here twice, first in line ${line}`;
      this.#problems.addLine(this.#source, this.#positionOf(key), what, 'one key has one value: join them or drop one');
    }
    const content = this.#contentOf(document);
    if (content === undefined) return undefined;
    const positionOf = (node: Node | undefined) => this.#positionOf(node);
    const checked = new ContentCheck(
      document,
      content.value,
      (...problem) => this.#report(...problem),
      positionOf,
    ).run();
    if (checked === undefined) return undefined;
    return {
      source: this.#source,
      content: checked,
      positionOf: (path) => positionOf(findNode(document, path).value),
      keyPositionOf: (path) => positionOf(findNode(document, path).key),
    };
  }

  /** The document, with stand-ins for text that lacks its quotes; undefined when it cannot be told apart. */
  #parse(written: string): Document | undefined {
    let text: string | undefined = written;
    for (let count = 0; text !== undefined && count < MOST_PARSES; count += 1) {
      let document: Document;
      try {
        // Stand-ins leave the lines as they are.
        document = parse(text, count === 0 ? this.#lines : undefined);
      } catch (error) {
        this.#report(START, `not readable as YAML: ${printableText(errorMessage(error))}`);
        return undefined;
      }
      const complaints = complaintsOf(document, text);
      if (complaints.length === 0) return document;
      for (const { offset, message, hint } of complaints) {
        this.#problems.addLine(this.#source, this.#at(offset), message, hint);
      }
      text = mended(text, complaints);
    }
    return undefined;
  }

  #contentOf(document: Document): { readonly value: unknown } | undefined {
    try {
      return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
    } catch (error) {
      const isBomb = error instanceof ReferenceError && error.message.startsWith('Excessive');
      const message = isBomb ? `aliases stand for more than ${MAX_ALIASES} copies` : printableText(errorMessage(error));
      this.#report(START, message.charAt(0).toLowerCase() + message.slice(1));
      return undefined;
    }
  }

  #report(position: Position, message: string, hint?: string): void {
    this.#problems.add(this.#source, position, message, hint);
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #positionOf(node: Node | undefined): Position {
    return node?.range ? this.#at(node.range[0]) : START;
  }
}

/**
 * Reads the text of one policy file. What is wrong goes into `problems`; what is right of it remains, to be judged too.
 * `budget` is what the files of one policy share.
 */
export function readDocument(
  source: string,
  text: string,
  problems: PolicyProblems,
  budget = yamlBudget(),
): PolicyDocument | undefined {
  const foreign = foreignProgram(text);
  if (foreign !== undefined) {
    const hint = `integ policy import --from ${foreign.program} ${shellWord(printableText(source))}`;
    problems.add(source, START, `this is a configuration of ${foreign.name}, not a policy of integ`, hint);
    return undefined;
  }
  const excess = yamlExcess(text, budget);
  if (excess !== undefined) {
    const before = text.slice(0, excess.offset).split('\n');
    const position = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
    problems.add(source, position, excess.problem, 'write less, or split what is generated into rules with patterns');
    return undefined;
  }
  return new DocumentReader(source, problems).read(text);
}
