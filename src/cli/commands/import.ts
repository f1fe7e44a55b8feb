/** `integ policy import`: the configuration of another program as a policy, and what of it could not be carried over. */
import { resolve } from 'node:path';
import { pathFromLatin1, pathFromText, printable, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { AideVersion } from '../../policy/import/aide/attributes.ts';
import { readAideConfig } from '../../policy/import/aide/config.ts';
import { translateAide } from '../../policy/import/aide/translate.ts';
import { Notes, placesText } from '../../policy/import/notes.ts';
import { policyText } from '../../policy/import/policy-text.ts';
import { compilePolicy } from '../../policy/load.ts';
import { Tree } from '../../system/tree.ts';
import { aideDryRun, installedAideVersion } from '../aide-program.ts';
import type { Context } from '../context.ts';
import { compareImport, type Disagreement } from '../import-compare.ts';
import { hostImportFiles } from '../import-files.ts';
import { deliverText } from '../output.ts';
import { formatCount } from '../progress.ts';

interface ImportOptions {
  readonly from: 'aide';
  readonly aideVersion?: AideVersion;
  readonly output?: string;
  readonly strict?: boolean;
  readonly compare?: boolean;
}

export async function runPolicyImport(
  context: Context,
  operands: readonly string[],
  options: ImportOptions,
): Promise<number> {
  const file = resolve(operands[0] ?? '');
  const version = options.aideVersion ?? installedAideVersion();
  const notes = new Notes();
  const rules = translateAide(readAideConfig(pathFromText(file), hostImportFiles, version, notes), version, notes);
  if (rules.length === 0) {
    throw new UserError('policy', `${printableText(file)} selects nothing that could be carried over`);
  }
  const source = `the configuration of AIDE ${version}, ${pathFromText(file)}`;
  const text = policyText({ name: 'imported from AIDE', source, notes: notes.all(), rules });
  // What is written must be a policy: it is read again before anybody gets it.
  const { policy } = compilePolicy([{ name: 'the imported policy', text }]);
  for (const note of notes.all()) {
    const { length } = note.places;
    context.terminal.warn(
      `${printable(pathFromLatin1(note.text))}: ${formatCount(length)} ${length === 1 ? 'line' : 'lines'}: ${printable(pathFromLatin1(placesText(note.places)))}`,
    );
  }
  const lost = notes.all().reduce((sum, { places }) => sum + places.length, 0);
  context.terminal.note(
    `imported ${formatCount(policy.rules.length)} rules; ${formatCount(lost)} ${lost === 1 ? 'thing was' : 'things were'} not carried over exactly`,
  );
  let differences = 0;
  if (options.compare === true) {
    const tree = new Tree({ root: context.root, isWorker: false, portable: context.portable });
    try {
      const { selected, disagreements } = compareImport(policy, tree, await aideDryRun(context, file));
      differences = disagreements.length;
      if (options.output !== undefined) deliverText(context, [text], options.output);
      context.terminal.print(disagreements.map((one) => `${disagreementLine(one)}\n`).join(''));
      const share = selected === 0 ? 100 : ((selected - differences) / selected) * 100;
      context.terminal.note(
        `${formatCount(selected)} objects are selected by AIDE or the policy; they disagree on ${formatCount(differences)} (${share.toFixed(3)} % agree)`,
      );
    } finally {
      tree.close();
    }
  } else {
    deliverText(context, [text], options.output);
  }
  if (options.strict === true && lost + differences > 0) {
    throw new UserError('policy', 'not everything was carried over exactly', { hint: 'see the remarks above' });
  }
  return 0;
}

function disagreementLine({ path, kind, foreignRule, rule }: Disagreement): string {
  const theirs = foreignRule === undefined ? 'it did not look at it' : printable(pathFromLatin1(foreignRule));
  switch (kind) {
    case 'only-there':
      return `${printable(path)}: only AIDE selects it: ${theirs}`;
    case 'only-here':
      return `${printable(path)}: only the policy selects it, by rule "${printableText(rule ?? '')}"; AIDE: ${theirs}`;
    case 'other-attributes':
      return `${printable(path)}: rule "${printableText(rule ?? '')}" watches other attributes; AIDE: ${theirs}`;
    default:
      return kind satisfies never;
  }
}
