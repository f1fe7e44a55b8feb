/** `integ policy explain`: which rule governs a path, and why. */
import { resolve } from 'node:path';
import { openTree, startLinksNow } from '../../../app/open-tree.ts';
import { loadContextPolicy, policyName } from '../../../app/policy/load-policy.ts';
import { typeAt } from '../../../app/policy/type-at.ts';
import type { ObjectType } from '../../../model/attributes.ts';
import {
  type Path,
  parentPath,
  pathFromLatin1,
  pathFromText,
  printable,
  printableText,
  ROOT,
} from '../../../model/bytes.ts';
import type { MatchPattern, PathPattern, Policy } from '../../../model/rule.ts';
import type { Explanation, RuleVerdict } from '../../../policy/explain.ts';
import { Selector } from '../../../policy/select.ts';
import { MountScout } from '../../../scan/mount-scout.ts';
import { withStartLinks } from '../../../scan/start-links.ts';
import { mountOf, readMounts } from '../../../system/mounts.ts';
import type { CommandContext } from '../../context.ts';

export async function runPolicyExplain(
  context: CommandContext,
  _options: object,
  [operands]: readonly [readonly string[]],
): Promise<number> {
  const loaded = loadContextPolicy(context, policyName(context));
  const scout = await MountScout.send({ root: context.root, policy: loaded.policy });
  const tree = openTree(context, scout);
  try {
    const policy = withStartLinks(loaded.policy, await startLinksNow(scout, loaded.policy, tree));
    const selector = new Selector(policy);
    const mounts = readMounts(pathFromText(context.root));
    for (const operand of operands) {
      const path = normalize(operand);
      const type = typeAt(tree, path);
      const mountRoot = mountOf(mounts, path === ROOT ? ROOT : parentPath(path))?.path ?? ROOT;
      const explanation = selector.explain(path, type, mountRoot);
      context.terminal.print(`${explanationLines(policy, explanation, type).join('\n')}\n`);
    }
    return 0;
  } finally {
    tree.close();
  }
}

/** An absolute path as the policy would name it; relative ones are taken from the working directory. */
function normalize(operand: string): Path {
  return pathFromText(resolve(operand));
}

function show(pattern: PathPattern | MatchPattern): string {
  return printable(pathFromLatin1(pattern.text));
}

function explanationLines(policy: Policy, explanation: Explanation, type: ObjectType | undefined): string[] {
  const governing = policy.rules[explanation.governing];
  const what = `${printable(explanation.path)} (${type ?? 'not there, so any type'})`;
  const ignored = explanation.ignoredBy;
  const leaving = explanation.considered.find(({ verdict: outcome }) => outcome.kind === 'leaves-out');
  const verdict =
    governing !== undefined
      ? `${what}: governed by rule "${printableText(governing.name)}", severity ${governing.severity}`
      : ignored !== undefined
        ? `${what}: ignored by ${show(ignored)}`
        : leaving !== undefined
          ? `${what}: left out by rule "${printableText(policy.rules[leaving.rule]?.name ?? '')}", which watches nothing`
          : `${what}: no rule selects it`;
  const watch =
    governing === undefined ? [] : [`  watches ${watchText(governing.watch)}`, ...letsBeLines(governing.letsBe)];
  const considered = explanation.considered.map(({ rule, pattern, start, verdict: outcome }) => {
    const name = printableText(policy.rules[rule]?.name ?? '');
    const way =
      'directory' in pattern ? `match ${show(pattern)}` : `path ${show(pattern)} covers it from ${printable(start)}`;
    return `  rule ${rule + 1} "${name}": ${way}: ${verdictText(policy, outcome)}`;
  });
  return [verdict, ...watch, ...considered];
}

function letsBeLines(letsBe: Policy['rules'][number]['letsBe']): string[] {
  if (letsBe === undefined) return [];
  const what = letsBe.new && letsBe.gone ? 'comes or goes' : letsBe.new ? 'comes' : 'goes';
  return [`  what ${what} below its paths is no finding, unless it has a flag`];
}

function watchText(watch: Policy['rules'][number]['watch']): string {
  const extra = watch.appendOnly
    ? ['size never shrinks', 'recorded bytes stay']
    : watch.growing
      ? ['size never shrinks']
      : [];
  return [...watch.attributes, ...extra].join(', ');
}

function verdictText(policy: Policy, verdict: RuleVerdict): string {
  switch (verdict.kind) {
    case 'governs':
      return 'governs, as the last rule that selects it';
    case 'leaves-out':
      return 'leaves it out, as the last rule that selects it: it watches nothing';
    case 'overridden':
      return `selects it, but the later rule ${verdict.by + 1} "${printableText(policy.rules[verdict.by]?.name ?? '')}" does too`;
    case 'excluded':
      return `does not select it: exclude ${show(verdict.by)}`;
    case 'too-deep':
      return `does not select it: ${verdict.distance} levels below the path, further than its depth`;
    case 'other-type':
      return 'does not select objects of this type';
    case 'other-mount':
      return `does not select it: ${printable(verdict.mountRoot)} is another file system and the rule does not cross mounts`;
    case 'out-of-reach':
      return 'cannot select it: it is ignored';
    default:
      return verdict satisfies never;
  }
}
