/** `integ policy new`: looks at the host and prints a policy for it. It puts nothing into force. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { openTree } from '../../../app/open-tree.ts';
import { pathFromText, printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import { builtinPolicyNames, defaultPolicyName } from '../../../policy/builtin.ts';
import { loadPolicy } from '../../../policy/load.ts';
import { proposePolicy, SURVEY_QUESTIONS } from '../../../policy/propose/propose.ts';
import { createDirectoryOf } from '../../../system/safe-write.ts';
import { surveyHost } from '../../../system/survey.ts';
import type { CommandContext } from '../../context.ts';
import { deliverText } from '../../output.ts';
import type { PolicyNewOptions } from './define.ts';

export async function runPolicyNew(context: CommandContext, { output, force }: PolicyNewOptions): Promise<number> {
  if (output !== undefined && force !== true) requireNew(output);
  const tree = openTree(context);
  try {
    const facts = surveyHost(tree, pathFromText(context.root), context.host.hostName(), SURVEY_QUESTIONS);
    const text = proposePolicy(facts, builtinPolicyNames(), defaultPolicyName(facts.system));
    // What is proposed must be a policy: it is read before anybody gets it.
    const { policy } = loadPolicy('the proposed policy', {
      read: () => Buffer.from(text, 'utf8'),
      osFamily: () => facts.system,
    });
    for (const problem of facts.unread) context.terminal.warn(problem);
    if (output !== undefined) createDirectoryOf(resolve(output));
    await deliverText(context, [text], output);
    if (output !== undefined) {
      const file = printableText(resolve(output));
      context.terminal.note(
        `${file}: ${policy.rules.length} rules with those of its includes; read it, then: integ policy check`,
      );
    }
    return 0;
  } finally {
    tree.close();
  }
}

function requireNew(file: string): void {
  if (!existsSync(file)) return;
  throw new UserError('cannotCreate', `${printableText(file)} exists and is not replaced`, {
    hint: 'name another file, or give --force',
  });
}
