/**
 * The line-wise files of the dpkg database: lists of paths, MD5 sums, diversions, overrides of owner and mode. Pure
 * parsing of text that somebody may have forged: a line of another form tells nothing. Text has one character a byte.
 */
import { type Path, pathFromLatin1 } from '../../../model/bytes.ts';
import { linesOf } from '../stanzas.ts';

/** PATH_MAX of Linux; dpkg cannot unpack anything longer. */
const LONGEST_PATH = 4095;

/** A component that is empty or only dots. */
const NO_NAME = /\/\.{0,2}(?:\/|$)/;

/**
 * The path of a line, with or without the slash at its begin, as both occur (deb-md5sums(5)). Undefined for what names
 * nothing below the root: dots, empty components, control bytes that end a name.
 */
export function listedPath(text: string): Path | undefined {
  const path = text.startsWith('/') ? text : `/${text}`;
  if (path.length > LONGEST_PATH || path.includes('\0') || NO_NAME.test(path)) return undefined;
  return pathFromLatin1(path);
}

/** Every path of a `.list` file. The root, which each begins with, is left out: it is nobody's. */
export function* parseList(text: string): Generator<Path, void, undefined> {
  for (const line of linesOf(text)) {
    const path = line.startsWith('/') ? listedPath(line) : undefined;
    if (path !== undefined) yield path;
  }
}

const SUM = /^(\\?)([0-9a-f]{32}) {2}(.+)$/s;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', r: '\r' };

/** GNU md5sum begins a line with a backslash where it escaped the name (coreutils manual, "md5sum invocation"). */
function unescaped(name: string): string | undefined {
  if (!/^(?:[^\\]|\\[\\nr])*$/s.test(name)) return undefined;
  return name.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** MD5 by path of an `.md5sums` file, of the paths that are wanted. A path with two different sums has none. */
export function parseSums(text: string, isWanted: (path: Path) => boolean = () => true): ReadonlyMap<Path, string> {
  const sums = new Map<Path, string>();
  const ambiguous = new Set<Path>();
  for (const line of linesOf(text)) {
    const [, mark = '', md5 = '', written = ''] = SUM.exec(line) ?? [];
    const listed = mark === '' ? written : unescaped(written);
    const path = listed === undefined ? undefined : listedPath(listed);
    if (path === undefined || !isWanted(path)) continue;
    if ((sums.get(path) ?? md5) !== md5) ambiguous.add(path);
    sums.set(path, md5);
  }
  for (const path of ambiguous) sums.delete(path);
  return sums;
}

export interface Diversion {
  readonly from: Path;
  readonly to: Path;
  /** The package whose own file stays at `from`; undefined for a local one, which diverts that of every package. */
  readonly package: string | undefined;
}

/** Three lines each: from, to, package or a colon (dpkg-divert(1)). Nothing is believed of a file of another form. */
export function parseDiversions(text: string): readonly Diversion[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length % 3 !== 0) return [];
  const diversions: Diversion[] = [];
  for (let at = 0; at < lines.length; at += 3) {
    const [from = '', to = '', owner = ''] = lines.slice(at, at + 3);
    const [source, target] = [listedPath(from), listedPath(to)];
    if (source === undefined || target === undefined || owner === '') return [];
    diversions.push({ from: source, to: target, package: owner === ':' ? undefined : owner });
  }
  return diversions;
}

export interface OverrideLine {
  /** A name, or a number after a `#`. */
  readonly user: string;
  readonly group: string;
  readonly mode: number;
  readonly path: Path;
}

const OVERRIDE = /^([^ ]+) ([^ ]+) ([0-7]{1,4}) (\/.+)$/s;

/** `user group mode path` (dpkg-statoverride(1)). */
export function parseOverrides(text: string): readonly OverrideLine[] {
  return text.split('\n').flatMap((line) => {
    const [, user = '', group = '', mode = '', listed = ''] = OVERRIDE.exec(line) ?? [];
    const path = listedPath(listed);
    return path === undefined ? [] : [{ user, group, mode: Number.parseInt(mode, 8), path }];
  });
}
