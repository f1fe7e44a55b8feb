/** The commands about policies. */
import { type Command, Option } from 'commander';
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
    .command('import <file>')
    .description('make a policy from the configuration of another program, and tell what was not carried over')
    .addOption(new Option('--from <program>', 'whose configuration it is').choices(['aide']).makeOptionMandatory())
    .addOption(
      new Option(
        '--aide-version <version>',
        'what negative rules mean; default: as in the installed AIDE, else 0.19',
      ).choices(['0.18', '0.19']),
    )
    .option('--output <file>', 'write the policy to a file, whole or not at all')
    .option('--compare', 'instead of the policy, print the objects on which it and a dry run of the program disagree')
    .option('--strict', 'end with 78 when anything was not carried over exactly, or the two disagree')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ policy import --from aide /etc/aide.conf --output /etc/integ/policy.yaml',
        'integ policy import --from aide --compare /etc/aide.conf',
      ),
    )
    .action(action(async () => (await import('../commands/import.ts')).runPolicyImport));
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
