/** `integ init`: examines the system and writes its baseline. */
import { baselineInForce } from '../../../app/generation/first-baseline.ts';
import { type Initialized, initialize } from '../../../app/generation/init.ts';
import type { Generation } from '../../../app/history/run-history.ts';
import type { BaselineHeader } from '../../../model/baseline.ts';
import { printable, printableText } from '../../../model/bytes.ts';
import type { ScanSummary } from '../../../model/entry.ts';
import type { StoredFailure } from '../../../model/errors.ts';
import { INCOMPLETE_EXIT } from '../../../model/exit.ts';
import { DENIED_TO_ROOT } from '../../../model/failure-codes.ts';
import { formatBytes, formatCount, formatDuration } from '../../../report/quantities.ts';
import { milliseconds } from '../../../system/host.ts';
import type { CommandContext } from '../../context.ts';
import type { InitOptions } from './define.ts';
import { requirementLines } from './requirement-lines.ts';

const HOW_TO_SEE_ALL = 'Run as root, or with the capability CAP_DAC_READ_SEARCH, to examine all of it.';
/** Failures shown before the rest is only counted; all are in the baseline. */
const FAILURES_SHOWN = 20;

export async function runInit(context: CommandContext, options: InitOptions): Promise<number> {
  const present = options.once === true ? await baselineInForce(context) : undefined;
  if (present !== undefined) {
    context.terminal.print(presentText(context.baselineFile, present));
    return exitCodeOf(present.header);
  }
  const result = await initialize(context, options);
  context.terminal.print(resultText(result, context.terminal));
  return exitCodeOf(result.header);
}

function exitCodeOf({ failures }: BaselineHeader): number {
  return failures.length === 0 ? 0 : INCOMPLETE_EXIT;
}

function presentText(file: string, { header, seal }: Generation): string {
  const { sequence, failures } = header;
  const lacks = failures.length === 0 ? '' : `, INCOMPLETE: ${formatCount(failures.length)} could not be examined`;
  return `Nothing to do: a baseline is in force: ${printableText(file)}, sequence ${sequence}${lacks}\n  seal  ${seal}\n`;
}

function resultText(
  result: Initialized,
  { isVerbose, width }: Pick<CommandContext['terminal'], 'isVerbose' | 'width'>,
): string {
  const { file, header, seal, entries, summary, notes } = result;
  const seconds = milliseconds(result.duration) / 1000;
  const isComplete = header.failures.length === 0;
  const lines = [
    isComplete
      ? `Baseline written: ${formatCount(entries)} objects`
      : `INCOMPLETE baseline written: ${formatCount(entries)} objects, ${formatCount(header.failures.length)} could not be examined`,
    '',
    `  file      ${printableText(file)}`,
    `  host      ${header.host}`,
    `  policy    ${printableText(header.policyName)} (${printableText(header.policy[0]?.name ?? '')}, ${result.policy.rules.length} ${result.policy.rules.length === 1 ? 'rule' : 'rules'})`,
    `  sequence  ${header.sequence}`,
    `  read      ${formatBytes(Number(summary.bytes))} in ${formatDuration(seconds)} (${formatCount(Math.round(entries / Math.max(seconds, 0.001)))} objects/s)`,
    `  seal      ${seal}`,
    '',
    ...notes.lines,
    ...mountLines(summary),
    ...summary.unavailable.map(
      ({ attribute, fileSystem, example }) =>
        `Not to be had on ${fileSystem}: ${attribute} (for example ${printable(example)})`,
    ),
    ...failureLines(header.failures, isVerbose),
    ...requirementLines(result.requirements, { width, verbose: isVerbose }),
    ...(result.policy.signers.length === 0
      ? []
      : [
          'The policy demands a signature: integ check refuses this baseline until integ baseline sign has signed it.',
          '',
        ]),
    'Next:',
    '  1. Write the seal down, off this host: integ check --expect-seal takes it.',
    '  2. Keep a copy of the baseline on another host or on read-only media.',
    '  3. Every night: integ check',
  ];
  return `${lines.join('\n')}\n`;
}

function mountLines(summary: ScanSummary): string[] {
  return summary.mounts
    .filter((mount) => !mount.entered)
    .map((mount) => `Not entered, another file system: ${printable(mount.path)} (${mount.type})`);
}

function failureLines(failures: readonly StoredFailure[], all: boolean): string[] {
  if (failures.length === 0) return [];
  const shown = all ? failures : failures.slice(0, FAILURES_SHOWN);
  const lines = shown.map(({ path, message }) => `  ${printable(path)}: ${printableText(message)}`);
  const rest = failures.length - shown.length;
  if (rest > 0) lines.push(`  and ${formatCount(rest)} more: see integ baseline show, or integ init --verbose`);
  const isDenied = failures.some(
    ({ code, message }) => (code === 'EACCES' || code === 'EPERM') && message !== DENIED_TO_ROOT,
  );
  return [
    'Could not be examined (of a directory, nothing below it either):',
    ...lines,
    ...(isDenied ? [`  ${HOW_TO_SEE_ALL}`] : []),
    '',
  ];
}
