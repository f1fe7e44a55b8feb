/** `integ policy check`, `explain`, `templates` and `schema`. */
import { resolve } from 'node:path';
import { evaluateRequirements } from '../../app/check/requirements.ts';
import { loadContextPolicy, policyName } from '../../app/policy/load-policy.ts';
import { describePolicyOnSystem } from '../../app/policy/notes.ts';
import { typeAt } from '../../app/policy/type-at.ts';
import { mountsNotEntered } from '../../app/policy/unentered-mounts.ts';
import type { ObjectType } from '../../model/attributes.ts';
import {
  type Path,
  parentPath,
  pathFromLatin1,
  pathFromText,
  printable,
  printableText,
  ROOT,
} from '../../model/bytes.ts';
import type { MatchPattern, PathPattern, Policy } from '../../model/rule.ts';
import type { Explanation, RuleVerdict } from '../../policy/explain.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { Selector } from '../../policy/select.ts';
import { describeTemplates } from '../../policy/templates.ts';
import { findStartLinks, withStartLinks } from '../../scan/start-links.ts';
import { mountOf, readMounts } from '../../system/mounts.ts';
import { Tree } from '../../system/tree.ts';
import type { Context } from '../context.ts';
import { deliver, type OutputOptions } from '../output.ts';

interface CheckOptions extends OutputOptions {
  readonly live?: boolean;
}

function policyFromOperand(context: Context, operand: string | undefined): { name: string; loaded: LoadedPolicy } {
  const name =
    operand === undefined ? policyName(context) : operand.startsWith('builtin:') ? operand : resolve(operand);
  return { name, loaded: loadContextPolicy(context, name) };
}

async function withTree<Result>(context: Context, action: (tree: Tree) => Promise<Result>): Promise<Result> {
  const tree = new Tree({ root: context.root, isWorker: false, portable: context.portable });
  try {
    return await action(tree);
  } finally {
    tree.close();
  }
}

export async function runPolicyCheck(
  context: Context,
  operands: readonly string[],
  options: CheckOptions,
): Promise<number> {
  const { name, loaded } = policyFromOperand(context, operands[0]);
  return withTree(context, async (tree) => {
    if (options.live === true) {
      const report = await evaluateRequirements(context, loaded, tree);
      await deliver(context, report, { ...options, isStored: false });
      return report.exitCode;
    }
    const links = findStartLinks(loaded.policy, tree);
    const notes = await describePolicyOnSystem(loaded.policy, tree, links);
    const { rules, ignore } = loaded.policy;
    context.terminal.print(
      [
        `The policy is valid: ${printableText(name)}`,
        `  ${printableText(loaded.policy.name)}: ${rules.length} rules, ${ignore.length} patterns ignored, sha256 ${loaded.sha256}`,
        ...notes.lines,
        ...mountsNotEntered(pathFromText(context.root), withStartLinks(loaded.policy, links)).map(
          ({ path, type }) => `Not entered, another file system: ${printable(path)} (${type})`,
        ),
        ...notes.failures.map(({ path, message }) => `Cannot be listed: ${printable(path)}: ${printableText(message)}`),
        '',
      ].join('\n'),
    );
    return 0;
  });
}

export async function runPolicyExplain(context: Context, operands: readonly string[]): Promise<number> {
  const { loaded } = policyFromOperand(context, undefined);
  return withTree(context, async (tree) => {
    const policy = withStartLinks(loaded.policy, findStartLinks(loaded.policy, tree));
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
  });
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
  const watch = governing === undefined ? [] : [`  watches ${watchText(governing.watch)}`];
  const considered = explanation.considered.map(({ rule, pattern, start, verdict: outcome }) => {
    const name = printableText(policy.rules[rule]?.name ?? '');
    const way =
      'directory' in pattern ? `match ${show(pattern)}` : `path ${show(pattern)} covers it from ${printable(start)}`;
    return `  rule ${rule + 1} "${name}": ${way}: ${verdictText(policy, outcome)}`;
  });
  return [verdict, ...watch, ...considered];
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

export async function runPolicyTemplates(
  context: Context,
  _operands: readonly string[],
  options: { readonly format: 'text' | 'json' },
): Promise<number> {
  const templates = describeTemplates();
  if (options.format === 'json') {
    context.terminal.print(`${JSON.stringify(templates, null, 2)}\n`);
    return 0;
  }
  const lines = templates.flatMap(({ name, description, attributes, prefixDigests, neverShrinks }) => [
    `${name}: ${description}`,
    `  ${attributes.join(' ')}`,
    ...(neverShrinks ? ['  and: the size never shrinks'] : []),
    ...(prefixDigests.length > 0 ? [`  and: the first bytes keep their ${prefixDigests.join(', ')}`] : []),
    '',
  ]);
  context.terminal.print(`${lines.join('\n')}`);
  return 0;
}

export async function runPolicySchema(context: Context): Promise<number> {
  const { policyJsonSchema } = await import('../../policy/schema.ts');
  context.terminal.print(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  return 0;
}
