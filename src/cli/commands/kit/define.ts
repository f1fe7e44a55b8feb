/** Options and help of the commands about rescue kits. */
import type { DefineCommands } from '../../command-action.ts';
import { EXIT_CODES, examples } from '../../help-texts.ts';
import { expectSealOption, formatOption, signersOption } from '../../shared-options.ts';
import type { AnyCommand, OptionsOf } from '../../typed-commander.ts';

const make = (kit: AnyCommand) =>
  kit
    .command('make <target>')
    .description('write a rescue kit with the baseline into a new or empty directory, or an image FILE.iso for a CD')
    .addOption(expectSealOption())
    .addOption(signersOption('the baseline, now and whenever the kit checks'))
    .addHelpText(
      'after',
      '\nA kit holds integ, Node.js, the C library of this system, the baseline and a script, check, that examines the\n' +
        'system in which it stands and takes nothing from it but the kernel and the shell. Make it where nobody has\n' +
        'broken in. It holds no key, no secret and no history.',
    )
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ kit make /media/usb/mail1',
        'integ kit make mail1.iso --signers /root/allowed_signers',
        'ssh root@mail1 integ baseline export - | integ kit make /media/usb/mail1 --baseline -',
      ),
    );
export type KitMakeOptions = OptionsOf<typeof make>;

const verify = (kit: AnyCommand) =>
  kit
    .command('verify <directory>')
    .description('tell whether a rescue kit is what it was when it was made')
    .option('--expect <digest>', 'the digest that integ kit make printed: all of it or at least its first 16 digits')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0, 65 when something differs, 66 when there is no kit.')
    .addHelpText(
      'after',
      examples('integ kit verify /media/usb/mail1 --expect 0123456789abcdef', 'integ kit verify . --format json'),
    );
export type KitVerifyOptions = OptionsOf<typeof verify>;

export const defineKit: DefineCommands = (program, bind) => {
  const kit = program.command('kit').description('rescue kits: to examine a system with nothing of its own');
  bind(make(kit), async () => (await import('./make.ts')).runKitMake);
  bind(verify(kit), async () => (await import('./verify.ts')).runKitVerify);
};
