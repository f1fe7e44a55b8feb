/**
 * From the rules of AIDE to rules of integ that choose the same for every path. AIDE asks the rules kept in the deepest
 * directory first and within it takes the first that matches; an equals rule comes before all of those, a negative one
 * after all. Here the last rule counts, so they are put in just the opposite order.
 */
import { OBJECT_TYPES, type ObjectType } from '../../../model/attributes.ts';
import { isReadable, pathFromLatin1, pathFromText } from '../../../model/bytes.ts';
import { escapedGlob } from '../../glob.ts';
import { canReach, literalStartOf, parseMatchBytes } from '../../match.ts';
import { escapeRegex } from '../../regex/escape.ts';
import { type Atom, groupAtoms } from '../grouping.ts';
import type { Notes } from '../notes.ts';
import type { ImportedRule, ImportedSelector } from '../policy-text.ts';
import { onlyBelow, treePlace, withBelow } from './regex-text.ts';
import type { AideRule } from './rule.ts';
import type { AideVersion } from './version.ts';
import { letsBeOf, translateWatch } from './watch.ts';

const TYPE_OF: Readonly<Record<string, ObjectType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  b: 'block',
  c: 'char',
};

class Translation {
  readonly #version: AideVersion;
  readonly #notes: Notes;
  /** By how deep the directory is that they are kept in. */
  readonly #selecting: { readonly depth: number; readonly atom: Atom }[] = [];
  readonly #equals: Atom[] = [];
  readonly #negative: Atom[] = [];
  #count = 0;

  constructor(version: AideVersion, notes: Notes) {
    this.#version = version;
    this.#notes = notes;
  }

  add(rule: AideRule): void {
    const types = this.#types(rule);
    const regex = types && this.#regex(rule);
    if (types === undefined || regex === undefined) return;
    if (rule.sign === '!' || rule.sign === '-') {
      this.#addNegative(rule, regex, types);
      return;
    }
    const { terms, losses } = translateWatch(rule.attributes);
    for (const loss of losses) this.#notes.add(loss, rule.place);
    if (rule.fileSystem !== undefined) {
      this.#notes.add(
        'the restriction to a type of file system is not carried over: the rule holds on all',
        rule.place,
      );
    }
    const { directory } = treePlace(rule.regex);
    const isEquals = rule.sign === '=';
    // An equals rule is only asked for what lies directly in its directory.
    const below = `${directory === '/' ? '' : escapedGlob(directory)}/*/**`;
    if (isEquals && !isReadable(pathFromLatin1(below))) {
      this.#notes.add('the rule is left out: what is below its directory cannot be written as a pattern', rule.place);
      return;
    }
    const letsBe = letsBeOf(rule.attributes);
    const settings = letsBe === undefined ? {} : { settings: { letsBe } };
    const atom = this.#atom(rule, { watch: terms, types, exclude: isEquals ? [below] : [], ...settings }, regex);
    if (atom === undefined) return;
    if (isEquals) this.#equals.unshift(atom);
    else this.#selecting.push({ depth: directory === '/' ? 0 : directory.split('/').length - 1, atom });
  }

  rules(): ImportedRule[] {
    // The sort is stable: within one depth the last of the file comes first.
    const selecting = this.#selecting.toReversed().sort((left, right) => left.depth - right.depth);
    return groupAtoms([...selecting.map(({ atom }) => atom), ...this.#equals, ...this.#negative]);
  }

  /** Empty for all types; undefined for a rule that can match nothing here. */
  #types({ types, place }: AideRule): readonly ObjectType[] | undefined {
    const known = types.flatMap((letter) => TYPE_OF[letter] ?? []);
    if (types.length > 0 && known.length === 0) {
      this.#notes.add('doors and event ports exist on Solaris only: the rule is left out', place);
      return undefined;
    }
    const ordered = OBJECT_TYPES.filter((type) => known.includes(type));
    return ordered.length === OBJECT_TYPES.length ? [] : ordered;
  }

  /** The expression as AIDE really asks it, or undefined when it never matches or cannot be carried over. */
  #regex({ regex, place }: AideRule): string | undefined {
    const { directory, head, rest } = treePlace(regex);
    const parsed = parseMatchBytes(regex);
    if (!parsed.ok) {
      this.#notes.add(`the rule is left out: ${pathFromText(parsed.problem)}`, place);
      return undefined;
    }
    if (head === '' || !/[.+{|\\]/.test(head)) return regex;
    if (!canReach(parsed.pattern, directory)) {
      this.#notes.add(
        'AIDE asks this rule only below a directory named as the expression is written, so it never matches: left out',
        place,
      );
      return undefined;
    }
    const signs = head.replaceAll(/\\[\s\S]/g, '');
    if (/[+{|]/.test(signs)) {
      this.#notes.add(
        'AIDE takes + { | before the last literal slash for characters of a name, and so does the policy',
        place,
      );
    }
    // A dot there is a dot, too.
    return /[.+{|]/.test(signs) ? escapeRegex(directory) + rest : regex;
  }

  #addNegative(rule: AideRule, regex: string, types: readonly ObjectType[]): void {
    if (rule.fileSystem !== undefined) {
      this.#notes.add(
        'a negative rule for a type of file system is left out: more is watched than by AIDE',
        rule.place,
      );
      return;
    }
    const isPruning = rule.sign === '-' || (this.#version !== '0.19' && types.length === 0);
    const nothing = { watch: ['nothing'], exclude: [] };
    const add = (text: string, ofTypes: readonly ObjectType[]): void => {
      const atom = this.#atom(rule, { ...nothing, types: ofTypes }, text);
      if (atom !== undefined) this.#negative.push(atom);
    };
    if (isPruning && types.length === 0) {
      add(withBelow(regex), []);
      return;
    }
    add(regex, types);
    if (isPruning && types.includes('directory')) add(onlyBelow(regex), []);
  }

  #atom(rule: AideRule, what: Pick<Atom, 'watch' | 'types' | 'exclude' | 'settings'>, regex: string): Atom | undefined {
    const parsed = parseMatchBytes(regex);
    if (!parsed.ok) {
      this.#notes.add(`the rule is left out: ${pathFromText(parsed.problem)}`, rule.place);
      return undefined;
    }
    const { text: start, isWhole } = literalStartOf(parsed.pattern);
    const isTranslated = regex !== rule.regex || rule.sign !== '';
    const origin = `${rule.place.file.slice(rule.place.file.lastIndexOf('/') + 1)}:${rule.place.line}`;
    const translatedFrom = isTranslated ? rule.written : undefined;
    // A path that a rule names may not go unseen, whatever may below it; an expression names none.
    const selector: ImportedSelector =
      isWhole && what.settings?.letsBe === undefined && isReadable(pathFromLatin1(start))
        ? { kind: 'paths', text: start === '/' ? '/' : globOf(start), origin, translatedFrom }
        : { kind: 'match', text: regex, origin, translatedFrom };
    this.#count += 1;
    const label = rule.sign === '!' || rule.sign === '-' ? 'left out' : rule.expression;
    return { ...what, label, selector, start, order: this.#count };
  }
}

/** An expression without an anchor at its end matches whatever begins like it. */
function globOf(start: string): string {
  return start.endsWith('/') ? `${escapedGlob(start)}**` : `${escapedGlob(start)}*`;
}

/** Translates rules in the order of their file. */
export function translateAide(rules: readonly AideRule[], version: AideVersion, notes: Notes): ImportedRule[] {
  const translation = new Translation(version, notes);
  for (const rule of rules) translation.add(rule);
  return translation.rules();
}
