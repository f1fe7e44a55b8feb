/** `integ policy check`: whether a policy is valid, and what in it selects nothing. */
import { resolve } from 'node:path';
import { evaluateRequirements } from '../../../app/check/requirements.ts';
import { openTree, startLinksNow } from '../../../app/open-tree.ts';
import { loadContextPolicy, policyName } from '../../../app/policy/load-policy.ts';
import { describePolicyOnSystem } from '../../../app/policy/notes.ts';
import { mountsNotEntered } from '../../../app/policy/unentered-mounts.ts';
import { pathFromText, printable, printableText } from '../../../model/bytes.ts';
import { MountScout } from '../../../scan/mount-scout.ts';
import { withStartLinks } from '../../../scan/start-links.ts';
import type { CommandContext } from '../../context.ts';
import { deliver } from '../../output.ts';
import type { PolicyCheckOptions } from './define.ts';

export async function runPolicyCheck(
  context: CommandContext,
  options: PolicyCheckOptions,
  [file]: readonly [string | undefined],
): Promise<number> {
  const name = file === undefined ? policyName(context) : file.startsWith('builtin:') ? file : resolve(file);
  const loaded = loadContextPolicy(context, name);
  const scout = await MountScout.send({ root: context.root, policy: loaded.policy });
  const tree = openTree(context, scout);
  try {
    if (options.live === true) {
      const report = await evaluateRequirements(context, loaded, tree, scout);
      await deliver(context, report, { ...options, isStored: false });
      return report.exitCode;
    }
    const links = await startLinksNow(scout, loaded.policy, tree);
    const notes = await describePolicyOnSystem(loaded, tree, pathFromText(context.root), links);
    const { rules, ignore } = loaded.policy;
    context.terminal.print(
      [
        `The policy is valid: ${printableText(name)}`,
        `  ${printableText(loaded.policy.name)}: ${rules.length} rules, ${ignore.length} patterns ignored, sha256 ${loaded.sha256}`,
        ...notes.lines,
        ...mountsNotEntered(pathFromText(context.root), withStartLinks(loaded.policy, links)).map(
          ({ path, type }) => `Not entered, another file system: ${printable(path)} (${type})`,
        ),
        ...[...scout.failures, ...notes.failures].map(
          ({ path, message }) => `Cannot be listed: ${printable(path)}: ${printableText(message)}`,
        ),
        '',
      ].join('\n'),
    );
    return 0;
  } finally {
    tree.close();
  }
}
