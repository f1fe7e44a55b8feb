/**
 * Whether a text that is no policy of integ is the configuration of a program whose configurations are imported: by
 * lines that mean something to that program and nothing in YAML (aide.conf(5), twpolicy(4)).
 */
import type { ForeignProgram } from './import/programs.ts';

const NAMES: Readonly<Record<ForeignProgram, string>> = { aide: 'AIDE', tripwire: 'Tripwire' };

const TRIPWIRE = [
  /^\s*@@(?:section|ifhost|end)\b/,
  /^\s*!?\s*["/$][^#]*->\s*[^;#]*;/,
  /^\s*rulename\s*=/,
  /^\s*\w+\s*=\s*\$\([A-Za-z]+\)/,
];
const AIDE = [
  /^\s*@@(?:define|undef|ifdef|ifndef|if|include|x_include)\b/,
  /^\s*(?:database(?:_in|_out|_new|_add_metadata)?|report_url|gzip_dbout|report_level)\s*=/,
  /^\s*[!=]?\/\S*\s+[A-Za-z][A-Za-z0-9_]*(?:[+-][A-Za-z0-9_]+)*\s*(?:#.*)?$/,
  /^\s*[!=-]\/\S+\s*(?:#.*)?$/,
  /^\s*[A-Za-z]\w*\s*=\s*[A-Za-z][A-Za-z0-9_]*(?:\+[A-Za-z0-9_]+)+\s*(?:#.*)?$/,
];

/** Lines that are looked at: those before the first rule are comments, seldom more. */
const MOST_LINES = 2000;
/** Characters of a line that are looked at. */
const LONGEST_LINE = 1000;

/** The program whose configuration it is, and its name for people; undefined when it does not look like one. */
export function foreignProgram(text: string): { readonly program: ForeignProgram; readonly name: string } | undefined {
  const lines = text
    .split('\n', MOST_LINES)
    .map((line) => line.slice(0, LONGEST_LINE))
    .filter((line) => /\S/.test(line) && !/^\s*#/.test(line));
  // A brace at the start, or such a key, is what each policy has and neither of them.
  if (/^\s*[{[]/.test(lines[0] ?? '')) return undefined;
  if (lines.some((line) => /^\s*["']?(?:version|rules|include)["']?\s*:/.test(line))) return undefined;
  const counted = (patterns: readonly RegExp[]): number =>
    lines.filter((line) => patterns.some((pattern) => pattern.test(line))).length;
  const tripwire = counted(TRIPWIRE);
  const aide = counted(AIDE);
  if (tripwire + aide === 0) return undefined;
  const program = tripwire >= aide ? 'tripwire' : 'aide';
  return { program, name: NAMES[program] };
}
