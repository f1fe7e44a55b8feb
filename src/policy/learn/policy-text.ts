/**
 * Proposed rules as text that stands at the end of a policy: rules, their evidence as comments, and what was not
 * proposed.
 */
import { type Path, pathFromText, printableText } from '../../model/bytes.ts';
import { andMore } from '../../model/excerpt.ts';
import { exactExpression } from '../regex/escape.ts';
import { ruleLines } from '../rule-text.ts';
import { commentLines, quoted } from '../yaml-text.ts';
import type { Learned, NotProposed } from './learn.ts';
import { type Proposal, patternOf } from './proposal.ts';

export interface LearnedFrom {
  readonly host: string;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly checks: number;
  /** Remarks on the checks that were used, and on those that were not. */
  readonly notes: readonly string[];
  /** Who gets mail of the findings of a rule, by its name. */
  readonly notify: (rule: string) => readonly string[];
}

/** A proposal as the keys of a rule. */
export interface ProposedRule {
  readonly name: string;
  readonly severity: string;
  readonly paths: readonly string[];
  readonly match: readonly string[];
  readonly depth: number | undefined;
  readonly types: readonly string[];
  readonly watch: readonly string[];
  readonly notify: readonly string[];
}

const EXAMPLES = 3;
const LISTED = 200;

/** What the rule of a proposal says. */
export function ruleOf(proposal: Proposal, notify: LearnedFrom['notify']): ProposedRule {
  const { behaviour, path, types, watch, severity, rules } = proposal;
  const pattern = patternOf(proposal);
  const end = behaviour === 'come-and-go' ? '(/|$)' : '$';
  const recipients = new Set(behaviour === 'come-and-go' ? [] : rules.flatMap((rule) => notify(rule)));
  const expression = pattern === undefined && path !== undefined ? exactExpression(path) + end : undefined;
  const isDirectory = types.includes('directory') && behaviour !== 'come-and-go';
  const name = pattern ?? expression ?? '';
  return {
    name: `learned: ${printableText(Buffer.from(name, 'latin1').toString('utf8'))}${isDirectory ? ' itself' : ''}`,
    severity,
    paths: pattern === undefined ? [] : [pattern],
    match: expression === undefined ? [] : [expression],
    depth: isDirectory && pattern !== undefined ? 0 : undefined,
    types,
    watch,
    notify: [...recipients].sort(),
  };
}

function governedBy({ rules, severity }: Pick<Proposal, 'rules' | 'severity'>): string {
  const names = rules.map((rule) => `"${pathFromText(rule)}"`).join(', ');
  return `governed now by ${names} (${severity})`;
}

/** In bytes. */
function evidenceOf(proposal: Proposal, comparisons: number): readonly string[] {
  const { behaviour, glob, evidence } = proposal;
  const { checks, attributes, last, members, unchanged } = evidence;
  const often = `in ${checks} of ${comparisons} checks`;
  const names =
    glob === undefined || members.length === 1
      ? []
      : [`${members.length} objects: ${andMore(members, EXAMPLES).join(', ')}`];
  const others = unchanged === 0 ? [] : [`covers ${unchanged} recorded objects more, which did not change`];
  switch (behaviour) {
    case 'rewritten':
      return [`changed ${often}: ${attributes.join(', ')}; last ${last}; ${governedBy(proposal)}`, ...names, ...others];
    case 'come-and-go':
      return [
        `came or went ${often}; last ${last}; ${governedBy(proposal)}`,
        ...names,
        'not examined any more: the directory is watched instead, and what lies there is not',
      ];
    case 'directory':
      return [`follows from what changes in it: ${attributes.join(', ')}; ${governedBy(proposal)}`];
    default:
      return behaviour satisfies never;
  }
}

function asBytes(text: string): Path {
  return pathFromText(text);
}

function linesOf(proposal: Proposal, comparisons: number, { notify }: LearnedFrom): string[] {
  const { paths, match, ...rule } = ruleOf(proposal, notify);
  const patterns = (texts: readonly string[]) => texts.map((text) => ({ text }));
  const written = { ...rule, paths: patterns(paths), match: patterns(match) };
  return ruleLines({ ...written, evidence: evidenceOf(proposal, comparisons) }, '');
}

function notProposedLines(all: readonly NotProposed[]): string[] {
  if (all.length === 0) return [];
  const hidden = all.length > LISTED ? all.length - LISTED : 0;
  return [
    `# Not proposed (${all.length}): look at these.`,
    ...all
      .slice(0, LISTED)
      .flatMap(({ path, rule, severity, reasons }) =>
        commentLines(`- ${path}: ${reasons.join('; ')} (${severity}, "${asBytes(rule)}")`, ''),
      ),
    ...(hidden === 0 ? [] : [`# and ${hidden} more: --format json has all.`]),
  ];
}

/** `indent`: spaces before each rule of the list that the text is appended to. */
export function learnedText(learned: Learned, from: LearnedFrom, indent: number): string {
  const { comparisons, proposals, notProposed } = learned;
  const head = [
    `Learned from ${from.checks} checks of ${asBytes(from.host)}, ${from.first} to ${from.last}. Nothing of it is in force.`,
    ...from.notes.map(asBytes),
    ...(proposals.length === 0 ? ['Nothing is proposed: nothing changed again and again that may be noise.'] : []),
  ];
  const lines = [
    ...head.flatMap((line) => commentLines(line, '')),
    ...proposals.flatMap((proposal) => linesOf(proposal, comparisons, from)),
    ...notProposedLines(notProposed),
  ];
  return `${lines.map((line) => `${' '.repeat(indent)}${line}`).join('\n')}\n`;
}

/** A policy of its own that has the rules, for a host whose policy is a shipped one: `included` is its name. */
export function learnedPolicy(included: string, rules: string): string {
  return `version: 1\ninclude: [${quoted(included)}]\nrules:\n${rules}`;
}
