/** Options and help of the commands about policies. */
import { InvalidArgumentError } from 'commander';
import { type AideVersion, languageOf } from '../../../policy/import/aide/version.ts';
import { FOREIGN_PROGRAMS } from '../../../policy/import/programs.ts';
import { REPORT_FORMATS } from '../../../report/formats.ts';
import type { DefineCommands } from '../../command-action.ts';
import { DAY, durationParser } from '../../durations.ts';
import { EXIT_CODES, EXIT_CODES_OF_COMPARISON, examples } from '../../help-texts.ts';
import {
  expectSealOption,
  formatOption,
  maxRateOption,
  niceOption,
  outputOption,
  reasonOption,
  ticketOption,
} from '../../shared-options.ts';
import { type AnyCommand, Option, type OptionsOf } from '../../typed-commander.ts';

/** Throws an InvalidArgumentError for what is no version of AIDE. */
function aideVersion(written: string): AideVersion {
  const version = languageOf(written);
  if (version === undefined)
    throw new InvalidArgumentError('It must be a version of AIDE such as 0.16, 0.18.3 or 0.19.');
  return version;
}

const period = durationParser({ units: ['s', 'm', 'h', 'd', 'w'], longest: 366 * DAY, examples: '90m, 24h or 7d' });

const check = (policy: AnyCommand) =>
  policy
    .command('check [file]')
    .description('validate a policy and tell what in it selects nothing')
    .option('--live', 'evaluate the requirements on this system, without any baseline; --verbose lists each')
    .addOption(formatOption(REPORT_FORMATS))
    .addHelpText('after', '\nExit code: 0, or 78 when the policy is invalid. With --live:')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON)
    .addHelpText('after', examples('integ policy check mail.yaml', 'integ policy check --live'));
export type PolicyCheckOptions = OptionsOf<typeof check>;

const explain = (policy: AnyCommand) =>
  policy
    .command('explain <path...>')
    .description('tell which rule governs a path, and why')
    .addHelpText('after', examples('integ policy explain /etc/passwd /var/log/mail.log'));

const importCommand = (policy: AnyCommand) =>
  policy
    .command('import <file>')
    .description('make a policy from the configuration of another program, and tell what was not carried over')
    .addOption(
      new Option('--from <program>', 'whose configuration it is').choices(FOREIGN_PROGRAMS).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--aide-version <version>',
        'for which AIDE the file is, such as 0.16 or 0.18.3; default: as the file tells, else the installed one, else 0.19',
      ).argParser(aideVersion),
    )
    .addOption(outputOption('the policy'))
    .option(
      '--compare',
      'instead of the policy, print the objects on which it and a dry run of AIDE or Tripwire disagree',
    )
    .option('--strict', 'end with 78 when anything was not carried over exactly, or the two disagree')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ policy import --from aide /etc/aide.conf --output /etc/integ/policy.yaml',
        'integ policy import --from aide --compare /etc/aide.conf',
        'integ policy import --from tripwire /etc/tripwire/twpol.txt --output /etc/integ/policy.yaml',
        'integ policy import --from wazuh /var/ossec/etc/ossec.conf --output /etc/integ/policy.yaml',
        'integ policy import --from osquery --strict /etc/osquery/osquery.conf',
        'integ policy import --from samhain /etc/samhain/samhainrc --output /etc/integ/policy.yaml',
      ),
    );
export type PolicyImportOptions = OptionsOf<typeof importCommand>;

const newCommand = (policy: AnyCommand) =>
  policy
    .command('new')
    .description('look at this host and print a policy for it, each line with its reason')
    .addOption(outputOption('it'))
    .option('--force', 'replace a file that exists')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ policy new',
        'integ policy new --output /etc/integ/policy.yaml',
        'integ policy new --root /mnt/image',
      ),
    );
export type PolicyNewOptions = OptionsOf<typeof newCommand>;

const learn = (policy: AnyCommand) =>
  policy
    .command('learn')
    .description('propose rules for what kept changing in the checks of a period; nothing is put into force')
    .addOption(
      new Option('--for <time>', 'how far to look back, or how long to watch with --every: 90m, 24h, 7d')
        .argParser(period)
        .default(DAY, '24h'),
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
    );
export type PolicyLearnOptions = OptionsOf<typeof learn>;

const update = (policy: AnyCommand) =>
  policy
    .command('update')
    .description('put an edited policy into force; no change of an object is accepted by it')
    .addOption(reasonOption('why the policy changes; without one nothing is done'))
    .addOption(ticketOption())
    .addOption(expectSealOption('the seal the present baseline must have'))
    .addHelpText('after', '\nExit code: 0, or 16 when something newly selected could not be examined.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples("integ policy update --reason 'watch the new mail spool'"));
export type PolicyUpdateOptions = OptionsOf<typeof update>;

const templates = (policy: AnyCommand) =>
  policy
    .command('templates')
    .description('print what each predefined template watches')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', examples('integ policy templates'));
export type PolicyTemplatesOptions = OptionsOf<typeof templates>;

const schema = (policy: AnyCommand) =>
  policy
    .command('schema')
    .description('print the JSON Schema of the policy language')
    .addHelpText('after', examples('integ policy schema > integ-policy.schema.json'));

export const definePolicy: DefineCommands = (program, bind) => {
  const policy = program.command('policy').description('validate policies and explain what they do');
  bind(check(policy), async () => (await import('./check.ts')).runPolicyCheck);
  bind(explain(policy), async () => (await import('./explain.ts')).runPolicyExplain);
  bind(importCommand(policy), async () => (await import('./import.ts')).runPolicyImport);
  bind(newCommand(policy), async () => (await import('./new.ts')).runPolicyNew);
  bind(learn(policy), async () => (await import('./learn.ts')).runPolicyLearn);
  bind(update(policy), async () => (await import('./update.ts')).runPolicyUpdate);
  bind(templates(policy), async () => (await import('./templates.ts')).runPolicyTemplates);
  bind(schema(policy), async () => (await import('./schema.ts')).runPolicySchema);
};
