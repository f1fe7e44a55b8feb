/**
 * A policy file as it was written: YAML text to checked content with positions. It knows the shape of a policy but not
 * what its names mean, and reads no files.
 */
import { Alias, type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { printableText } from '../model/bytes.ts';
import { errorMessage } from '../model/errors.ts';
import { textStart } from '../model/excerpt.ts';
import { notifySchema, secretSchema, smtpSchema } from './notify-schema.ts';
import type { PolicyProblems, Position } from './problems.ts';
import {
  baselineSchema,
  contentSchema,
  historySchema,
  type PolicyFile,
  policySchema,
  requireSchema,
  ruleSchema,
} from './schema.ts';
import { didYouMean, nearest } from './suggest.ts';
import { yamlBudget, yamlExcess } from './yaml-bounds.ts';

export type ContentPath = readonly (string | number)[];

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

/** Each is looked for in the whole text; nobody reads more. */
const MOST_REPORTED = 20;

const ALLOWED_KEYS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^$/, Object.keys(policySchema.def.shape)],
  [/^baseline$/, Object.keys(baselineSchema.def.shape)],
  [/^history$/, Object.keys(historySchema.def.shape)],
  [/^notify$/, Object.keys(notifySchema.def.shape)],
  ...Object.entries(notifySchema.def.shape).map(
    ([key, { def }]) => [new RegExp(`^notify\\.${key}$`), Object.keys(def.innerType.def.shape)] as const,
  ),
  [/^notify\.email\.smtp$/, Object.keys(smtpSchema.def.shape)],
  [/^notify\.(?:email\.smtp\.password|webhook\.secret)$/, Object.keys(secretSchema.def.shape)],
  [/^rules\.\d+$/, Object.keys(ruleSchema.def.shape)],
  [/^rules\.\d+\.require\.content$/, Object.keys(contentSchema.def.shape)],
  [/^rules\.\d+\.require$/, Object.keys(requireSchema.def.shape)],
];

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

/** Goes down the tree of nodes as far as the path leads. */
function findNode(document: Document, path: ContentPath): Found {
  let key: Node | undefined;
  let value: Node | undefined = document.contents ?? undefined;
  for (const step of path) {
    const inside: Node | undefined = value instanceof Alias ? value.resolve(document) : value;
    let next: unknown;
    if (isMap(inside)) {
      const pair = inside.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      // Keys and values of a parsed document are nodes; a missing value is null.
      key = pair.key as Node;
      next = pair.value;
    } else if (isSeq(inside)) {
      next = inside.items[Number(step)];
    } else {
      break;
    }
    if (next === undefined || next === null) break;
    value = next as Node;
  }
  return { key, value };
}

function keyOf(path: ContentPath): string {
  return path.findLast((step) => typeof step === 'string') ?? 'the policy';
}

/** Characters of a value that was written where another was expected. */
const LONGEST_VALUE = 60;

function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${printableText(textStart(value, LONGEST_VALUE))}'`;
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : String(value);
}

/** Whether somebody may have written a secret here, against the rules: then it is not repeated. */
function mayBeSecret(key: string, value: unknown): boolean {
  return /^(?:password|secret)$/.test(key) || (typeof value === 'string' && /:\/\/[^/]*@/.test(value));
}

/** What to write instead, where YAML took something for a number or the like that is meant as text. */
function quotingHint(key: string, value: unknown, written: string): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint') return undefined;
  return `YAML reads ${written} as ${typeof value === 'boolean' ? 'a truth value' : `the number ${value}`}: write ${key}: '${written}'`;
}

function valueAt(content: unknown, path: ContentPath): unknown {
  let value = content;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    // Any own property may be looked up; what comes out is unknown again.
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Turns schema issues into problems. */
class ContentCheck {
  readonly #document: Document;
  readonly #content: unknown;
  readonly #report: (position: Position, message: string, hint?: string) => void;
  readonly #positionOf: (node: Node | undefined) => Position;
  #reported = 0;

  constructor(
    document: Document,
    content: unknown,
    report: (position: Position, message: string, hint?: string) => void,
    positionOf: (node: Node | undefined) => Position,
  ) {
    this.#document = document;
    this.#content = content;
    this.#report = (position, message, hint) => {
      this.#reported += 1;
      report(position, message, hint);
    };
    this.#positionOf = positionOf;
  }

  run(): PolicyFile | undefined {
    const result = policySchema.safeParse(this.#content);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      if (this.#reported >= MOST_REPORTED) break;
      // Keys of YAML are strings or numbers; a symbol cannot come from there.
      const path = issue.path as ContentPath;
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys.slice(0, MOST_REPORTED)) this.#unknownKey(path, key);
      else if (issue.code === 'invalid_value') this.#wrongName(path, issue.message, issue.values.map(String));
      else this.#wrongValue(path, issue.message);
    }
    return undefined;
  }

  #unknownKey(path: ContentPath, key: string): void {
    const place = path.join('.');
    const allowed = ALLOWED_KEYS.find(([pattern]) => pattern.test(place))?.[1] ?? [];
    const { key: node } = findNode(this.#document, [...path, key]);
    const message = `unknown key '${printableText(key)}'${didYouMean(key, allowed)}; allowed: ${allowed.join(', ')}`;
    this.#report(this.#positionOf(node), message);
  }

  #wrongName(path: ContentPath, message: string, allowed: readonly string[]): void {
    const value = valueAt(this.#content, path);
    const suggestion = typeof value === 'string' ? nearest(value, allowed) : undefined;
    this.#wrongValue(path, suggestion === undefined ? message : `${message} (did you mean '${suggestion}'?)`);
  }

  #wrongValue(path: ContentPath, message: string): void {
    const value = valueAt(this.#content, path);
    const { key, value: node } = findNode(this.#document, path);
    const name = keyOf(path);
    if (value === undefined) {
      this.#report(this.#positionOf(node), `the key '${name}' is missing: it ${message}`);
      return;
    }
    const written = isScalar(node) && node.source !== undefined ? node.source : describeValue(value);
    // A key without a value has no node of its own: point at the key.
    const position = this.#positionOf(value === null ? (key ?? node) : node);
    const hint = quotingHint(name, value, written);
    const isHelpful = hint !== undefined && this.#isValidText(path, written);
    const found = mayBeSecret(name, value) ? '' : `, but is ${describeValue(value)}`;
    this.#report(position, `'${name}' ${message}${found}`, isHelpful ? hint : undefined);
  }

  /** Whether the value would be right if it stood in quotes: asked of it alone, whatever stands around it. */
  #isValidText(path: ContentPath, text: string): boolean {
    const alone = path.reduceRight<unknown>(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      text,
    );
    const place = path.map((step) => (typeof step === 'number' ? 0 : step)).join('.');
    return policySchema.safeParse(alone).error?.issues.every((issue) => issue.path.join('.') !== place) ?? true;
  }
}

/** Keys that stand in one mapping twice. The parser would compare each with each. */
function duplicateKeys(document: Document): readonly Node[] {
  const found: Node[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key);
        seen.add(key.value);
      }
    },
  });
  return found;
}

/**
 * Reads the text of one policy file. What is wrong goes into `problems`; then there is no document. `budget` is what
 * the files of one policy share.
 */
export function readDocument(
  source: string,
  text: string,
  problems: PolicyProblems,
  budget = yamlBudget(),
): PolicyDocument | undefined {
  const lines = new LineCounter();
  const report = (position: Position, message: string, hint?: string) => problems.add(source, position, message, hint);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const start: Position = { line: 1, column: 1 };
  const positionOf = (node: Node | undefined): Position => (node?.range ? at(node.range[0]) : start);

  const excess = yamlExcess(text, budget);
  if (excess !== undefined) {
    const before = text.slice(0, excess.offset).split('\n');
    const position = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
    report(position, excess.problem, 'write less, or split what is generated into rules with patterns');
    return undefined;
  }
  let document: Document;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      version: '1.2',
      logLevel: 'error',
      uniqueKeys: false,
    });
  } catch (error) {
    report(start, `not readable as YAML: ${printableText(errorMessage(error))}`);
    return undefined;
  }
  const complaints = [...document.errors, ...document.warnings];
  for (const complaint of complaints) {
    const message = printableText(complaint.message);
    report(at(complaint.pos[0]), message.charAt(0).toLowerCase() + message.slice(1));
  }
  const duplicates = complaints.length > 0 ? [] : duplicateKeys(document);
  for (const key of duplicates) report(positionOf(key), 'this key stands here twice');
  if (complaints.length + duplicates.length > 0) return undefined;
  if (document.contents === null) {
    report(start, "the policy is empty: it begins with 'version: 1'");
    return undefined;
  }

  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const isBomb = error instanceof ReferenceError && error.message.startsWith('Excessive');
    const message = isBomb ? `aliases stand for more than ${MAX_ALIASES} copies` : printableText(errorMessage(error));
    report(start, message.charAt(0).toLowerCase() + message.slice(1));
    return undefined;
  }
  const checked = new ContentCheck(document, content, report, positionOf).run();
  if (checked === undefined) return undefined;
  return {
    source,
    content: checked,
    positionOf: (path) => positionOf(findNode(document, path).value),
    keyPositionOf: (path) => positionOf(findNode(document, path).key),
  };
}
