/** What `aide --dry-init` prints: a line for each object it looked at, and the rule that it chose. */
import { type Path, pathFromLatin1 } from '../../../model/bytes.ts';
import type { Watch } from '../../../model/rule.ts';
import { watchOfTerms } from '../watch-terms.ts';
import { isAideAttribute } from './attributes.ts';
import { translateWatch } from './watch.ts';

export interface DryRunEntry {
  readonly path: Path;
  /** What integ would watch for the attributes of the rule; undefined when AIDE leaves the object out. */
  readonly watch: Watch | undefined;
  /** The rule as AIDE shows it, with its file and line. */
  readonly rule: string;
}

// 0.18: [X] f '/path': selective rule: … — since 0.19: [x] f=ext:/path: selective rule: …
const ENTRY =
  /^\[(.)\] [a-zA-Z?!](?:=[^:]*)?(?: '(.*)'|:(.*)): (?=selective rule: |equal rule: |negative rule: |recursive |non-recursive |no matching |parent dir|outside)(.*)$/;
const CHOSEN = /^(?:selective|equal) rule: '.* (\S*)' \((.*)\)$/;

/** AIDE writes what a terminal would obey as a backslash and three octal digits. */
function unescaped(shown: string): string {
  return shown.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

const watches = new Map<string, Watch>();

/** What integ watches for a sum of attributes as AIDE prints it, `p+u+g`. */
function watchOf(sum: string): Watch {
  const known = watches.get(sum);
  if (known !== undefined) return known;
  const { terms } = translateWatch(new Set(sum.split('+').filter(isAideAttribute)));
  const watch = watchOfTerms(terms);
  watches.set(sum, watch);
  return watch;
}

/** Reads one line, one character a byte; undefined for a line that is about no object. */
export function readDryRunLine(line: string): DryRunEntry | undefined {
  const entry = ENTRY.exec(line);
  if (entry === null) return undefined;
  const path = pathFromLatin1(unescaped(entry[2] ?? entry[3] ?? ''));
  const rule = entry[4] ?? '';
  const chosen = CHOSEN.exec(rule);
  const isSelected = entry[1] === 'X' || entry[1] === 'x';
  return { path, rule, watch: isSelected && chosen !== null ? watchOf(chosen[1] ?? '') : undefined };
}
