/**
 * Holds the content of a policy file to its shape: what is wrong becomes problems with positions, unknown keys before
 * missing ones, and what is right remains, so that the rest can be judged in the same run.
 */
import { type Document, isScalar, type Node } from 'yaml';
import type * as z from 'zod/mini';
import { printableText } from '../model/bytes.ts';
import { textStart } from '../model/excerpt.ts';
import { type ContentPath, findNode, valueAt } from './content-nodes.ts';
import { isMeantToSelect, unknownKey } from './key-hints.ts';
import type { Position } from './problems.ts';
import { type PolicyFile, policySchema } from './schema.ts';
import { nearest } from './suggest.ts';
import { meantName, valueHint } from './value-hints.ts';
import { pruned } from './well-formed.ts';

type Issue = z.core.$ZodIssue;

/** Each is looked for in the whole text; nobody reads more. */
const MOST_REPORTED = 100;

/** Characters of a value that was written where another was expected. */
const LONGEST_VALUE = 60;

function keyOf(path: ContentPath): string {
  return path.findLast((step) => typeof step === 'string') ?? 'the policy';
}

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

/**
 * Of a value that is none of several forms, what is wrong with it in the form that it has; the issue itself where it
 * has none of them.
 */
function inItsForm(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.find((branch) => branch.length > 0 && branch.every(({ path }) => path.length > 0));
  if (inside === undefined) return [issue];
  return inside.flatMap((inner) => inItsForm({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Unknown keys first: what is missing may be what they were meant to be. */
const ORDER = { unknown: 0, wrong: 1, missing: 2 } as const;

interface Told {
  readonly position: Position;
  readonly message: string;
  readonly hint: string | undefined;
}

interface Complaint extends Told {
  readonly rank: number;
}

function inOrder(left: Complaint, right: Complaint): number {
  const { line, column } = left.position;
  return left.rank - right.rank || line - right.position.line || column - right.position.column;
}

export class ContentCheck {
  readonly #document: Document;
  readonly #content: unknown;
  readonly #report: (position: Position, message: string, hint?: string) => void;
  readonly #positionOf: (node: Node | undefined) => Position;

  constructor(
    document: Document,
    content: unknown,
    report: (position: Position, message: string, hint?: string) => void,
    positionOf: (node: Node | undefined) => Position,
  ) {
    this.#document = document;
    this.#content = content;
    this.#report = report;
    this.#positionOf = positionOf;
  }

  /** The content as far as it has the shape; undefined when too little is left. */
  run(): PolicyFile | undefined {
    const result = policySchema.safeParse(this.#content);
    if (result.success) return result.data;
    const issues = result.error.issues.flatMap(inItsForm);
    const ranked = issues.map((issue) => ({ issue, rank: ORDER[this.#kindOf(issue)] }));
    const found: Complaint[] = [];
    for (const { issue, rank } of ranked.sort((left, right) => left.rank - right.rank)) {
      if (found.length >= MOST_REPORTED) break;
      found.push(...this.#complaints(issue).map((told) => ({ ...told, rank })));
    }
    for (const { position, message, hint } of found.sort(inOrder)) this.#report(position, message, hint);
    return policySchema.safeParse(pruned(this.#content, issues, isMeantToSelect)).data;
  }

  #kindOf(issue: Issue): keyof typeof ORDER {
    if (issue.code === 'unrecognized_keys') return 'unknown';
    return valueAt(this.#content, issue.path as ContentPath) === undefined ? 'missing' : 'wrong';
  }

  #complaints(issue: Issue): readonly Told[] {
    // Keys of YAML are strings or numbers; a symbol cannot come from there.
    const path = issue.path as ContentPath;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.slice(0, MOST_REPORTED).map((key) => this.#unknownKey(path, key));
    if (issue.code === 'invalid_value') return [this.#wrongName(path, issue.message, issue.values.map(String))];
    return [this.#wrongValue(path, issue.message)];
  }

  #unknownKey(path: ContentPath, key: string): Told {
    const { message, hint } = unknownKey(path.join('.'), key);
    const { key: node } = findNode(this.#document, [...path, key]);
    return { position: this.#positionOf(node), message: `unknown key '${printableText(key)}'${message}`, hint };
  }

  #wrongName(path: ContentPath, message: string, allowed: readonly string[]): Told {
    const value = valueAt(this.#content, path);
    const suggestion = typeof value === 'string' ? (meantName(value, allowed) ?? nearest(value, allowed)) : undefined;
    return this.#wrongValue(path, suggestion === undefined ? message : `${message} (did you mean '${suggestion}'?)`);
  }

  #wrongValue(path: ContentPath, wanted: string): Told {
    const value = valueAt(this.#content, path);
    const { key, value: node } = findNode(this.#document, path);
    const name = keyOf(path);
    if (value === undefined) {
      const message = `the key '${name}' is missing: it ${wanted}`;
      return { position: this.#positionOf(node), message, hint: undefined };
    }
    const written = isScalar(node) && node.source !== undefined ? node.source : describeValue(value);
    // A key without a value has no node of its own: point at the key.
    const position = this.#positionOf(value === null ? (key ?? node) : node);
    const isSecret = mayBeSecret(name, value);
    const hint = isSecret ? undefined : valueHint(name, value, written, (other) => this.#isValid(path, other));
    const found = isSecret ? '' : `, but is ${describeValue(value)}`;
    return { position, message: `'${name}' ${wanted}${found}`, hint };
  }

  /** Whether another value would be right at the place: asked of it alone, whatever stands around it. */
  #isValid(path: ContentPath, value: unknown): boolean {
    const alone = path.reduceRight<unknown>(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      value,
    );
    const place = path.map((step) => (typeof step === 'number' ? 0 : step)).join('.');
    const issues = policySchema.safeParse(alone).error?.issues.flatMap(inItsForm) ?? [];
    return !issues.some((issue) => `${issue.path.join('.')}.`.startsWith(`${place}.`));
  }
}
