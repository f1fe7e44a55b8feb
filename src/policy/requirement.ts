/** From `require` as it was written to what is judged. What the shape alone does not tell to be wrong is told here. */
import {
  REQUIREMENT_NAMES,
  REQUIREMENTS,
  type RequiredValues,
  type Requirement,
  type RequirementName,
} from '../model/requirement.ts';
import type { ContentPath } from './content-nodes.ts';
import { examineLineRegex } from './line-search.ts';
import { quotedStart } from './problems.ts';
import type { RequireFile } from './schema.ts';

/** Takes what is wrong, and where below the key `require`. */
export type Complain = (below: ContentPath, problem: string) => void;

/** Whether there is room for an expression of so many nodes, which stands so far below `require`. */
export type TakeNodes = (nodes: number, below: ContentPath) => boolean;

type WrittenValues = Required<{ [Key in keyof RequireFile]: NonNullable<RequireFile[Key]> }>;

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

function accounts(written: NonNullable<RequireFile['owner']>): string | readonly string[] {
  return Array.isArray(written) ? written.map(String) : String(written);
}

/** One character a byte, as it is matched. */
function lineRegex(key: 'matches' | 'not_matches', written: string, complain: Complain, takes: TakeNodes): string {
  const regex = Buffer.from(written, 'utf8').toString('latin1');
  // Nothing more is built when there is no room for what was built.
  if (!takes(0, ['content', key])) return regex;
  const { problem, nodes } = examineLineRegex(regex);
  takes(nodes, ['content', key]);
  if (problem !== undefined) complain(['content', key], `${quotedStart(written)}: ${problem}`);
  return regex;
}

function compileContent(
  { matches, not_matches: notMatches }: NonNullable<RequireFile['content']>,
  complain: Complain,
  takes: TakeNodes,
): NonNullable<Requirement['content']> {
  if (matches === undefined && notMatches === undefined) {
    complain(['content'], 'content expects nothing: write matches or not_matches');
  }
  return {
    ...(matches === undefined ? {} : { matches: lineRegex('matches', matches, complain, takes) }),
    ...(notMatches === undefined ? {} : { notMatches: lineRegex('not_matches', notMatches, complain, takes) }),
  };
}

type Compile<Written, Value> = (written: Written, complain: Complain, takes: TakeNodes) => Value;

/** By name, from what the policy says under the key to what is judged. */
const COMPILE: {
  readonly [Name in RequirementName]: Compile<WrittenValues[(typeof REQUIREMENTS)[Name]['key']], RequiredValues[Name]>;
} = {
  exists: (written) => written,
  type: (written) => written,
  owner: accounts,
  group: accounts,
  mode: octalMode,
  flags: (written) => written,
  sha256: (written) => written.toLowerCase(),
  noSetuid: (written) => written,
  parentsNotWritable: (written) => written,
  maxAge: secondsOf,
  content: compileContent,
};

export function compileRequirement(require: RequireFile, complain: Complain, takes: TakeNodes): Requirement {
  const { exists } = require;
  const expectations = Object.keys(require).filter((key) => key !== 'exists' && key !== 'follow');
  if (exists === false && expectations.length > 0) {
    complain(['exists'], `what must not exist cannot also have: ${expectations.join(', ')}`);
  }
  if (exists === undefined && expectations.length === 0) complain([], 'require expects nothing: write exists: true');
  const compiled = REQUIREMENT_NAMES.flatMap((name) => {
    const written = require[REQUIREMENTS[name].key];
    // The table holds for each name the types that belong together, which is lost over all names.
    const compile = COMPILE[name] as Compile<unknown, unknown>;
    return written === undefined ? [] : [[name, compile(written, complain, takes)]];
  });
  return Object.fromEntries(compiled) as Requirement;
}
