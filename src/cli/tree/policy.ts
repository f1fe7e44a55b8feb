/** The commands about policies. */
import type { Command } from 'commander';
import { REPORT_FORMATS } from '../formats.ts';
import { type ActionOf, EXIT_CODES, EXIT_CODES_OF_COMPARISON, examples, formatOption } from './words.ts';

export function addPolicy(program: Command, action: ActionOf): void {
  const policy = program.command('policy').description('validate policies and explain what they do');
  policy
    .command('check [file]')
    .description('validate a policy and tell what in it selects nothing')
    .option('--live', 'evaluate the requirements on this system, without any baseline')
    .addOption(formatOption(REPORT_FORMATS))
    .addHelpText('after', '\nExit code: 0, or 78 when the policy is invalid. With --live:')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON)
    .addHelpText('after', examples('integ policy check mail.yaml', 'integ policy check --live'))
    .action(action(async () => (await import('../commands/policy.ts')).runPolicyCheck));
  policy
    .command('explain <path...>')
    .description('tell which rule governs a path, and why')
    .addHelpText('after', examples('integ policy explain /etc/passwd /var/log/mail.log'))
    .action(action(async () => (await import('../commands/policy.ts')).runPolicyExplain));
  policy
    .command('update')
    .description('put an edited policy into force; no change of an object is accepted by it')
    .option('--reason <text>', 'why the policy changes; without one nothing is done')
    .option('--ticket <text>', 'number of a ticket or change, kept with the reason')
    .option('--expect-seal <hex>', 'the seal the present baseline must have')
    .addHelpText('after', '\nExit code: 0, or 16 when something newly selected could not be examined.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples("integ policy update --reason 'watch the new mail spool'"))
    .action(action(async () => (await import('../commands/update.ts')).runPolicyUpdate));
  policy
    .command('templates')
    .description('print what each predefined template watches')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', examples('integ policy templates'))
    .action(action(async () => (await import('../commands/policy.ts')).runPolicyTemplates));
  policy
    .command('schema')
    .description('print the JSON Schema of the policy language')
    .addHelpText('after', examples('integ policy schema > integ-policy.schema.json'))
    .action(action(async () => (await import('../commands/policy.ts')).runPolicySchema));
}
