/**
 * Whether a text that is no policy of integ is the configuration of a program whose configurations are imported: by
 * lines that mean something to that program and nothing in a policy (aide.conf(5), twpolicy(4), samhainrc(5)).
 */
import type { ForeignProgram } from './import/programs.ts';

interface Signs {
  /** Its name for people. */
  readonly name: string;
  /** Lines of its configuration. */
  readonly lines: readonly RegExp[];
}

/** In the order in which they count where a text has as many lines of one as of another. */
const SIGNS: Readonly<Record<ForeignProgram, Signs>> = {
  tripwire: {
    name: 'Tripwire',
    lines: [
      /^\s*@@(?:section|ifhost|end)\b/,
      /^\s*!?\s*["/$][^#]*->\s*[^;#]*;/,
      /^\s*rulename\s*=/,
      /^\s*\w+\s*=\s*\$\([A-Za-z]+\)/,
    ],
  },
  aide: {
    name: 'AIDE',
    lines: [
      /^\s*@@(?:define|undef|ifdef|ifndef|if|include|x_include)\b/,
      /^\s*(?:database(?:_in|_out|_new|_add_metadata)?|report_url|gzip_dbout|report_level)\s*=/,
      /^\s*[!=]?\/\S*\s+[A-Za-z][A-Za-z0-9_]*(?:[+-][A-Za-z0-9_]+)*\s*(?:#.*)?$/,
      /^\s*[!=-]\/\S+\s*(?:#.*)?$/,
      /^\s*[A-Za-z]\w*\s*=\s*[A-Za-z][A-Za-z0-9_]*(?:\+[A-Za-z0-9_]+)+\s*(?:#.*)?$/,
    ],
  },
  wazuh: { name: 'Wazuh', lines: [/^\s*<(?:ossec_config|agent_config|syscheck|directories)\b/] },
  samhain: {
    name: 'Samhain',
    lines: [/^\s*\[(?:ReadOnly|Attributes|LogFiles|GrowingLogFiles|IgnoreAll|IgnoreNone|User[0-9]|EventSeverity)\]/],
  },
  osquery: { name: 'osquery', lines: [/^\s*"(?:file_paths|exclude_paths|file_accesses)"\s*:/] },
};

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
  // Such a key is what each policy has and none of them.
  if (lines.some((line) => /^\s*["']?(?:version|rules|include)["']?\s*:/.test(line))) return undefined;
  const count = ({ lines: signs }: Signs): number =>
    lines.filter((line) => signs.some((sign) => sign.test(line))).length;
  let found: { readonly program: ForeignProgram; readonly name: string } | undefined;
  let most = 0;
  for (const [program, signs] of Object.entries(SIGNS) as [ForeignProgram, Signs][]) {
    const counted = count(signs);
    if (counted <= most) continue;
    most = counted;
    found = { program, name: signs.name };
  }
  return found;
}
