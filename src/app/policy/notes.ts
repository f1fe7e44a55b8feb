/** What an administrator should know of a policy on this very system: paths that name nothing, links, mounts. */
import { baseName, type Path, parentPath, pathFromLatin1, printable, printableText, ROOT } from '../../model/bytes.ts';
import type { Failure } from '../../model/errors.ts';
import { andMore } from '../../model/excerpt.ts';
import {
  type MatchPattern,
  type PathPattern,
  type Policy,
  type Rule,
  type StartLink,
  watchesNothing,
} from '../../model/rule.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { Selector } from '../../policy/select.ts';
import { expandPaths, type Starts } from '../../policy/starts.ts';
import { findUnmatched, type Unmatched } from '../../policy/unmatched.ts';
import { type BlindLink, findBlindLinks } from '../../scan/blind-links.ts';
import { type StartWay, startWays, withStartLinks } from '../../scan/start-links.ts';
import { GlobFileSystem } from '../../system/glob-fs.ts';
import type { Tree } from '../../system/tree.ts';
import { oddPatternLines } from './odd-patterns.ts';
import { oddRuleLines } from './odd-rules.ts';
import { typeAt } from './type-at.ts';
import { ungovernedLines } from './ungoverned.ts';

export interface SystemNotes {
  /** Sentences for the user. */
  readonly lines: readonly string[];
  /** Directories in which globs could not be expanded. */
  readonly failures: readonly Failure[];
}

/** Expands the paths of all rules on the examined system. */
function startsOnSystem(policy: Policy, rules: readonly Rule[], tree: Tree): Promise<Starts> {
  const selector = new Selector(policy);
  return expandPaths(rules, new GlobFileSystem(tree), (path) => selector.isIgnored(path));
}

/** What the paths of rules with requirements name. */
export async function requirementStarts(policy: Policy, tree: Tree): Promise<Starts> {
  return startsOnSystem(
    policy,
    policy.rules.filter((rule) => rule.require !== undefined),
    tree,
  );
}

/** The remarks of `init` and `policy check`; `root` is the directory that is the root of the tree. */
export async function describePolicyOnSystem(
  { policy, places }: Pick<LoadedPolicy, 'policy' | 'places'>,
  tree: Tree,
  root: Path,
  links: readonly StartLink[],
): Promise<SystemNotes> {
  const starts = await startsOnSystem(policy, policy.rules, tree);
  const missing = new Map<number, PathPattern[]>();
  for (const { rule, pattern } of starts.missing) missing.set(rule, [...(missing.get(rule) ?? []), pattern]);
  const lines: string[] = [];
  const unmatched = unmatchedOnSystem(policy, tree);
  for (const [index, patterns] of missing) {
    const rule = ruleAt(policy, index);
    const name = printableText(rule.name);
    // A glob may well match nothing today; a path without glob characters names what should be there.
    const literals = patterns.filter((pattern) => pattern.literal !== undefined);
    const isMatched = rule.match.length > 0 && !unmatched.rules.has(index);
    if (patterns.length === rule.paths.length && !isMatched) {
      lines.push(`Rule "${name}" selects nothing here: ${listed([...patterns, ...rule.match])}`);
    } else if (literals.length > 0) lines.push(`Rule "${name}": does not exist here: ${listed(literals)}`);
  }
  for (const index of unmatched.rules) {
    const rule = ruleAt(policy, index);
    if (rule.paths.length > 0) continue;
    lines.push(`Rule "${printableText(rule.name)}" selects nothing here: ${listed(rule.match)}`);
  }
  lines.push(...ungovernedLines({ policy, places }, starts, tree, root));
  lines.push(...(await oddPatternLines({ policy, places }, new GlobFileSystem(tree))));
  lines.push(...oddRuleLines({ policy, places }, starts, (path) => typeAt(tree, path), root));
  const watched = withStartLinks(policy, links);
  for (const blind of findBlindLinks(watched, links, tree)) lines.push(blindLine(ruleAt(watched, blind.rule), blind));
  for (const way of startWays(links)) lines.push(linkLine(ruleAt(policy, way.rule), way));
  return { lines, failures: [...starts.failures, ...unmatched.failures] };
}

/** Rules whose expressions match nothing; of those that watch something. */
function unmatchedOnSystem(policy: Policy, tree: Tree): Unmatched {
  const selector = new Selector(policy);
  const rules = policy.rules.filter(({ watch }) => !watchesNothing(watch));
  const isEntered = (path: Path): boolean => selector.enter(parentPath(path), ROOT).descend(baseName(path), false);
  return findUnmatched(rules, new GlobFileSystem(tree), isEntered);
}

function blindLine(rule: Rule, { path, target }: BlindLink): string {
  return (
    `Rule "${printableText(rule.name)}": nothing is seen behind the symbolic link in ${printable(path)}, ` +
    `which leads to ${printable(target)}: write that path instead`
  );
}

const LISTED = 10;

function listed(patterns: readonly (PathPattern | MatchPattern)[]): string {
  const texts = patterns.map(({ text }) => printable(pathFromLatin1(text)));
  return andMore(texts, LISTED).join(', ');
}

function linkLine(rule: Rule, { path, way, target }: StartWay): string {
  const through = way.length === 0 ? '' : `, as ${way.length === 1 ? 'is the link' : 'are the links'} on the way: `;
  return (
    `Rule "${printableText(rule.name)}": ${printable(path)} leads through a symbolic link to ${printable(target)}, ` +
    `which init and policy update record too${through}${way.map(printable).join(', ')}`
  );
}

function ruleAt(policy: Policy, index: number): Rule {
  const rule = policy.rules[index];
  if (rule === undefined) throw new Error(`integ: internal error: no rule ${index}`);
  return rule;
}
