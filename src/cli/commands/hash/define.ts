/** Options and help of `integ hash`. */
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { type AnyCommand, Option, type OptionsOf } from '../../typed-commander.ts';

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

const hash = (program: AnyCommand) =>
  program
    .command('hash <file...>')
    .description('print digests of files')
    .option('-a, --algorithm <alg>', "digest by name, repeated or with commas; 'all' for every one", collect)
    .addOption(
      new Option('--encoding <encoding>', "hex, or base64 as Tripwire's siggen prints it")
        .choices(['hex', 'base64'])
        .default('hex'),
    )
    .addOption(
      new Option('--format <format>', "'sum' is what sha256sum -c and its kin read")
        .choices(['text', 'sum', 'json'])
        .default('text'),
    )
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ hash /bin/ls',
        'integ hash -a sha512 -a haval --encoding base64 /etc/passwd',
        'integ hash -a sha256 --format sum *.iso > SHA256SUMS && sha256sum -c SHA256SUMS',
      ),
    );
export type HashOptions = OptionsOf<typeof hash>;

export const defineHash: DefineCommands = (program, bind) => {
  bind(hash(program), async () => (await import('./run.ts')).runHash);
};
