/**
 * From the points of Tripwire to rules of integ that choose the same for every object. There the longest path that
 * leads to an object governs it, and no other; here the last rule that selects it. So shorter paths come first, and
 * before a path whose depth is limited comes a rule that leaves out what the paths above it would select beyond.
 */
import { isReadable, pathFromLatin1 } from '../../../model/bytes.ts';
import { escapedGlob } from '../../glob.ts';
import { escapeRegex } from '../../regex/escape.ts';
import { type Atom, groupAtoms } from '../grouping.ts';
import type { Notes } from '../notes.ts';
import type { ImportedRule, ImportedSelector, RuleSettings } from '../policy-text.ts';
import type { Point, StartPoint, StopPoint } from './points.ts';
import { DEFAULT_SEVERITY, translateSeverity } from './severity.ts';
import { translateMask } from './watch.ts';

/** Where a path really is on the host that the policy is for. */
export interface Location {
  /** With the links on the way followed, but not the object itself. */
  readonly path: string;
  /** Whether the object is a symbolic link. */
  readonly isLink: boolean;
}

export type Locate = (path: string) => Location;

type Placed<Kind extends Point = Point> = { readonly point: Kind; readonly at: Location };

// What the language of expressions counts to without becoming large.
const MAX_COUNTED = 50;

function componentsIn(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}

function isPlacedStart(placed: Placed): placed is Placed<StartPoint> {
  return placed.point.kind === 'start';
}

/** Whether a start point reaches objects that lie deeper below another path than that path's own limit. */
function reachesBeyond(above: Placed, { point, at }: Placed<StartPoint>): boolean {
  if (!isPlacedStart(above)) return false;
  const distance = componentsIn(at.path) - componentsIn(above.at.path);
  return above.point.attributes.depth > distance + point.attributes.depth;
}

class Translation {
  readonly #locate: Locate;
  readonly #notes: Notes;
  readonly #byPath = new Map<string, Placed>();
  readonly #names = new Map<string, string[]>();

  constructor(locate: Locate, notes: Notes) {
    this.#locate = locate;
    this.#notes = notes;
  }

  translate(points: readonly Point[]): ImportedRule[] {
    const placed = points.map((point) => ({ point, at: this.#locate(point.path) }));
    // Of two names of one object the real one stands.
    for (const one of placed.filter(({ point, at }) => point.path === at.path)) this.#byPath.set(one.at.path, one);
    for (const one of placed.filter(({ point, at }) => point.path !== at.path)) this.#addLinked(one);
    const ordered = placed
      .filter((one) => this.#byPath.get(one.at.path) === one)
      .toSorted((left, right) => componentsIn(left.at.path) - componentsIn(right.at.path));
    return groupAtoms(ordered.flatMap((one) => this.#atoms(one, placed.indexOf(one))));
  }

  /** A path that leads through a link. Tripwire sees its objects twice, where it has rules for their real names too. */
  #addLinked(placed: Placed): void {
    const { point, at } = placed;
    const same = this.#byPath.get(at.path);
    if (same !== undefined) {
      const text = `the object has a rule by another name, in line ${same.point.place.line}: that one alone holds`;
      this.#notes.add(`${point.path} leads to ${at.path}: ${text}`, point.place);
      return;
    }
    const above = this.#above(at.path);
    const isAboveReal = above !== undefined && above.point.path === above.at.path && above.point.kind === 'start';
    if (isAboveReal && !isPlacedStart(placed)) {
      const text = 'a stop point that leads through a symbolic link is left out: Tripwire, too, sees the object by its';
      this.#notes.add(`${text} real name`, point.place);
      return;
    }
    if (isAboveReal && isPlacedStart(above) && isPlacedStart(placed)) {
      const isLost = [...above.point.letters].some((letter) => !placed.point.letters.has(letter));
      const text = 'Tripwire watches the objects by their real names too, and more of them: here this rule alone holds';
      if (isLost) this.#notes.add(text, point.place);
    }
    this.#byPath.set(at.path, placed);
  }

  /** The nearest point above a path. */
  #above(path: string): Placed | undefined {
    for (let at = path; at !== '/'; ) {
      at = at.slice(0, at.lastIndexOf('/')) || '/';
      const placed = this.#byPath.get(at);
      if (placed !== undefined) return placed;
    }
    return undefined;
  }

  #atoms(placed: Placed, order: number): Atom[] {
    const { point, at } = placed;
    const nothing = { watch: ['nothing'], types: [], exclude: [], label: 'left out', order };
    if (!isPlacedStart(placed)) {
      return selectorsFor(point, at, true).map((one) => ({ ...nothing, ...one }));
    }
    const above = this.#above(at.path);
    const cut = above !== undefined && !at.isLink && reachesBeyond(above, placed) ? selectorsFor(point, at, true) : [];
    const { mask, letters, attributes } = placed.point;
    const isMatched = !isNamed(at);
    if (isMatched && !at.isLink) {
      this.#notes.add('a name that is no text is put as an expression, which goes into every file system', point.place);
    }
    const watch = translateMask(letters);
    if (watch.includes('growing')) {
      this.#notes.add('l: a directory that shrank is not reported, only a file', point.place);
    }
    const depth = attributes.depth === Number.POSITIVE_INFINITY || isMatched ? undefined : attributes.depth;
    const settings = this.#settings(placed.point, depth, !isMatched || at.isLink);
    const name = attributes.ruleName === undefined ? undefined : this.#name(attributes.ruleName, settings);
    const start = {
      watch,
      types: [],
      exclude: [],
      settings,
      label: mask,
      order,
      ...(name === undefined ? {} : { name }),
    };
    return [
      ...cut.map((one) => ({ ...nothing, ...one })),
      ...selectorsFor(point, at, false, attributes.depth).map((one) => ({ ...start, ...one })),
    ];
  }

  #settings({ attributes }: StartPoint, depth: number | undefined, staysOnMount: boolean): RuleSettings {
    const { severity: number = DEFAULT_SEVERITY } = attributes;
    const { severity, isExact } = translateSeverity(number);
    const severityPlace = attributes.placeOf('severity');
    if (!isExact && severityPlace !== undefined) {
      this.#notes.add(`the severity ${number} becomes ${severity}, as others do`, severityPlace);
    }
    const mailPlace = attributes.placeOf('emailto');
    const notify = attributes.recipients.filter((recipient) => {
      if (isAddress(recipient)) return true;
      if (mailPlace !== undefined) {
        this.#notes.add(`this is no mail address, and is left out: ${recipient}`, mailPlace);
      }
      return false;
    });
    return {
      severity,
      ...(depth === undefined ? {} : { depth }),
      ...(notify.length === 0 ? {} : { notify: [...notify].sort() }),
      staysOnMount,
    };
  }

  /** Rules of one name have the same recipients in integ. */
  #name(ruleName: string, { notify = [] }: RuleSettings): string {
    const sets = this.#names.get(ruleName) ?? [];
    this.#names.set(ruleName, sets);
    const recipients = notify.join();
    if (!sets.includes(recipients)) sets.push(recipients);
    const number = sets.indexOf(recipients) + 1;
    return number === 1 ? ruleName : `${ruleName} (${number})`;
  }
}

/** As the policy language has it: what could end a header is kept out. */
function isAddress(text: string): boolean {
  return /^[^\s<>(),;:"\\@\x00-\x1f\x7f-\xff-][^\s<>(),;:"\\@\x00-\x1f\x7f-\xff]*(?:@[^\s<>(),;:"\\@\x00-\x1f\x7f-\xff]+)?$/.test(
    text,
  );
}

/** Whether the object can be named in `paths`. There a symbolic link would stand for what it leads to. */
function isNamed({ path, isLink }: Location): boolean {
  return !isLink && isReadable(pathFromLatin1(path));
}

function endFor(depth: number): string {
  if (depth === 0) return '$';
  return depth > MAX_COUNTED ? '(/|$)' : `(/[^/]+){0,${depth}}$`;
}

/** What selects an object with what lies below it: by its real name, and by the one that leads through links. */
function selectorsFor(
  { path, place, written }: StartPoint | StopPoint,
  at: Location,
  isTranslated: boolean,
  depth = Number.POSITIVE_INFINITY,
): { readonly selector: ImportedSelector; readonly start: string }[] {
  const origin = `${place.file.slice(place.file.lastIndexOf('/') + 1)}:${place.line}`;
  const isSame = at.path === path;
  const translatedFrom = isTranslated || !isSame || at.isLink ? written : undefined;
  if (!isNamed(at)) {
    const text = `${escapeRegex(at.path)}${endFor(depth)}`;
    return [{ selector: { kind: 'match', text, origin, translatedFrom }, start: at.path }];
  }
  const named = (name: string, from: string | undefined) => ({
    selector: { kind: 'paths' as const, text: escapedGlob(name), origin, translatedFrom: from },
    start: name,
  });
  return [
    named(at.path, translatedFrom),
    ...(isSame || !isReadable(pathFromLatin1(path)) ? [] : [named(path, undefined)]),
  ];
}

/** Translates points in the order of their file. */
export function translateTripwire(points: readonly Point[], locate: Locate, notes: Notes): ImportedRule[] {
  return new Translation(locate, notes).translate(points);
}
