/**
 * `integ policy import`: the configuration of another program as a policy, and what of it could not be carried over.
 */
import { resolve } from 'node:path';
import { compareImport, type Disagreement } from '../../../app/import/compare.ts';
import { importForeign } from '../../../app/import/foreign-policy.ts';
import { openTree } from '../../../app/open-tree.ts';
import { pathFromLatin1, pathFromText, printable, printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import { Notes } from '../../../policy/import/notes.ts';
import { policyText } from '../../../policy/import/policy-text.ts';
import { compilePolicy } from '../../../policy/load.ts';
import { formatCount } from '../../../report/quantities.ts';
import { readMounts } from '../../../system/mounts.ts';
import type { Tree } from '../../../system/tree.ts';
import type { CommandContext } from '../../context.ts';
import { deliverText } from '../../output.ts';
import type { PolicyImportOptions } from './define.ts';
import { countedLosses, remarkLines } from './import-remarks.ts';

export async function runPolicyImport(
  context: CommandContext,
  options: PolicyImportOptions,
  [file]: readonly [string],
): Promise<number> {
  if (options.from !== 'aide' && options.aideVersion !== undefined) {
    throw new UserError('usage', '--aide-version is for --from aide');
  }
  if (options.compare === true && options.from !== 'aide' && options.from !== 'tripwire') {
    throw new UserError('usage', '--compare is for --from aide and --from tripwire');
  }
  const tree = openTree(context);
  try {
    return await importWith(context, tree, resolve(file), options);
  } finally {
    tree.close();
  }
}

async function importWith(
  context: CommandContext,
  tree: Tree,
  file: string,
  options: PolicyImportOptions,
): Promise<number> {
  const notes = new Notes();
  const imported = importForeign(options.from, { context, tree, file, notes }, options.aideVersion);
  const { program, what, rules } = imported;
  if (rules.length === 0) {
    throw new UserError('policy', `${printableText(file)} selects nothing that could be carried over`);
  }
  const source = `${what}, ${pathFromText(file)}`;
  const text = policyText({ name: `imported from ${program}`, source, notes: notes.all(), rules });
  // What is written must be a policy: it is read again before anybody gets it.
  const { policy } = compilePolicy([{ name: 'the imported policy', text }]);
  for (const line of remarkLines(notes.all())) context.terminal.warn(line);
  const { losses } = notes;
  context.terminal.note(
    `imported ${formatCount(policy.rules.length)} ${policy.rules.length === 1 ? 'rule' : 'rules'}; ${countedLosses(losses)} not carried over exactly`,
  );
  let differences = 0;
  if (options.compare === true && imported.ask !== undefined) {
    const choices = await imported.ask();
    const mountPoints = new Set(readMounts(pathFromText(context.root)).map(({ path }) => path));
    const { selected, disagreements } = compareImport(policy, tree, choices, mountPoints);
    differences = disagreements.length;
    if (options.output !== undefined) await deliverText(context, [text], options.output);
    context.terminal.print(disagreements.map((one) => `${disagreementLine(one, program)}\n`).join(''));
    const share = selected === 0 ? 100 : ((selected - differences) / selected) * 100;
    context.terminal.note(
      `${formatCount(selected)} objects are selected by ${program} or the policy; they disagree on ${formatCount(differences)} (${share.toFixed(3)} % agree)`,
    );
  } else {
    await deliverText(context, [text], options.output);
  }
  if (options.strict === true && losses + differences > 0) {
    throw new UserError('policy', 'not everything was carried over exactly', { hint: 'see the remarks above' });
  }
  return 0;
}

function disagreementLine({ path, kind, foreignRule, rule }: Disagreement, program: string): string {
  const theirs = foreignRule === undefined ? 'it did not look at it' : printable(pathFromLatin1(foreignRule));
  switch (kind) {
    case 'only-there':
      return `${printable(path)}: only ${program} selects it: ${theirs}`;
    case 'only-here':
      return `${printable(path)}: only the policy selects it, by rule "${printableText(rule ?? '')}"; ${program}: ${theirs}`;
    case 'other-attributes':
      return `${printable(path)}: rule "${printableText(rule ?? '')}" watches other attributes; ${program}: ${theirs}`;
    default:
      return kind satisfies never;
  }
}
