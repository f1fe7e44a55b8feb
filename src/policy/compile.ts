/**
 * From policy files to the policy that a scan and a comparison work with: templates added up, patterns parsed, rules of
 * included files in their place. Everything that is wrong is collected with its position.
 */
import {
  ATTRIBUTE_NAMES,
  DEFAULT_DIGESTS,
  DIGEST_NAMES,
  type DigestName,
  isAttributeName,
  OBJECT_TYPES,
} from '../model/attributes.ts';
import { printableText } from '../model/bytes.ts';
import type { DiffSettings, MatchPattern, PathPattern, Policy, Rule, Watch } from '../model/rule.ts';
import { DEFAULT_SEVERITY } from '../model/severity.ts';
import type { ContentPath } from './content-nodes.ts';
import { diffProblem, diffSettings } from './diff.ts';
import type { PolicyDocument } from './document.ts';
import { compilePattern, type ParsedPattern, type PatternPlace, parsePattern } from './glob.ts';
import type { DocumentTree } from './includes.ts';
import { matchSize, type ParsedMatch, parseMatch } from './match.ts';
import { notifyOf } from './notify.ts';
import { outermost } from './outermost.ts';
import { type PolicyProblems, quotedStart } from './problems.ts';
import { type Complain, compileRequirement } from './requirement.ts';
import type { RuleFile } from './schema.ts';
import { signerProblem } from './signers.ts';
import { DIGESTS_NAME, evaluateTerms, type Ingredients, NOTHING_NAME, predefinedTemplates, toWatch } from './watch.ts';

const DEFAULT_WATCH = 'read-only';
// Of a whole policy: what braces and counted repetitions write out has no relation to the length of the text.
const MAX_ALTERNATIVES = 200_000;
const MAX_EXPANDED = 8 * 1024 * 1024;
const MAX_EXPRESSION_NODES = 2_000_000;
const MAX_TEMPLATES = 1000;

const TEMPLATE_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

function digestsOf(tree: DocumentTree): readonly DigestName[] | undefined {
  const named = outermost(tree, ({ digests }) => digests);
  return named && DIGEST_NAMES.filter((name) => named.includes(name));
}

const DAYS = { d: 1, w: 7, y: 365 } as const;

/** Long enough for an audit of a whole year, and bounded without anybody's doing. */
const DEFAULT_RETAIN = '2y';

/** '90d', '12w' or '2y' in days, undefined for 'forever'; the schema has let nothing else through. */
function daysOf(age: string): number | undefined {
  if (age === 'forever') return undefined;
  const unit = age.endsWith('d') ? DAYS.d : age.endsWith('w') ? DAYS.w : DAYS.y;
  return Number.parseInt(age, 10) * unit;
}

/** What the policy says of baseline and history, as far as it says something. */
function settingsOf(tree: DocumentTree): Pick<Policy, 'keepGenerations' | 'retainDays'> {
  const keepGenerations = outermost(tree, ({ baseline }) => baseline?.keep);
  const retainDays = daysOf(outermost(tree, ({ history }) => history?.retain) ?? DEFAULT_RETAIN);
  return {
    ...(keepGenerations === undefined ? {} : { keepGenerations }),
    ...(retainDays === undefined ? {} : { retainDays }),
  };
}

/** Who may sign. A line that is wrong in any file is told. */
function signersOf(tree: DocumentTree, problems: PolicyProblems): readonly string[] {
  const check = ({ document, includes }: DocumentTree): void => {
    for (const [index, line] of (document.content.baseline?.signers ?? []).entries()) {
      const problem = signerProblem(line);
      if (problem === undefined) continue;
      const position = document.positionOf(['baseline', 'signers', index]);
      problems.add(document.source, position, `${quotedStart(line)}: ${printableText(problem)}`);
    }
    includes.forEach(check);
  };
  check(tree);
  return outermost(tree, ({ baseline }) => baseline?.signers) ?? [];
}

function fileLabel(source: string): string {
  return source.slice(source.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');
}

/** Where the parts of a policy are written, as FILE:LINE:COLUMN, printable. */
export interface PolicyPlaces {
  /** By index of the rule. */
  readonly rules: readonly string[];
  /** In the order of `ignore`. */
  readonly ignore: readonly string[];
}

/** A policy, and where it is written. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly places: PolicyPlaces;
}

class Compiler {
  readonly #digests: readonly DigestName[];
  readonly #problems: PolicyProblems;
  readonly #templates: Map<string, Ingredients>;
  readonly #ignore: PathPattern[] = [];
  readonly #rules: Rule[] = [];
  readonly #places: { readonly rules: string[]; readonly ignore: string[] } = { rules: [], ignore: [] };
  /** Whom the rules of a name notify. */
  readonly #notified = new Map<string, string>();
  #alternatives = 0;
  #expanded = 0;
  #nodes = 0;
  #isFull = false;

  constructor(digests: readonly DigestName[], problems: PolicyProblems) {
    this.#digests = digests;
    this.#problems = problems;
    this.#templates = predefinedTemplates(digests);
  }

  compile(tree: DocumentTree): CompiledPolicy {
    this.#file(tree);
    const { document } = tree;
    if (this.#problems.isEmpty && this.#rules.length === 0) {
      this.#problems.add(document.source, { line: 1, column: 1 }, 'the policy has no rules: add rules or an include');
    }
    const policy = {
      name: document.content.name ?? fileLabel(document.source),
      rules: this.#rules,
      ignore: this.#ignore,
      digests: this.#digests,
      signers: signersOf(tree, this.#problems),
      ...settingsOf(tree),
      notify: notifyOf(tree, this.#problems),
    };
    return { policy, places: this.#places };
  }

  /** Includes count as written at the place of `include`, so which of the two keys comes first decides. */
  #file({ document, includes }: DocumentTree): void {
    const { content } = document;
    const rules = document.keyPositionOf(['rules']);
    const include = document.keyPositionOf(['include']);
    const isRulesFirst =
      content.rules !== undefined &&
      (rules.line < include.line || (rules.line === include.line && rules.column < include.column));
    if (!isRulesFirst) for (const included of includes) this.#file(included);
    this.#defineTemplates(document);
    for (const [index, pattern] of this.#patterns(document, ['ignore'], content.ignore, 'anywhere').entries()) {
      this.#ignore.push(pattern);
      this.#places.ignore.push(placeOf(document, ['ignore', index]));
    }
    for (const [index, rule] of (content.rules ?? []).entries()) this.#rule(document, ['rules', index], rule);
    if (isRulesFirst) for (const included of includes) this.#file(included);
  }

  /** A template may build on earlier ones, and on what its own name stood for until here. */
  #defineTemplates(document: PolicyDocument): void {
    const templates = document.content.templates ?? {};
    const names = Object.keys(templates);
    const known = new Set(this.#templates.keys());
    for (const [position, [name, terms]] of Object.entries(templates).entries()) {
      const path = ['templates', name];
      if (position >= MAX_TEMPLATES) {
        this.#problems.add(document.source, document.keyPositionOf(path), `more than ${MAX_TEMPLATES} templates`);
        break;
      }
      const key = document.keyPositionOf(path);
      if (!TEMPLATE_NAME.test(name)) {
        const rule = 'begins with a letter and holds letters, digits, - and _';
        this.#problems.add(document.source, key, `the name of a template ${rule}, not '${printableText(name)}'`);
      } else if (isAttributeName(name) || name === DIGESTS_NAME || name === NOTHING_NAME) {
        this.#problems.add(document.source, key, `'${name}' is the name of an attribute and cannot be a template`);
      } else {
        const later = names.slice(position).filter((other) => !known.has(other));
        const ingredients = this.#evaluate(document, path, terms, later);
        known.add(name);
        // What is wrong was said; an empty template keeps its users from being called wrong too.
        this.#templates.set(name, ingredients ?? { attributes: new Set(['type']), growing: false, appendOnly: false });
      }
    }
  }

  #evaluate(
    document: PolicyDocument,
    path: ContentPath,
    written: string | readonly string[],
    later: readonly string[] = [],
  ): Ingredients | undefined {
    const terms = typeof written === 'string' ? [written] : written;
    const place = (term: number): ContentPath => (typeof written === 'string' ? path : [...path, term]);
    const early = terms.findIndex((term) => later.includes(term.replace(/^[+-]/, '').trim()));
    if (early >= 0) {
      const problem = `'${printableText(terms[early] ?? '')}' is defined here or below: templates build on earlier ones`;
      this.#problems.add(document.source, document.positionOf(place(early)), problem);
      return undefined;
    }
    const result = evaluateTerms(terms, this.#templates, this.#digests);
    if (result.ok) return result.ingredients;
    this.#problems.add(document.source, document.positionOf(place(result.term)), result.problem);
    return undefined;
  }

  #patterns(
    document: PolicyDocument,
    path: ContentPath,
    written: readonly string[] | undefined,
    place: PatternPlace,
  ): readonly PathPattern[] {
    const patterns: PathPattern[] = [];
    for (const [index, text] of (written ?? []).entries()) {
      const parsed = parsePattern(text, place);
      if (parsed.ok) patterns.push(parsed.pattern);
      else {
        const problem = `${quotedStart(text)}: ${parsed.problem}`;
        this.#problems.add(document.source, document.positionOf([...path, index]), problem);
      }
      if (!this.#takesPattern(document, [...path, index], parsed)) break;
    }
    return patterns;
  }

  /** Whether there is room for what a pattern stands for; that there is none any more is told once. */
  #takesPattern(document: PolicyDocument, path: ContentPath, parsed: ParsedPattern | ParsedMatch): boolean {
    if (!parsed.ok) return !this.#isFull;
    const { pattern } = parsed;
    if (!('literal' in pattern)) return this.#takesNodes(document, path, matchSize(pattern));
    const alternatives = compilePattern(pattern).length;
    this.#alternatives += alternatives;
    this.#expanded += alternatives * pattern.text.length;
    return this.#takesNodes(document, path, 0);
  }

  #takesNodes(document: PolicyDocument, path: ContentPath, nodes: number): boolean {
    if (this.#isFull) return false;
    this.#nodes += nodes;
    this.#isFull =
      this.#alternatives > MAX_ALTERNATIVES || this.#expanded > MAX_EXPANDED || this.#nodes > MAX_EXPRESSION_NODES;
    if (!this.#isFull) return true;
    const problem = 'the patterns up to here are too many, or too large, for one policy';
    this.#problems.add(document.source, document.positionOf(path), problem);
    return false;
  }

  #matches(document: PolicyDocument, path: ContentPath, rule: RuleFile): readonly MatchPattern[] {
    const report = (place: ContentPath, problem: string) =>
      this.#problems.add(document.source, document.positionOf([...path, ...place]), problem);
    if (rule.paths === undefined) {
      if (rule.match === undefined)
        report([], "a rule selects by 'paths', by 'match' or by both: this one has neither");
      // Each says what is below or at a path, and an expression names every object by itself.
      if (rule.depth !== undefined) report(['depth'], "'depth' counts from 'paths', and the rule has none");
      if (rule.require !== undefined) report(['require'], "'require' is about 'paths', and the rule has none");
    }
    const patterns: MatchPattern[] = [];
    for (const [index, text] of (rule.match ?? []).entries()) {
      const parsed = parseMatch(text);
      if (parsed.ok) patterns.push(parsed.pattern);
      else report(['match', index], `${quotedStart(text)}: ${parsed.problem}`);
      if (!this.#takesPattern(document, [...path, 'match', index], parsed)) break;
    }
    return patterns;
  }

  /** Findings carry the name of their rule, by which recipients see theirs only: one name, one set of recipients. */
  #recipients(
    document: PolicyDocument,
    path: ContentPath,
    name: string,
    written: readonly string[],
  ): readonly string[] {
    const notify = [...new Set(written)].sort();
    const same = this.#notified.get(name);
    this.#notified.set(name, same ?? notify.join());
    if (same !== undefined && same !== notify.join()) {
      const problem = `two rules are named '${printableText(name)}' and notify different people: give one another name`;
      this.#problems.add(document.source, document.positionOf(path), problem);
    }
    return notify;
  }

  #rule(document: PolicyDocument, path: ContentPath, rule: RuleFile): void {
    const name = rule.name ?? rule.paths?.[0] ?? rule.match?.[0] ?? '';
    const watch = this.#evaluate(document, [...path, 'watch'], rule.watch ?? DEFAULT_WATCH);
    const everything = { attributes: new Set(ATTRIBUTE_NAMES), growing: false, appendOnly: false };
    const watching = toWatch(watch ?? everything, this.#digests);
    const types = rule.types;
    this.#places.rules.push(placeOf(document, path));
    this.#rules.push({
      index: this.#rules.length,
      name,
      severity: rule.severity ?? DEFAULT_SEVERITY,
      paths: this.#patterns(document, [...path, 'paths'], rule.paths, 'path'),
      match: this.#matches(document, path, rule),
      exclude: this.#patterns(document, [...path, 'exclude'], rule.exclude, 'anywhere'),
      watch: watching,
      depth: rule.depth ?? Number.POSITIVE_INFINITY,
      types: types === undefined ? OBJECT_TYPES : OBJECT_TYPES.filter((type) => types.includes(type)),
      crossMounts: rule.mounts === 'cross',
      ...letsBeOf(rule),
      require:
        rule.require &&
        compileRequirement(rule.require, this.#complaint(document, [...path, 'require']), (nodes, below) =>
          this.#takesNodes(document, [...path, 'require', ...below], nodes),
        ),
      ...(rule.require?.follow === true ? { requireFollows: true as const } : {}),
      ...(rule.why === undefined ? {} : { why: rule.why.trim() }),
      ...(rule.fix === undefined ? {} : { fix: rule.fix.trim() }),
      notify: this.#recipients(document, path, name, rule.notify ?? []),
      diff: this.#diff(document, [...path, 'diff'], rule, watching),
    });
  }

  #complaint(document: PolicyDocument, path: ContentPath): Complain {
    return (below, problem) => this.#problems.add(document.source, document.positionOf([...path, ...below]), problem);
  }

  #diff(document: PolicyDocument, path: ContentPath, { diff }: RuleFile, watch: Watch): DiffSettings | undefined {
    const settings = diffSettings(diff);
    const problem = settings && diffProblem(settings, watch);
    if (problem !== undefined) this.#problems.add(document.source, document.positionOf(path), problem);
    return settings;
  }
}

function letsBeOf({ new: isNewTold = true, gone: isGoneTold = true }: RuleFile): Pick<Rule, 'letsBe'> {
  return isNewTold && isGoneTold ? {} : { letsBe: { new: !isNewTold, gone: !isGoneTold } };
}

function placeOf(document: PolicyDocument, path: ContentPath): string {
  const { line, column } = document.positionOf(path);
  return `${printableText(document.source)}:${line}:${column}`;
}

/** Compiles a tree of files. The result counts only when nothing was added to `problems`. */
export function compileTree(tree: DocumentTree, problems: PolicyProblems): CompiledPolicy {
  return new Compiler(digestsOf(tree) ?? DEFAULT_DIGESTS, problems).compile(tree);
}
