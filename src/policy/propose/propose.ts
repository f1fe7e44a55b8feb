/** A policy for a host out of what the host shows: pure, so that the same facts give the same text. */
import { isWithin, type Path, pathFromText } from '../../model/bytes.ts';
import type { HostFacts } from '../../model/host-facts.ts';
import type { Policy } from '../../model/rule.ts';
import { compilePattern, literalPrefix } from '../glob.ts';
import { loadPolicy } from '../load.ts';
import { ruleLines } from '../rule-text.ts';
import { commentLines, quoted, quotedBytes } from '../yaml-text.ts';
import { INDICATING_PATHS, type ProposedInclude, proposeIncludes } from './includes.ts';
import { CONTAINER_PATHS, type ProposedIgnore, proposeIgnores } from './mounts.ts';
import { DATA_PATHS, LISTED_DIRECTORIES, proposeRules } from './rules.ts';

const MAILERS = ['/usr/sbin/sendmail', '/usr/lib/sendmail'].map(pathFromText);

/** What a proposal asks of the host. */
export const SURVEY_QUESTIONS = {
  exist: [...INDICATING_PATHS, ...CONTAINER_PATHS, ...DATA_PATHS, ...MAILERS],
  list: LISTED_DIRECTORIES,
};

function includeLines(includes: readonly ProposedInclude[]): string[] {
  return [
    'include:',
    ...includes.flatMap(({ policy, reason, isCertain }) => [
      ...commentLines(isCertain ? reason : `${reason}: take the # away if it is wanted`, '  '),
      `  ${isCertain ? '' : '# '}- builtin:${policy}`,
    ]),
  ];
}

function ignoreLines(ignores: readonly ProposedIgnore[]): string[] {
  if (ignores.length === 0) return [];
  const lines = ignores.flatMap(({ directory, pattern, reason }) =>
    pattern === undefined
      ? commentLines(`${directory} has a name that no pattern can say: ${reason}`, '  ')
      : [...commentLines(reason, '  '), `  - ${quotedBytes(pattern)}`],
  );
  const isEmpty = ignores.every(({ pattern }) => pattern === undefined);
  return ['', '# Never entered; the directories themselves stay watched.', isEmpty ? '# ignore:' : 'ignore:', ...lines];
}

function notifyLines({ existing }: HostFacts): string[] {
  const mailer = MAILERS.find((path) => existing.has(path));
  if (mailer === undefined) return [];
  return [
    '',
    ...commentLines(`${mailer} is there, so that reports can go out by mail (docs/notifications.md):`, ''),
    '# notify:',
    '#   email: { to: [root], when: changes }',
  ];
}

/** Whether a policy names the directory or something in it, and so looks there on purpose. */
function names(policy: Policy | undefined, directory: Path): boolean {
  return (policy?.rules ?? []).some(({ paths }) =>
    paths.some((pattern) => compilePattern(pattern).some((way) => isWithin(literalPrefix(way), directory))),
  );
}

/** Undefined for none. */
function policyOf(policies: readonly string[], facts: HostFacts): Policy | undefined {
  if (policies.length === 0) return undefined;
  const text = `version: 1\ninclude: [${policies.map((policy) => `builtin:${policy}`).join(', ')}]\n`;
  const reader = { read: () => Buffer.from(text, 'utf8'), osFamily: () => facts.system };
  return loadPolicy('the shipped policies', reader).policy;
}

/** `available`: names of the shipped policies; `base`: the one for the system. */
export function proposePolicy(facts: HostFacts, available: readonly string[], base: string): string {
  const includes = proposeIncludes(facts, available, base);
  const certain = includes.filter(({ isCertain }) => isCertain).map(({ policy }) => policy);
  const all = policyOf(certain, facts);
  const ignores = proposeIgnores(facts, (directory) => names(all, directory));
  // The policy for the system names places such as /srv for their frame alone.
  const addOns = policyOf(
    certain.filter((policy) => policy !== base),
    facts,
  );
  const isSettled = (path: Path): boolean =>
    ignores.some(({ directory }) => isWithin(path, directory)) || names(addOns, path);
  const { rules, unwritable } = proposeRules(facts, isSettled);
  const lines = [
    ...commentLines(
      `A proposal for ${pathFromText(facts.hostName)}, made from what is there. Read it, then: integ policy check, integ init.`,
      '',
    ),
    ...facts.unread.flatMap((problem) => commentLines(`Not looked at: ${pathFromText(problem)}.`, '')),
    ...unwritable.flatMap((path) => commentLines(`Has no rule, since no pattern can say its name: ${path}`, '')),
    'version: 1',
    `name: ${quoted(facts.hostName)}`,
    ...includeLines(includes),
    ...ignoreLines(ignores),
    ...notifyLines(facts),
    ...(rules.length === 0 ? [] : ['', 'rules:', ...rules.flatMap((rule) => ruleLines(rule, '  '))]),
  ];
  return `${lines.join('\n')}\n`;
}
