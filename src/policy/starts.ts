/**
 * The objects that the paths of rules name themselves: literal ones as they are, globs expanded by fast-glob. It asks
 * the tree through an interface. fast-glob only finds candidates: each is judged by the matcher that judges in a scan.
 *
 * fast-glob takes names for text and cannot keep bytes, newlines and backslashes apart, so it is given names with one
 * character a byte, three bytes moved out of its way, and patterns in which `?` and `[…]` are widened to `*`.
 */
import { joinPath, type Path, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { errorCode, type Failure, failureFrom } from '../model/errors.ts';
import type { PathPattern, Rule } from '../model/rule.ts';
import { type Alternative, compilePattern, literalPrefix, matchesPath } from './glob.ts';
import type { Segment } from './segment.ts';

interface ListedName {
  readonly name: Path;
  /** Not a symbolic link to one. */
  readonly isDirectory: boolean;
}

/** What the expansion of globs asks of the examined tree. Both throw an error with a symbolic errno as `code`. */
export interface GlobTree {
  list(directory: Path): readonly ListedName[];
  /** Whether there is an object, be it a symbolic link that leads nowhere. */
  exists(path: Path): boolean;
}

/** A path that names nothing: a literal one that does not exist, or a glob without a match. */
interface MissingPath {
  readonly rule: number;
  readonly pattern: PathPattern;
}

export interface Starts {
  /** By index of the rule, in the order of its paths: literal ones whether they exist or not, and what globs match. */
  readonly byRule: ReadonlyMap<number, readonly Path[]>;
  readonly missing: readonly MissingPath[];
  /** Directories that could not be listed; globs may have matches below them. */
  readonly failures: readonly Failure[];
}

// A newline, a carriage return and a backslash mean something to the matcher inside fast-glob.
const MOVED = /[\n\r\\]/g;
const MOVED_TO = 0xe000;

function toGlobText(bytes: string): string {
  return bytes.replace(MOVED, (byte) => String.fromCharCode(MOVED_TO + byte.charCodeAt(0)));
}

function fromGlobText(text: string): Path {
  return pathFromLatin1(
    text.replace(/[\ue00a\ue00d\ue05c]/g, (moved) => String.fromCharCode(moved.charCodeAt(0) & 0xff)),
  );
}

/** Every ASCII character that may mean something in a pattern stands for itself. */
function escapeGlobText(bytes: string): string {
  return toGlobText(bytes).replace(/[!-,:-@[-^`{-~]/g, '\\$&');
}

function toFastGlob(segment: Segment): string {
  switch (segment.kind) {
    case 'literal':
      return escapeGlobText(segment.name);
    case 'glob':
      return segment.parts.map(escapeGlobText).join('*');
    case 'globstar':
      return '**';
    default:
      return segment satisfies never;
  }
}

/** The part of a Dirent of node:fs that fast-glob looks at. */
interface GlobDirent {
  readonly name: string;
  readonly isDirectory: () => boolean;
  readonly isFile: () => boolean;
  readonly isSymbolicLink: () => boolean;
}

class Expansion {
  readonly #tree: GlobTree;
  readonly #isIgnored: (path: Path) => boolean;
  readonly #failures = new Map<Path, Failure>();

  constructor(tree: GlobTree, isIgnored: (path: Path) => boolean) {
    this.#tree = tree;
    this.#isIgnored = isIgnored;
  }

  get failures(): readonly Failure[] {
    return [...this.#failures.values()];
  }

  exists(path: Path): boolean {
    try {
      return this.#tree.exists(path);
    } catch (error) {
      this.#fail(path, 'lstat', error);
      // Not known to be missing.
      return true;
    }
  }

  /** The objects that match one alternative with globs. */
  async matches(alternative: Alternative): Promise<readonly Path[]> {
    const base = literalPrefix(alternative);
    const skipped = base === ROOT ? 0 : base.split('/').length - 1;
    // fast-glob is slow to load, and few policies need it.
    const { default: fastGlob } = await import('fast-glob');
    const found = fastGlob.sync(alternative.slice(skipped).map(toFastGlob).join('/'), {
      cwd: toGlobText(base),
      dot: true,
      onlyFiles: false,
      followSymbolicLinks: false,
      braceExpansion: false,
      extglob: false,
      // fast-glob asks for nothing but names and whether each is a directory, though its types want all of node:fs.
      fs: { readdirSync: ((directory: string) => this.#list(directory)) as never },
    });
    const judged = [alternative];
    return found.map((name) => joinPath(base, fromGlobText(name))).filter((path) => matchesPath(judged, path));
  }

  #list(directory: string): readonly GlobDirent[] {
    const path = fromGlobText(directory);
    if (this.#isIgnored(path)) return [];
    try {
      return this.#tree
        .list(path)
        .filter(({ name }) => !this.#isIgnored(joinPath(path, name)))
        .map(({ name, isDirectory }) => ({
          name: toGlobText(name),
          isDirectory: () => isDirectory,
          isFile: () => !isDirectory,
          isSymbolicLink: () => false,
        }));
    } catch (error) {
      this.#fail(path, 'readdir', error);
      return [];
    }
  }

  #fail(path: Path, operation: string, error: unknown): void {
    const code = errorCode(error);
    // Nothing is there to be matched.
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    // A defect of the program is no property of the tree.
    if (code === 'EUNKNOWN') throw error;
    this.#failures.set(path, { ...failureFrom(path, error), operation });
  }
}

/** Finds what the paths of rules name. Directories for which `isIgnored` holds are not entered. */
export async function expandPaths(
  rules: readonly Pick<Rule, 'index' | 'paths'>[],
  tree: GlobTree,
  isIgnored: (path: Path) => boolean,
): Promise<Starts> {
  const expansion = new Expansion(tree, isIgnored);
  const byRule = new Map<number, readonly Path[]>();
  const missing: MissingPath[] = [];
  for (const rule of rules) {
    const starts = new Set<Path>();
    for (const pattern of rule.paths) {
      let found = false;
      for (const alternative of compilePattern(pattern)) {
        const isLiteral = alternative.every((segment) => segment.kind === 'literal');
        const paths = isLiteral ? [literalPrefix(alternative)] : await expansion.matches(alternative);
        const existing = isLiteral ? paths.filter((path) => expansion.exists(path)) : paths;
        if (existing.length > 0) found = true;
        // An alternative of a brace that does not exist names nothing; a path without globs names what should be there.
        for (const path of pattern.literal === undefined ? existing : paths) starts.add(path);
      }
      if (!found) missing.push({ rule: rule.index, pattern });
    }
    byRule.set(rule.index, [...starts]);
  }
  return { byRule, missing, failures: expansion.failures };
}
