/** What to type next, ready to paste into a shell: to read all of a stored report, to review it, to accept it. */
import type { Report, ReportChange } from '../model/report.ts';
import { shellWord } from '../model/shell-word.ts';
import { explanationOf, restsOnDatabase } from './explained.ts';

export interface NextCommand {
  readonly does: string;
  readonly command: string;
}

const DEFAULT_BASELINE = '/var/lib/integ/baseline.db';

/**
 * The option that names the baseline. The printable form of an unusual name is not the name: then a word stands there.
 */
function baselineOption({ file }: Report['baseline']): string {
  if (file === DEFAULT_BASELINE) return '';
  const isExact = file.startsWith('/') && !file.includes('\\');
  return ` --baseline ${isExact ? shellWord(file) : 'FILE'}`;
}

/** `how`: what is to be shown. */
export function showCommand(report: Report, how: '--verbose' | '--format json' = '--verbose'): string {
  return `integ report show ${shellWord(report.id)} ${how}${baselineOption(report.baseline)}`;
}

function acceptCommand({ id, baseline }: Report, how: string): string {
  return `integ accept ${shellWord(id)} ${how} --reason 'WHY'${baselineOption(baseline)}`;
}

/** What packages explain can be accepted by itself, and whose word that takes. */
function explainedCommands(report: Report): readonly NextCommand[] {
  const counted = report.changes.filter(({ consequence }) => consequence !== true);
  const explanations = counted.flatMap((change) => explanationOf(change) ?? []);
  const commands: NextCommand[] = [];
  if (!explanations.every(restsOnDatabase)) {
    commands.push({
      does: 'accept what is proved to come from packages',
      command: acceptCommand(report, '--explained'),
    });
  }
  if (explanations.some(restsOnDatabase)) {
    const command = acceptCommand(report, '--explained --proof database');
    commands.push({ does: 'accept what packages explain, if you believe the package database', command });
  }
  return commands;
}

/** Whether accepting all of it in one go would take something that must be looked at by itself. */
function mustBeLookedAt({ consequence, severity, flags, ...change }: ReportChange): boolean {
  if (consequence === true || explanationOf({ flags, ...change }) !== undefined) return false;
  return severity === 'critical' || flags.some((flag) => flag !== 'executable-appeared');
}

/** `rules`: names of the rules that the reader answers for; undefined: all of them. */
function acceptCommands(report: Report, rules: readonly string[] | undefined): readonly NextCommand[] {
  if (report.changes.some(mustBeLookedAt)) {
    const does = 'accept findings by the numbers before them, such as 3,7-9';
    return [{ does, command: acceptCommand(report, '--finding NUMBERS') }];
  }
  if (rules === undefined) {
    return [{ does: 'accept all that is reported', command: acceptCommand(report, '--all') }];
  }
  const names = rules.map((name) => (name.includes('\\') ? 'NAME' : shellWord(name)));
  return [{ does: 'accept what is reported here', command: acceptCommand(report, `--rule ${names.join(' ')}`) }];
}

/**
 * What decides about the findings, the quickest first. Violations and errors cannot be accepted: only mending what they
 * name ends them.
 */
export function decidingCommands(report: Report, rules?: readonly string[]): readonly NextCommand[] {
  const { summary, baseline } = report;
  // Such a report is stored nowhere.
  if (report.failed === true || report.unstored !== undefined) return [];
  if (summary.added + summary.removed + summary.changed + summary.moved === 0) return [];
  const review = `integ review ${shellWord(report.id)}${baselineOption(baseline)}`;
  return [
    ...(rules === undefined ? explainedCommands(report) : []),
    { does: 'decide about each finding', command: review },
    ...acceptCommands(report, rules),
  ];
}

/** For those who have only a part of the report before them. */
export function nextCommands(report: Report, rules?: readonly string[]): readonly NextCommand[] {
  if (report.unstored !== undefined) return [];
  if (report.failed === true) {
    return [{ does: 'see whether it is mended', command: `integ check${baselineOption(report.baseline)}` }];
  }
  return [{ does: 'read everything', command: showCommand(report) }, ...decidingCommands(report, rules)];
}
