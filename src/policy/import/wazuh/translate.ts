/** From `<syscheck>` of Wazuh to rules of integ: the longest directory governs, and what is ignored comes last. */
import type { ObjectType } from '../../../model/attributes.ts';
import { isReadable, pathFromLatin1 } from '../../../model/bytes.ts';
import { escapedGlob } from '../../glob.ts';
import { escapeRegex } from '../../regex/escape.ts';
import { type Atom, groupAtoms } from '../grouping.ts';
import type { Notes } from '../notes.ts';
import { originOf, type Placement, placementAtoms } from '../placements.ts';
import type { ImportedRule, ImportedSelector } from '../policy-text.ts';
import { globOfWildcards, hasWildcard } from '../wildcards.ts';
import { belowDirectory, leftOutBy, matchesEverything } from './sregex.ts';
import type { PathSet, Syscheck, WatchedDirectory } from './syscheck.ts';

/** Wazuh records these, and of directories nothing. */
const TYPES: readonly ObjectType[] = ['file', 'symlink'];

/** Whether the text of a file that a directory holds must not be kept. */
function mayHold(path: string, { text, isExpression }: PathSet): boolean {
  return isExpression || text.startsWith(path === '/' ? '/' : path) || path.startsWith(text);
}

class Translation {
  readonly #syscheck: Syscheck;
  readonly #isLink: (path: string) => boolean;
  readonly #notes: Notes;

  constructor(syscheck: Syscheck, isLink: (path: string) => boolean, notes: Notes) {
    this.#syscheck = syscheck;
    this.#isLink = isLink;
    this.#notes = notes;
  }

  rules(): ImportedRule[] {
    const { directories, ignored, skipped } = this.#syscheck;
    // The later of two for one path counts.
    const last = new Map(directories.map((directory) => [directory.path, directory]));
    const placements = [...last.values()].flatMap((directory) => this.#placements(directory));
    const root = last.get('/');
    const left = root === undefined ? [] : skipped.filter((path) => !last.has(path));
    const skippedPlacements = left.map((path): Placement => {
      return { ...leftOut, path, place: root?.place ?? { file: '', line: 1 }, translatedFrom: `skip_${path.slice(1)}` };
    });
    const atoms = placementAtoms([...placements, ...skippedPlacements]);
    const after = atoms.length + placements.length + skippedPlacements.length;
    return groupAtoms([...atoms, ...ignored.flatMap((one, index) => this.#ignored(one, after + index))]);
  }

  #placements(directory: WatchedDirectory): Placement[] {
    const { path, watch, place, tags, restrict, depth, isFollowed } = directory;
    const glob = hasWildcard(path) ? globOfWildcards(path) : undefined;
    if (hasWildcard(path) && glob === undefined) {
      this.#notes.add(`wildcards that the policy does not have: the directory is left out: ${path}`, place);
      return [];
    }
    const isLink = glob === undefined && this.#isLink(path);
    if (!isFollowed && isLink) {
      this.#notes.add(`${path} is a symbolic link, which the policy follows and Wazuh does not`, place);
    }
    const expression = restrict === undefined ? undefined : this.#restriction(directory, restrict, glob);
    if (expression === null) return [];
    const settings = {
      ...(this.#syscheck.tellsNew ? {} : { letsBe: { new: true, gone: false } }),
      ...(this.#keepsText(directory) ? { keepsText: true } : {}),
    };
    return [
      {
        path,
        ...(glob === undefined ? {} : { glob }),
        ...(expression === undefined ? {} : { expression, translatedFrom: `restrict="${restrict}" ${path}` }),
        depth,
        watch,
        types: TYPES,
        label: tags ?? 'syscheck',
        isLabelKept: tags !== undefined,
        isLink,
        place,
        ...(Object.keys(settings).length === 0 ? {} : { settings }),
      },
    ];
  }

  #keepsText({ path, keepsText, watch, place }: WatchedDirectory): boolean {
    if (!keepsText) return false;
    if (this.#syscheck.withoutText.some((one) => mayHold(path, one))) {
      this.#notes.add('report_changes beside nodiff is not carried over: no text is kept of the directory', place);
      return false;
    }
    if (!watch.includes('sha256')) {
      this.#notes.add('report_changes without sha256 is not carried over: no text is kept of the directory', place);
      return false;
    }
    return true;
  }

  /** Null when no file below the directory can match. */
  #restriction({ path, depth, place }: WatchedDirectory, restrict: string, glob: string | undefined) {
    if (matchesEverything(restrict)) return undefined;
    if (glob !== undefined) {
      this.#notes.add('restrict beside wildcards is not carried over: all files are watched', place);
      return undefined;
    }
    if (depth !== Number.POSITIVE_INFINITY) {
      this.#notes.add('recursion_level beside restrict is not carried over: deeper files are watched too', place);
    }
    const expression = belowDirectory(restrict, path);
    if (expression === undefined) this.#notes.add('restrict matches no file of the directory: it is left out', place);
    return expression ?? null;
  }

  #ignored(one: PathSet, order: number): Atom[] {
    const { text, isExpression, place } = one;
    const isAll = isExpression ? matchesEverything(text) : text === '' || text === '/';
    if (isAll) {
      this.#notes.add('<ignore> of everything is left out: nothing would be watched', place);
      return [];
    }
    if (!isExpression && !text.startsWith('/')) {
      this.#notes.add(`no path of this system, left out: ${text}`, place, 'setting');
      return [];
    }
    const origin = originOf(place);
    const atom = (selector: ImportedSelector, start: string): Atom => ({
      ...leftOut,
      exclude: [],
      order,
      selector,
      start,
    });
    if (isExpression) {
      return leftOutBy(text).map((expression) =>
        atom({ kind: 'match', text: expression, origin, translatedFrom: text }, ''),
      );
    }
    // Wazuh takes it for a beginning of paths, whatever follows.
    const isNamed = isReadable(pathFromLatin1(text));
    const glob = text.endsWith('/') ? `${escapedGlob(text)}**` : `${escapedGlob(text)}*`;
    const selector: ImportedSelector = isNamed
      ? { kind: 'paths', text: glob, origin, translatedFrom: undefined }
      : { kind: 'match', text: escapeRegex(text), origin, translatedFrom: undefined };
    return [atom(selector, text)];
  }
}

const leftOut = { watch: ['nothing'], types: [], depth: Number.POSITIVE_INFINITY, label: 'left out' };

/** `isLink`: whether a path is a symbolic link on the host that the policy is for. */
export function translateSyscheck(syscheck: Syscheck, isLink: (path: string) => boolean, notes: Notes): ImportedRule[] {
  return new Translation(syscheck, isLink, notes).rules();
}
