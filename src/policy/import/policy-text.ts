/** An imported policy as the text of a policy file: rules with their places, and first what was not carried over. */
import { isReadable, pathFromLatin1, printable } from '../../model/bytes.ts';
import type { Rule } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import { hexEscaped } from '../regex/escape.ts';
import { ruleLines, type WrittenPattern, type WrittenRule } from '../rule-text.ts';
import { commentLines, quoted } from '../yaml-text.ts';
import { type Note, placesText } from './notes.ts';

/** One path or expression of a rule, in the syntax of the policy language, one character a byte. */
export interface ImportedSelector {
  readonly kind: 'paths' | 'match';
  readonly text: string;
  /** Where it comes from, for a comment at the end of its line. */
  readonly origin: string;
  /** The line it was made from, where the meaning had to be translated. */
  readonly translatedFrom: string | undefined;
}

export interface ImportedRule {
  readonly name: string;
  readonly selectors: readonly ImportedSelector[];
  /** Globs, one character a byte. */
  readonly exclude: readonly string[];
  readonly watch: readonly string[];
  /** Empty for all. */
  readonly types: readonly string[];
  readonly settings?: RuleSettings;
}

/** What not every program says of its rules. */
export interface RuleSettings {
  readonly severity?: Severity;
  readonly depth?: number;
  /** Mail addresses. */
  readonly notify?: readonly string[];
  /** Whether the rule stays on the file system of each path; else it goes into all. */
  readonly staysOnMount?: boolean;
  /** What came or went is no finding. */
  readonly letsBe?: Rule['letsBe'];
  /** Whether the text of small files is kept, to show what changed inside. */
  readonly keepsText?: boolean;
}

export interface ImportedPolicy {
  readonly name: string;
  /** Program and file. */
  readonly source: string;
  readonly notes: readonly Note[];
  readonly rules: readonly ImportedRule[];
}

/** Of one remark, whose lines a reader can go through. */
const MAX_PLACES = 200;

// An escaped byte, a character of several bytes, or a byte that cannot be seen in a file.
const HIDDEN = /\\[\s\S]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^\x20-\x7e]/g;

/**
 * An expression in ASCII: what cannot be read in a file is written as \xHH, where a character stays one thing to
 * repeat.
 */
function visibleExpression(text: string): string {
  return text.replaceAll(HIDDEN, (part) => {
    if (/^\\[\x20-\x7e]$/.test(part)) return part;
    const bytes = hexEscaped(part.replace('\\', ''));
    return bytes.length > 4 ? `(?:${bytes})` : bytes;
  });
}

/** Globs have no way to write what cannot be read. */
function writable(kind: ImportedSelector['kind'], text: string): string {
  return kind === 'match' && !isReadable(pathFromLatin1(text)) ? visibleExpression(text) : text;
}

function noteLines({ text, places }: Note): string[] {
  const few = placesText(places, MAX_PLACES);
  return commentLines(`- ${text} (${places.length}): ${few}`, '');
}

/** What was not carried over, and apart from it the settings, by which nothing is lost. */
function headLines(notes: readonly Note[]): string[] {
  const losses = notes.filter(({ kind }) => kind === 'loss');
  const settings = notes.filter(({ kind }) => kind === 'setting');
  return [
    ...(losses.length === 0 ? ['# Everything in it was carried over.'] : []),
    ...(losses.length === 0 ? [] : ['# Not carried over exactly, and how often:', ...losses.flatMap(noteLines)]),
    ...(settings.length === 0
      ? []
      : ['# Settings, which are not about what is watched:', ...settings.flatMap(noteLines)]),
  ];
}

function patterns(selectors: readonly ImportedSelector[], kind: ImportedSelector['kind']): readonly WrittenPattern[] {
  return selectors
    .filter((selector) => selector.kind === kind)
    .map(({ text, origin, translatedFrom }) => ({ text: writable(kind, text), origin, translatedFrom }));
}

function linesOf({ name, selectors, settings = {}, ...rule }: ImportedRule): string[] {
  const { severity, depth, notify = [], staysOnMount = false, letsBe, keepsText = false } = settings;
  const written: WrittenRule = {
    ...rule,
    name: printable(pathFromLatin1(name)),
    severity,
    paths: patterns(selectors, 'paths'),
    match: patterns(selectors, 'match'),
    depth,
    crossesMounts: !staysOnMount,
    notify,
    letsBe,
    keepsText,
  };
  return ruleLines(written, '  ');
}

/** The policy file. */
export function policyText({ name, source, notes, rules }: ImportedPolicy): string {
  return [
    ...commentLines(`Imported from ${source}.`, ''),
    ...headLines(notes),
    'version: 1',
    `name: ${quoted(printable(pathFromLatin1(name)))}`,
    'rules:',
    ...rules.flatMap(linesOf),
    '',
  ].join('\n');
}
