/** What to type next, ready to paste into a shell: to read all of a stored report, to review it, to accept it. */
import type { Report } from '../model/report.ts';

export interface NextCommand {
  readonly does: string;
  readonly command: string;
}

const DEFAULT_BASELINE = '/var/lib/integ/baseline.db';
const NEEDS_NO_QUOTES = /^[\w%+,./:=@-]+$/;

function quoted(word: string): string {
  return NEEDS_NO_QUOTES.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The option that names the baseline. The printable form of an unusual name is not the name: then a word stands there.
 */
function baselineOption({ file }: Report['baseline']): string {
  if (file === DEFAULT_BASELINE) return '';
  const isExact = file.startsWith('/') && !file.includes('\\');
  return ` --baseline ${isExact ? quoted(file) : 'FILE'}`;
}

/** `how`: what is to be shown. */
export function showCommand(report: Report, how: '--verbose' | '--format json' = '--verbose'): string {
  return `integ report show ${quoted(report.id)} ${how}${baselineOption(report.baseline)}`;
}

/** `rules`: names of the rules that the reader answers for; undefined: all of them. */
export function nextCommands(report: Report, rules?: readonly string[]): readonly NextCommand[] {
  const { summary } = report;
  const option = baselineOption(report.baseline);
  const id = quoted(report.id);
  // Such a report is stored nowhere.
  if (report.failed === true) return [{ does: 'see whether it is mended', command: `integ check${option}` }];
  const readAll: NextCommand = { does: 'read everything', command: showCommand(report) };
  // Violations and errors cannot be accepted: only mending what they name ends them.
  if (summary.added + summary.removed + summary.changed + summary.moved === 0) return [readAll];
  const review: NextCommand = { does: 'decide about each finding', command: `integ review ${id}${option}` };
  if (rules === undefined) {
    const command = `integ accept ${id} --all --reason 'WHY'${option}`;
    return [readAll, review, { does: 'accept all that is reported', command }];
  }
  const names = rules.map((name) => (name.includes('\\') ? 'NAME' : quoted(name)));
  const command = `integ accept ${id} --rule ${names.join(' ')} --reason 'WHY'${option}`;
  return [readAll, review, { does: 'accept what is reported here', command }];
}
