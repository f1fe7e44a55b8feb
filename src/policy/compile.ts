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
import type { DiffSettings, PathPattern, Policy, Requirement, Rule } from '../model/rule.ts';
import { DEFAULT_SEVERITY } from '../model/severity.ts';
import type { ContentPath, PolicyDocument } from './document.ts';
import { type PatternPlace, parsePattern } from './glob.ts';
import type { DocumentTree } from './includes.ts';
import { notifyOf } from './notify.ts';
import { outermost } from './outermost.ts';
import type { PolicyProblems } from './problems.ts';
import type { RequireFile, RuleFile } from './schema.ts';
import { signerProblem } from './signers.ts';
import { bytesOf } from './size.ts';
import { DIGESTS_NAME, evaluateTerms, type Ingredients, predefinedTemplates, toWatch } from './watch.ts';

const DEFAULT_WATCH = 'read-only';
const TEMPLATE_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

function digestsOf(tree: DocumentTree): readonly DigestName[] | undefined {
  const named = outermost(tree, ({ digests }) => digests);
  return named && DIGEST_NAMES.filter((name) => named.includes(name));
}

const DAYS = { d: 1, w: 7, y: 365 } as const;

/** '90d', '12w' or '2y' in days; the schema has let nothing else through. */
function daysOf(age: string): number {
  const unit = age.endsWith('d') ? DAYS.d : age.endsWith('w') ? DAYS.w : DAYS.y;
  return Number.parseInt(age, 10) * unit;
}

/** What the policy says of baseline and history, as far as it says something. */
function settingsOf(tree: DocumentTree): Pick<Policy, 'keepGenerations' | 'retainDays'> {
  const keepGenerations = outermost(tree, ({ baseline }) => baseline?.keep);
  const retain = outermost(tree, ({ history }) => history?.retain);
  return {
    ...(keepGenerations === undefined ? {} : { keepGenerations }),
    ...(retain === undefined ? {} : { retainDays: daysOf(retain) }),
  };
}

/** Who may sign. A line that is wrong in any file is told. */
function signersOf(tree: DocumentTree, problems: PolicyProblems): readonly string[] {
  const check = ({ document, includes }: DocumentTree): void => {
    for (const [index, line] of (document.content.baseline?.signers ?? []).entries()) {
      const problem = signerProblem(line);
      if (problem === undefined) continue;
      const position = document.positionOf(['baseline', 'signers', index]);
      problems.add(document.source, position, `'${printableText(line)}': ${printableText(problem)}`);
    }
    includes.forEach(check);
  };
  check(tree);
  return outermost(tree, ({ baseline }) => baseline?.signers) ?? [];
}

function fileLabel(source: string): string {
  return source.slice(source.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');
}

class Compiler {
  readonly #digests: readonly DigestName[];
  readonly #problems: PolicyProblems;
  readonly #templates: Map<string, Ingredients>;
  readonly #ignore: PathPattern[] = [];
  readonly #rules: Rule[] = [];

  constructor(digests: readonly DigestName[], problems: PolicyProblems) {
    this.#digests = digests;
    this.#problems = problems;
    this.#templates = predefinedTemplates(digests);
  }

  compile(tree: DocumentTree): Policy {
    this.#file(tree);
    const { document } = tree;
    if (this.#problems.isEmpty && this.#rules.length === 0) {
      this.#problems.add(document.source, { line: 1, column: 1 }, 'the policy has no rules: add rules or an include');
    }
    return {
      name: document.content.name ?? fileLabel(document.source),
      rules: this.#rules,
      ignore: this.#ignore,
      digests: this.#digests,
      signers: signersOf(tree, this.#problems),
      ...settingsOf(tree),
      notify: notifyOf(tree, this.#problems),
    };
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
    this.#ignore.push(...this.#patterns(document, ['ignore'], content.ignore, 'anywhere'));
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
      const key = document.keyPositionOf(path);
      if (!TEMPLATE_NAME.test(name)) {
        const rule = 'begins with a letter and holds letters, digits, - and _';
        this.#problems.add(document.source, key, `the name of a template ${rule}, not '${printableText(name)}'`);
      } else if (isAttributeName(name) || name === DIGESTS_NAME) {
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
        const problem = `'${printableText(text)}': ${parsed.problem}`;
        this.#problems.add(document.source, document.positionOf([...path, index]), problem);
      }
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
    const same = this.#rules.find((rule) => rule.name === name);
    if (same !== undefined && same.notify.join() !== notify.join()) {
      const problem = `two rules are named '${printableText(name)}' and notify different people: give one another name`;
      this.#problems.add(document.source, document.positionOf(path), problem);
    }
    return notify;
  }

  #rule(document: PolicyDocument, path: ContentPath, rule: RuleFile): void {
    const name = rule.name ?? rule.paths[0] ?? '';
    const watch = this.#evaluate(document, [...path, 'watch'], rule.watch ?? DEFAULT_WATCH);
    const types = rule.types;
    this.#rules.push({
      index: this.#rules.length,
      name,
      severity: rule.severity ?? DEFAULT_SEVERITY,
      paths: this.#patterns(document, [...path, 'paths'], rule.paths, 'path'),
      exclude: this.#patterns(document, [...path, 'exclude'], rule.exclude, 'anywhere'),
      watch: toWatch(
        watch ?? { attributes: new Set(ATTRIBUTE_NAMES), growing: false, appendOnly: false },
        this.#digests,
      ),
      depth: rule.depth ?? Number.POSITIVE_INFINITY,
      types: types === undefined ? OBJECT_TYPES : OBJECT_TYPES.filter((type) => types.includes(type)),
      crossMounts: rule.mounts === 'cross',
      require: rule.require && this.#requirement(document, [...path, 'require'], rule.require),
      notify: this.#recipients(document, path, name, rule.notify ?? []),
      diff: diffSettings(rule.diff),
    });
  }

  #requirement(document: PolicyDocument, path: ContentPath, require: RequireFile): Requirement {
    const { exists, type, owner, group, mode, flags, sha256, max_age: maxAge } = require;
    const expectations = Object.keys(require).filter((key) => key !== 'exists');
    if (exists === false && expectations.length > 0) {
      const problem = `what must not exist cannot also have: ${expectations.join(', ')}`;
      this.#problems.add(document.source, document.positionOf([...path, 'exists']), problem);
    }
    if (exists === undefined && expectations.length === 0) {
      this.#problems.add(document.source, document.positionOf(path), 'require expects nothing: write exists: true');
    }
    return {
      ...(exists === undefined ? {} : { exists }),
      ...(type === undefined ? {} : { type }),
      ...(owner === undefined ? {} : { owner: String(owner) }),
      ...(group === undefined ? {} : { group: String(group) }),
      ...(mode === undefined ? {} : { mode: octalMode(mode) }),
      ...(flags === undefined ? {} : { flags }),
      ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }),
      ...(require.no_setuid === true ? { noSetuid: true } : {}),
      ...(require.parents_not_writable === true ? { parentsNotWritable: true } : {}),
      ...(maxAge === undefined ? {} : { maxAge: secondsOf(maxAge) }),
    };
  }
}

const DEFAULT_DIFF_BYTES = 64 * 1024;

function diffSettings(written: RuleFile['diff']): DiffSettings | undefined {
  if (written === undefined || written === false) return undefined;
  const { private: isPrivate = false, max = DEFAULT_DIFF_BYTES } = written === true ? {} : written;
  return { isPrivate, max: bytesOf(max) };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** '26h' in seconds; the schema has let nothing else through. */
function secondsOf(span: string): number {
  return Number.parseInt(span, 10) * (SECONDS[span.slice(-1)] ?? 1);
}

function octalMode(written: string | { readonly max: string }): { exact: number } | { max: number } {
  return typeof written === 'string'
    ? { exact: Number.parseInt(written, 8) }
    : { max: Number.parseInt(written.max, 8) };
}

/** Compiles a tree of files. The result counts only when nothing was added to `problems`. */
export function compileTree(tree: DocumentTree, problems: PolicyProblems): Policy {
  return new Compiler(digestsOf(tree) ?? DEFAULT_DIGESTS, problems).compile(tree);
}
