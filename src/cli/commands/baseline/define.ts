/** Options and help of the commands about baselines. */
import { REPORT_FORMATS } from '../../../report/formats.ts';
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, EXIT_CODES_OF_COMPARISON, examples } from '../../help-texts.ts';
import { expectSealOption, formatOption, outputOption, signersOption } from '../../shared-options.ts';
import type { AnyCommand, OptionsOf } from '../../typed-commander.ts';

const show = (baseline: AnyCommand) =>
  baseline
    .command('show')
    .description('print what the baseline says of itself')
    .addOption(formatOption(['text', 'json']))
    .addOption(expectSealOption())
    .addHelpText('after', examples('integ baseline show', 'integ baseline show --format json'));
export type BaselineShowOptions = OptionsOf<typeof show>;

const list = (baseline: AnyCommand) =>
  baseline
    .command('list')
    .description('list the generations on disk, newest first, and verify each')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0, or 65 when one is damaged or not the one that was in force.')
    .addHelpText('after', examples('integ baseline list'));
export type BaselineListOptions = OptionsOf<typeof list>;

const log = (baseline: AnyCommand) =>
  baseline
    .command('log')
    .description('tell who put which generation into force, when and why, newest first')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', examples('integ baseline log', 'integ baseline log --format json'));
export type BaselineLogOptions = OptionsOf<typeof log>;

const entries = (baseline: AnyCommand) =>
  baseline
    .command('entries [glob...]')
    .description('print what is recorded of the objects that the patterns cover')
    .addOption(formatOption(['text', 'ndjson', 'sha256sum', 'mtree', 'keylime']))
    .addHelpText(
      'after',
      examples(
        "integ baseline entries '/etc/mail/**'",
        'integ baseline entries /etc/passwd --verbose',
        'integ baseline entries --format sha256sum > sums; sha256sum --quiet -c sums',
        'integ baseline entries --format mtree > spec; mtree -e -p / -f spec',
        'integ baseline entries --format keylime /usr > runtime-policy.json',
      ),
    );
export type BaselineEntriesOptions = OptionsOf<typeof entries>;

const verify = (baseline: AnyCommand) =>
  baseline
    .command('verify [file]')
    .description('verify the bytes, the seal and the signature of a baseline')
    .addOption(expectSealOption())
    .addOption(signersOption())
    .addHelpText('after', examples('integ baseline verify', 'integ baseline verify /media/usb/mail1.db'))
    .addHelpText('after', EXIT_CODES);
export type BaselineVerifyOptions = OptionsOf<typeof verify>;

const sign = (baseline: AnyCommand) =>
  baseline
    .command('sign')
    .description('sign the baseline with an SSH key, or the candidate that waits for a signature')
    .option('--key <file>', 'sign with this key; a public key stands for one in an agent or a hardware key')
    .option('--manifest', 'print what is to be signed, to sign it elsewhere')
    .option('--signature <file>', "take the signature over the manifest from a file; '-' is standard input")
    .addHelpText(
      'after',
      examples(
        'integ baseline sign --key ~/.ssh/id_ed25519',
        'integ baseline sign --manifest | ssh vault ssh-keygen -Y sign -n integ-baseline -f KEY > sig',
        'integ baseline sign --signature sig',
      ),
    )
    .addHelpText('after', EXIT_CODES);
export type BaselineSignOptions = OptionsOf<typeof sign>;

const exportCommand = (baseline: AnyCommand) =>
  baseline
    .command('export <file>')
    .description("write a verified copy of the baseline to a file; '-' is standard output")
    .addOption(expectSealOption())
    .addOption(signersOption())
    .addHelpText(
      'after',
      examples(
        'integ baseline export /media/usb/mail1.db',
        'integ baseline export - | ssh vault tee mail1.db > /dev/null',
      ),
    )
    .addHelpText('after', EXIT_CODES);
export type BaselineExportOptions = OptionsOf<typeof exportCommand>;

const diff = (baseline: AnyCommand) =>
  baseline
    .command('diff <a> <b>')
    .description('compare two generations or baseline files, the older one first')
    .addOption(formatOption(REPORT_FORMATS))
    .addOption(outputOption('the report'))
    .addHelpText(
      'after',
      '\nA plain number is a generation, as integ baseline list prints it: a file of that name is written ./1.',
    )
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText('after', examples('integ baseline diff 1 2', 'integ baseline diff monday.db tuesday.db'));
export type BaselineDiffOptions = OptionsOf<typeof diff>;

export const defineBaseline: DefineCommands = (program, bind) => {
  const baseline = program.command('baseline').description('look into baselines, verify and compare them');
  bind(show(baseline), async () => (await import('./show.ts')).runBaselineShow);
  bind(list(baseline), async () => (await import('./generations.ts')).runBaselineList);
  bind(log(baseline), async () => (await import('./generations.ts')).runBaselineLog);
  bind(entries(baseline), async () => (await import('./entries.ts')).runBaselineEntries);
  bind(verify(baseline), async () => (await import('./verify.ts')).runBaselineVerify);
  bind(sign(baseline), async () => (await import('./sign.ts')).runBaselineSign);
  bind(exportCommand(baseline), async () => (await import('./export.ts')).runBaselineExport);
  bind(diff(baseline), async () => (await import('./diff.ts')).runBaselineDiff);
};
