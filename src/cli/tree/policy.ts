/** The commands about policies. */
import { type Command, Option } from 'commander';
import { REPORT_FORMATS } from '../../report/formats.ts';
import { maxRateOption, niceOption, period } from './throttle.ts';
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
    .addOption(
      new Option('--from <program>', 'whose configuration it is').choices(['aide', 'tripwire']).makeOptionMandatory(),
    )
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
        'integ policy import --from tripwire /etc/tripwire/twpol.txt --output /etc/integ/policy.yaml',
      ),
    )
    .action(action(async () => (await import('../commands/import.ts')).runPolicyImport));
  policy
    .command('new')
    .description('look at this host and print a policy for it, each line with its reason')
    .option('--output <file>', 'write it to a file, whole or not at all')
    .option('--force', 'replace a file that exists')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ policy new',
        'integ policy new --output /etc/integ/policy.yaml',
        'integ policy new --root /mnt/image',
      ),
    )
    .action(action(async () => (await import('../commands/new-policy.ts')).runPolicyNew));
  policy
    .command('learn')
    .description('propose rules for what kept changing in the checks of a period; nothing is put into force')
    .addOption(
      new Option('--for <time>', 'how far to look back, or how long to watch with --every: 90m, 24h, 7d')
        .argParser(period)
        .default(24 * 3600, '24h'),
    )
    .addOption(
      new Option('--every <time>', 'make a check now and at this distance until the time is over: 30m, 1h').argParser(
        period,
      ),
    )
    .addOption(niceOption())
    .addOption(maxRateOption())
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples('integ policy learn --for 7d', 'integ policy learn --for 24h --every 30m --nice > learned.yaml'),
    )
    .action(action(async () => (await import('../commands/learn.ts')).runPolicyLearn));
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
