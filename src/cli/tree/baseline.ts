/** The commands about baselines. */
import type { Command } from 'commander';
import { REPORT_FORMATS } from '../../report/formats.ts';
import { type ActionOf, EXIT_CODES, EXIT_CODES_OF_COMPARISON, examples, formatOption } from './words.ts';

export function addBaseline(program: Command, action: ActionOf): void {
  const baseline = program.command('baseline').description('look into baselines, verify and compare them');
  baseline
    .command('show')
    .description('print what the baseline says of itself')
    .addOption(formatOption(['text', 'json']))
    .option('--expect-seal <hex>', 'the seal the baseline must have')
    .addHelpText('after', examples('integ baseline show', 'integ baseline show --format json'))
    .action(action(async () => (await import('../commands/baseline.ts')).runBaselineShow));
  baseline
    .command('list')
    .description('list the generations on disk, newest first, and verify each')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0, or 65 when one is damaged or not the one that was in force.')
    .addHelpText('after', examples('integ baseline list'))
    .action(action(async () => (await import('../commands/history.ts')).runBaselineList));
  baseline
    .command('log')
    .description('tell who put which generation into force, when and why, newest first')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', examples('integ baseline log', 'integ baseline log --format json'))
    .action(action(async () => (await import('../commands/history.ts')).runBaselineLog));
  baseline
    .command('entries [glob...]')
    .description('print what is recorded of the objects that the patterns cover')
    .addOption(formatOption(['text', 'ndjson']))
    .addHelpText(
      'after',
      examples("integ baseline entries '/etc/mail/**'", 'integ baseline entries /etc/passwd --verbose'),
    )
    .action(action(async () => (await import('../commands/baseline.ts')).runBaselineEntries));
  baseline
    .command('verify [file]')
    .description('verify the bytes, the seal and the signature of a baseline')
    .option('--expect-seal <hex>', 'the seal the baseline must have')
    .option('--signers <file>', 'who must have signed it, as an allowed_signers file')
    .addHelpText('after', examples('integ baseline verify', 'integ baseline verify /media/usb/mail1.db'))
    .addHelpText('after', EXIT_CODES)
    .action(action(async () => (await import('../commands/baseline.ts')).runBaselineVerify));
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
    .addHelpText('after', EXIT_CODES)
    .action(action(async () => (await import('../commands/sign.ts')).runBaselineSign));
  baseline
    .command('export <file>')
    .description("write a verified copy of the baseline to a file; '-' is standard output")
    .option('--expect-seal <hex>', 'the seal the baseline must have')
    .option('--signers <file>', 'who must have signed it, as an allowed_signers file')
    .addHelpText(
      'after',
      examples(
        'integ baseline export /media/usb/mail1.db',
        'integ baseline export - | ssh vault tee mail1.db > /dev/null',
      ),
    )
    .addHelpText('after', EXIT_CODES)
    .action(action(async () => (await import('../commands/export.ts')).runBaselineExport));
  baseline
    .command('diff <a> <b>')
    .description('compare two generations or baseline files, the older one first')
    .addOption(formatOption(REPORT_FORMATS))
    .option('--output <file>', 'write the report to a file, whole or not at all')
    .addHelpText(
      'after',
      '\nA plain number is a generation, as integ baseline list prints it: a file of that name is written ./1.',
    )
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText('after', examples('integ baseline diff 1 2', 'integ baseline diff monday.db tuesday.db'))
    .action(action(async () => (await import('../commands/diff.ts')).runBaselineDiff));
}
