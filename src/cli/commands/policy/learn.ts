/** `integ policy learn`: prints rules for what kept changing in the checks of a period. */
import { learnHabits } from '../../../app/policy/learn.ts';
import { needsExactBytes, type Path, pathBase64, pathFromLatin1, printable } from '../../../model/bytes.ts';
import type { Learned } from '../../../policy/learn/learn.ts';
import { type LearnedFrom, ruleOf } from '../../../policy/learn/policy-text.ts';
import type { CommandContext } from '../../context.ts';
import type { PolicyLearnOptions } from './define.ts';

export async function runPolicyLearn(context: CommandContext, options: PolicyLearnOptions): Promise<number> {
  const { learned, from, text, advice } = await learnHabits(context, options);
  context.terminal.print(options.format === 'json' ? learnedJson(learned, from, text) : text);
  context.terminal.note(advice);
  return 0;
}

function shownPath(path: Path) {
  return { path: printable(path), ...(needsExactBytes(path) ? { pathBase64: pathBase64(path) } : {}) };
}

const shownBytes = (text: string): string => printable(pathFromLatin1(text));

function learnedJson(learned: Learned, from: LearnedFrom, policy: string): string {
  const document = {
    schema: 'integ-learned/1',
    host: from.host,
    checks: from.checks,
    comparisons: learned.comparisons,
    firstCheck: from.first,
    lastCheck: from.last,
    notes: from.notes,
    proposals: learned.proposals.map((proposal) => {
      const { evidence, behaviour, rules } = proposal;
      const { paths, match, notify, depth, ...rule } = ruleOf(proposal, from.notify);
      return {
        behaviour,
        rule: {
          ...rule,
          ...(depth === undefined ? {} : { depth }),
          ...(paths.length === 0 ? {} : { paths: paths.map(shownBytes) }),
          ...(match.length === 0 ? {} : { match }),
          ...(notify.length === 0 ? {} : { notify }),
        },
        governedBy: rules,
        evidence: { ...evidence, members: evidence.members.map(shownPath) },
      };
    }),
    notProposed: learned.notProposed.map(({ path, rule, severity, reasons }) => ({
      ...shownPath(path),
      rule,
      severity,
      reasons: reasons.map(shownBytes),
    })),
    policy,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
