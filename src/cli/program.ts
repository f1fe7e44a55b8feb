/**
 * The command tree: names, options, help and examples, from which everything that documents the commands is made. It
 * loads nothing of what the commands do: each action imports its module when it runs.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { printableText } from '../model/bytes.ts';
import { SEVERITIES } from '../model/severity.ts';
import { type Context, contextOf, DEFAULT_POLICY_FILE, type GlobalOptions } from './context.ts';
import { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** What runs a command: gives back the exit code. */
type Run<Options> = (context: Context, operands: readonly string[], options: Options) => Promise<number>;

const REPORT_FORMATS = ['text', 'json', 'ndjson'] as const;

const EXIT_CODES_OF_COMPARISON = `
Exit code: the sum of 1 (something added), 2 (removed), 4 (changed or moved), 8 (a requirement violated),
16 (incomplete: something could not be examined); 0 only if none of these.`;
const EXIT_CODES = `
Other failures: 64 usage, 65 baseline damaged or not trusted, 66 policy or baseline missing, 69 report not delivered,
70 internal error, 73 cannot create output, 74 input/output error, 75 another run holds the lock, 77 permission,
78 policy invalid, 130 and 143 after SIGINT and SIGTERM.`;

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || value > 1024) throw new InvalidArgumentError('It must be 1 to 1024.');
  return value;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

function formatOption(formats: readonly string[]): Option {
  return new Option('--format <format>', 'how to print the result').choices([...formats]).default(formats[0]);
}

export function buildProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('integ');

  /** Makes the action of a command: global options may stand before or after it. */
  function action<Options>(load: () => Promise<Run<Options>>): (...parameters: unknown[]) => Promise<void> {
    return async (...parameters) => {
      // commander hands over the operands, the options of the command and the command itself, in this order.
      const command = parameters.at(-1) as Command;
      const globals = command.optsWithGlobals<GlobalOptions>();
      const terminal = new Terminal({
        quiet: globals.quiet === true,
        verbose: globals.verbose === true,
        color: globals.color,
        progress: globals.progress,
      });
      const run = await load();
      setExitCode(await run(contextOf(globals, terminal), command.args, command.opts() as Options));
    };
  }

  program
    .description('File integrity monitor: compares a system with a sealed baseline of it.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .showSuggestionAfterError(true)
    .exitOverride((error) => {
      throw error;
    })
    .configureOutput({
      outputError: (text, write) => {
        const message = text.replace(/^error: /, 'integ: ').replace(/\n(?=\(Did)/, ' ');
        write(`${printableText(message.trimEnd())}\n`);
      },
    })
    .optionsGroup('Global options (before or after the command):')
    .addOption(
      new Option('--policy <file>', `policy file; default ${DEFAULT_POLICY_FILE}, else the built-in policy`).env(
        'INTEG_POLICY',
      ),
    )
    .addOption(
      new Option(
        '--baseline <file>',
        "baseline; '-' reads it from standard input; default /var/lib/integ/baseline.db as root, " +
          '$XDG_STATE_HOME/integ/baseline.db otherwise',
      ).env('INTEG_BASELINE'),
    )
    .addOption(
      new Option(
        '--history <file>',
        'history of reports and generations; default: beside the baseline, or history.db in the state directory when ' +
          'nothing can be written there',
      ).env('INTEG_HISTORY'),
    )
    .option('--root <dir>', 'examine the system whose root is this directory; all paths are relative to it')
    .option('--jobs <n>', 'number of worker threads; default: one for each processor', positiveInteger)
    .option('--allow-unsafe-permissions', 'use a baseline or policy that others may write, with a warning')
    .option('--quiet', 'print no notes and no progress')
    .option('--verbose', 'print everything in full')
    .option('--no-color', 'do not colour the output (as does the variable NO_COLOR)')
    .option('--no-progress', 'show no progress line')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText('after', '\nStart with: integ init, then every night: integ check. Details: integ help COMMAND.');

  program
    .command('init')
    .description('examine the system and write its baseline')
    .option('--force', 'replace a baseline that exists')
    .addHelpText('after', '\nExit code: 0, or 16 when something could not be examined and the baseline is incomplete.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples('integ init', 'integ init --policy mail.yaml --baseline /media/usb/mail1.db', 'integ init --force'),
    )
    .action(action(async () => (await import('./commands/init.ts')).runInit));

  program
    .command('check')
    .description('compare the system with the baseline and report what differs')
    .addOption(formatOption(REPORT_FORMATS))
    .option('--output <file>', 'write the report to a file, whole or not at all')
    .option('--paths <glob...>', 'examine only what these patterns cover')
    .addOption(new Option('--severity <min>', 'report only findings of at least this severity').choices(SEVERITIES))
    .option('--expect-seal <hex>', 'the seal the baseline must have: all of it or at least its first 16 digits')
    .option('--signers <file>', 'who must have signed it, as an allowed_signers file')
    .option('--host <[user@]host>', 'examine this host over ssh; the baseline stays here')
    .option('--remote-command <command>', 'how integ is called on that host', 'integ')
    .option('--ssh-config <file>', 'configuration of ssh for --host (ssh -F), with port, key and known hosts')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        'integ check',
        'integ check --format json --output /var/log/integ/today.json',
        "integ check --paths '/etc/mail/**' --severity high",
        'ssh vault cat mail1.db | integ check --baseline - --expect-seal 0123456789abcdef',
        'integ check --host root@mail1 --baseline /srv/integ/mail1.db',
      ),
    )
    .action(action(async () => (await import('./commands/check.ts')).runCheck));

  program
    .command('scan')
    .description('examine the system and print what was found, an object a line')
    .option('--stdin-policy', 'read from standard input what to examine, as integ check --host sends it')
    .addHelpText(
      'after',
      '\nExit code: 0, or 16 when something could not be examined. The output is whole only with its',
    )
    .addHelpText('after', 'last line, the summary. With --verbose each line has the attributes as text too.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ scan > today.ndjson', 'integ scan --policy mail.yaml --verbose'))
    .action(action(async () => (await import('./commands/scan.ts')).runScan));

  program
    .command('accept [id]')
    .description('make a new baseline that holds exactly the reported state of chosen findings')
    .option('--all', 'every finding of the report')
    .option('--path <glob...>', 'findings at paths that these patterns cover')
    .option('--rule <name...>', 'findings of these rules')
    .option('--explained', 'findings that the package database explains')
    .option('--reason <text>', 'why the changes are right; without one nothing is accepted')
    .option('--ticket <text>', 'number of a ticket or change, kept with the reason')
    .option('--expect-seal <hex>', 'the seal the present baseline must have')
    .addHelpText('after', "\nThe report is named by its id, or is the newest one ('latest').")
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples(
        "integ accept --all --reason 'security updates of May' --ticket CHG-4711",
        "integ accept latest --path '/etc/mail/**' --reason 'new relay'",
        "integ accept 20260102T030405Z-1f2e3d4c --rule 'System binaries' --reason 'upgrade to 12.5'",
      ),
    )
    .action(action(async () => (await import('./commands/accept.ts')).runAccept));

  program
    .command('review [id]')
    .description('decide about the findings of a report in the terminal, and accept what was chosen')
    .option('--ticket <text>', 'number of a ticket or change, kept with the reason')
    .option('--expect-seal <hex>', 'the seal the present baseline must have')
    .addHelpText('after', "\nThe report is named by its id, or is the newest one ('latest'). Press ? for the keys.")
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('integ review', 'integ review 20260102T030405Z-1f2e3d4c --ticket CHG-4711'))
    .action(action(async () => (await import('./commands/review.ts')).runReview));

  const report = program.command('report').description('about reports');
  report
    .command('schema')
    .description('print the JSON Schema of the report')
    .addHelpText('after', examples('integ report schema > integ-report.schema.json'))
    .action(action(async () => (await import('./commands/report.ts')).runReportSchema));

  report
    .command('list')
    .description('list the stored reports, newest first, and verify that none was removed or edited')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0, or 65 when reports were removed, edited or reordered.')
    .addHelpText('after', examples('integ report list', 'integ report list --format json'))
    .action(action(async () => (await import('./commands/report.ts')).runReportList));
  report
    .command('show [id]')
    .description("print a stored report, by its id or 'latest'")
    .addOption(formatOption(REPORT_FORMATS))
    .option('--output <file>', 'write the report to a file, whole or not at all')
    .addHelpText('after', '\nExit code: 0, or 66 when there is no such report.')
    .addHelpText('after', examples('integ report show', 'integ report show 20260102T030405Z-1f2e3d4c --format json'))
    .action(action(async () => (await import('./commands/report.ts')).runReportShow));

  const baseline = program.command('baseline').description('look into baselines, verify and compare them');
  baseline
    .command('show')
    .description('print what the baseline says of itself')
    .addOption(formatOption(['text', 'json']))
    .option('--expect-seal <hex>', 'the seal the baseline must have')
    .addHelpText('after', examples('integ baseline show', 'integ baseline show --format json'))
    .action(action(async () => (await import('./commands/baseline.ts')).runBaselineShow));
  baseline
    .command('list')
    .description('list the generations on disk, newest first, and verify each')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', '\nExit code: 0, or 65 when one is damaged or not the one that was in force.')
    .addHelpText('after', examples('integ baseline list'))
    .action(action(async () => (await import('./commands/history.ts')).runBaselineList));
  baseline
    .command('log')
    .description('tell who put which generation into force, when and why, newest first')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', examples('integ baseline log', 'integ baseline log --format json'))
    .action(action(async () => (await import('./commands/history.ts')).runBaselineLog));
  baseline
    .command('entries [glob...]')
    .description('print what is recorded of the objects that the patterns cover')
    .addOption(formatOption(['text', 'ndjson']))
    .addHelpText(
      'after',
      examples("integ baseline entries '/etc/mail/**'", 'integ baseline entries /etc/passwd --verbose'),
    )
    .action(action(async () => (await import('./commands/baseline.ts')).runBaselineEntries));
  baseline
    .command('verify [file]')
    .description('verify the bytes, the seal and the signature of a baseline')
    .option('--expect-seal <hex>', 'the seal the baseline must have')
    .option('--signers <file>', 'who must have signed it, as an allowed_signers file')
    .addHelpText('after', examples('integ baseline verify', 'integ baseline verify /media/usb/mail1.db'))
    .addHelpText('after', EXIT_CODES)
    .action(action(async () => (await import('./commands/baseline.ts')).runBaselineVerify));
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
    .action(action(async () => (await import('./commands/sign.ts')).runBaselineSign));
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
    .action(action(async () => (await import('./commands/export.ts')).runBaselineExport));
  baseline
    .command('diff <a> <b>')
    .description('compare two baselines, the older one first')
    .addOption(formatOption(REPORT_FORMATS))
    .option('--output <file>', 'write the report to a file, whole or not at all')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON + EXIT_CODES)
    .addHelpText('after', examples('integ baseline diff monday.db tuesday.db'))
    .action(action(async () => (await import('./commands/diff.ts')).runBaselineDiff));

  const policy = program.command('policy').description('validate policies and explain what they do');
  policy
    .command('check [file]')
    .description('validate a policy and tell what in it selects nothing')
    .option('--live', 'evaluate the requirements on this system, without any baseline')
    .addOption(formatOption(REPORT_FORMATS))
    .addHelpText('after', '\nExit code: 0, or 78 when the policy is invalid. With --live:')
    .addHelpText('after', EXIT_CODES_OF_COMPARISON)
    .addHelpText('after', examples('integ policy check mail.yaml', 'integ policy check --live'))
    .action(action(async () => (await import('./commands/policy.ts')).runPolicyCheck));
  policy
    .command('explain <path...>')
    .description('tell which rule governs a path, and why')
    .addHelpText('after', examples('integ policy explain /etc/passwd /var/log/mail.log'))
    .action(action(async () => (await import('./commands/policy.ts')).runPolicyExplain));
  policy
    .command('update')
    .description('put an edited policy into force; no change of an object is accepted by it')
    .option('--reason <text>', 'why the policy changes; without one nothing is done')
    .option('--ticket <text>', 'number of a ticket or change, kept with the reason')
    .option('--expect-seal <hex>', 'the seal the present baseline must have')
    .addHelpText('after', '\nExit code: 0, or 16 when something newly selected could not be examined.')
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples("integ policy update --reason 'watch the new mail spool'"))
    .action(action(async () => (await import('./commands/update.ts')).runPolicyUpdate));
  policy
    .command('templates')
    .description('print what each predefined template watches')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', examples('integ policy templates'))
    .action(action(async () => (await import('./commands/policy.ts')).runPolicyTemplates));
  policy
    .command('schema')
    .description('print the JSON Schema of the policy language')
    .addHelpText('after', examples('integ policy schema > integ-policy.schema.json'))
    .action(action(async () => (await import('./commands/policy.ts')).runPolicySchema));

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
    )
    .action(action(async () => (await import('./commands/hash.ts')).runHash));

  return program;
}
