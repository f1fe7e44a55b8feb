/** A rule as text of a policy file: the one form for rules that are proposed, learned or imported. */
import { pathFromLatin1, printable } from '../model/bytes.ts';
import type { Rule } from '../model/rule.ts';
import { commentLines, quoted, quotedBytes } from './yaml-text.ts';

/** A glob or an expression, and the comments beside it; all with one character a byte. */
export interface WrittenPattern {
  readonly text: string;
  /** In lines above it. */
  readonly reason?: string | undefined;
  /** In one line above it, whatever its length. */
  readonly translatedFrom?: string | undefined;
  /** At the end of its line. */
  readonly origin?: string | undefined;
}

export interface WrittenRule {
  /** Printable. */
  readonly name: string;
  /** In lines above the rule; one character a byte. */
  readonly comment?: string;
  /** In lines below its name; one character a byte. */
  readonly evidence?: readonly string[];
  readonly severity?: string | undefined;
  readonly paths: readonly WrittenPattern[];
  readonly match?: readonly WrittenPattern[];
  /** Globs, one character a byte. */
  readonly exclude?: readonly string[];
  /** Empty for all. */
  readonly types: readonly string[];
  readonly depth?: number | undefined;
  readonly watch: readonly string[];
  readonly crossesMounts?: boolean;
  readonly letsBe?: Rule['letsBe'] | undefined;
  /** Whether the text of small files is kept. */
  readonly keepsText?: boolean;
  /** Mail addresses. */
  readonly notify?: readonly string[];
}

/** The lines of a rule in a list that is indented so far. */
export function ruleLines(rule: WrittenRule, indent: string): string[] {
  const { name, comment, evidence = [], severity, exclude = [], types, depth, watch, notify = [] } = rule;
  const key = `${indent}  `;
  return [
    ...(comment === undefined ? [] : commentLines(comment, indent)),
    `${indent}- name: ${quoted(name)}`,
    ...evidence.flatMap((line) => commentLines(line, key)),
    ...(severity === undefined ? [] : [`${key}severity: ${severity}`]),
    ...patternLines('paths', rule.paths, key),
    ...patternLines('match', rule.match ?? [], key),
    ...(exclude.length === 0 ? [] : [`${key}exclude: ${flow(exclude.map(quotedBytes))}`]),
    ...(types.length === 0 ? [] : [`${key}types: ${flow(types)}`]),
    ...(depth === undefined ? [] : [`${key}depth: ${depth}`]),
    `${key}watch: ${flow(watch.map((term) => (term.startsWith('+') ? quoted(term) : term)))}`,
    ...(rule.crossesMounts === true ? [`${key}mounts: cross`] : []),
    ...(rule.letsBe?.new === true ? [`${key}new: false`] : []),
    ...(rule.letsBe?.gone === true ? [`${key}gone: false`] : []),
    ...(rule.keepsText === true ? [`${key}diff: true`] : []),
    ...(notify.length === 0 ? [] : [`${key}notify: ${flow(notify.map(quoted))}`]),
  ];
}

function flow(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}

function patternLines(key: string, patterns: readonly WrittenPattern[], indent: string): string[] {
  if (patterns.length === 0) return [];
  const item = `${indent}  `;
  return [
    `${indent}${key}:`,
    ...patterns.flatMap(({ text, reason, translatedFrom, origin }) => [
      ...(reason === undefined ? [] : commentLines(reason, item)),
      ...(translatedFrom === undefined ? [] : [`${item}# ${printable(pathFromLatin1(translatedFrom))}`]),
      `${item}- ${quotedBytes(text)}${origin === undefined ? '' : ` # ${printable(pathFromLatin1(origin))}`}`,
    ]),
  ];
}
