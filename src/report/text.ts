/**
 * The report as an administrator reads it in the morning: the first line says all that is needed to go on or to stop,
 * then the worst findings first. What is folded is counted, and how to see it all is said.
 */
import type { Report, ReportChange, ReportError } from '../model/report.ts';
import { SEVERITIES, type Severity } from '../model/severity.ts';
import { changeLines, changeTitle, type LineStyle, violationLines } from './change-lines.ts';
import { type ChangeGroup, groupChanges } from './groups.ts';
import { plain } from './plain.ts';
import { byteCount, ERROR_HINTS, elapsed, grouped, plural, toTheSecond } from './words.ts';

export interface TextOptions {
  /** Columns; 100 when not given. */
  readonly width?: number;
  /** SGR colours (ECMA-48); off when not given. */
  readonly color?: boolean;
  /** Nothing is folded and every attribute is shown. */
  readonly verbose?: boolean;
}

const DEFAULT_WIDTH = 100;
const SEAL_DIGITS = 16;
/** A group or list longer than this is folded to its first entries. */
const LONG = 12;
const SHOWN = 5;
const SEE_ALL = 'all of them with --verbose or --format json';

const SGR = { bold: '1', faint: '2', red: '31', green: '32', yellow: '33' } as const;
type Paint = (style: keyof typeof SGR, text: string) => string;

const noPaint: Paint = (_, text) => text;
const sgrPaint: Paint = (style, text) => `\u001b[${SGR[style]}m${text}\u001b[0m`;

interface Page extends LineStyle {
  readonly paint: Paint;
}

/** The lines of the report, each with its newline. */
export function* textReport(report: Report, options: TextOptions = {}): Generator<string, void, undefined> {
  const paint = options.color === true ? sgrPaint : noPaint;
  const page: Page = {
    width: options.width ?? DEFAULT_WIDTH,
    verbose: options.verbose ?? false,
    warning: (text) => paint('yellow', text),
    faint: (text) => paint('faint', text),
    paint,
  };
  for (const line of lines(report, page)) yield `${line}\n`;
}

function* lines(report: Report, page: Page): Generator<string, void, undefined> {
  yield headline(report, page);
  yield* policyWarning(report, page);
  yield '';
  yield* context(report, page);
  for (const severity of [...SEVERITIES].reverse()) yield* severitySection(report, severity, page);
  yield* consequences(report, page);
  yield* errorSection(report, page);
  yield* notes(report, page);
}

/** Of a report, on one line: also fit for the subject of a mail. */
function headline(report: Report, page: Page): string {
  const host = plain(report.host);
  const { summary, limits } = report;
  const only = limits === undefined ? '' : plain(` (only ${limits.join(', ')})`);
  switch (report.status) {
    case 'clean':
      return page.paint('green', `NO CHANGES on ${host}: ${plural(summary.examined, 'object')} examined${only}`);
    case 'changed':
      return page.paint('bold', `CHANGED: ${host}: ${findingCounts(report)}${only}`);
    case 'incomplete': {
      const failed = `${plural(summary.errors, 'error')}, not everything could be examined`;
      const found = findingCounts(report);
      return page.paint(
        'red',
        `INCOMPLETE: ${host}: ${failed}; ${found === '' ? 'no finding in the rest' : found}${only}`,
      );
    }
    default: {
      const never: never = report.status;
      throw new Error(`integ: internal error: status ${String(never)}`);
    }
  }
}

function findingCounts({ summary }: Report): string {
  const counts = (['added', 'removed', 'changed', 'moved'] as const)
    .filter((kind) => summary[kind] > 0)
    .map((kind) => `${grouped(summary[kind])} ${kind}`);
  if (summary.violations > 0) counts.push(plural(summary.violations, 'violation'));
  if (counts.length === 0) return '';
  const highest = [...SEVERITIES].reverse().find((severity) => (summary.bySeverity[severity] ?? 0) > 0);
  return highest === undefined ? counts.join(', ') : `${counts.join(', ')}; highest severity ${highest}`;
}

function* policyWarning({ policy }: Report, page: Page): Generator<string, void, undefined> {
  if (policy.matchesFile) return;
  yield page.paint('red', 'WARNING: the policy file is not the policy in the baseline. This check used the one in the');
  yield page.paint('red', 'baseline; find out who changed the file, then put it into force with: integ policy update');
}

function* context(report: Report, page: Page): Generator<string, void, undefined> {
  const { baseline, policy, summary, tool } = report;
  const duration = elapsed(report.startedAt, report.finishedAt);
  const age = elapsed(baseline.createdAt, report.finishedAt);
  const signer = baseline.signature.signer === undefined ? '' : ` by ${baseline.signature.signer}`;
  const signature =
    baseline.signature.status === 'none' ? 'not signed' : `signature ${baseline.signature.status}${signer}`;
  const seal = baseline.seal.length > SEAL_DIGITS ? `${baseline.seal.slice(0, SEAL_DIGITS)}…` : baseline.seal;
  const createdAt = toTheSecond(baseline.createdAt);
  const made = age === undefined ? createdAt : `${createdAt} (${age} ago)`;
  const took = duration === undefined ? '' : `, took ${duration}`;
  yield plain(`checked   ${toTheSecond(report.startedAt)}${took}`);
  yield `examined  ${plural(summary.examined, 'object')}, ${byteCount(summary.bytes)} read`;
  // Without a baseline nothing was compared, and a note says so.
  if (seal !== '') {
    yield plain(`baseline  ${baseline.file}, sequence ${baseline.sequence}, made ${made}`);
    yield plain(`seal      ${seal}, ${signature}`);
  }
  yield plain(`policy    ${policy.name}`);
  yield plain(`report    ${report.id}`);
  if (page.verbose) {
    yield plain(`made by   integ ${tool.version}, code sha256 ${tool.sha256}, Node ${tool.node}`);
  }
}

function* severitySection(report: Report, severity: Severity, page: Page): Generator<string, void, undefined> {
  const changes = report.changes.filter((change) => change.severity === severity && change.consequence !== true);
  const violations = report.violations.filter((violation) => violation.severity === severity);
  const count = changes.length + violations.length;
  if (count === 0) return;
  const isUnexplained = (change: ReportChange): boolean => change.explained === undefined;
  yield '';
  yield page.paint('bold', `${severity.toUpperCase()}: ${plural(count, 'finding')}`);
  for (const violation of violations) yield* indented(violationLines(violation, page));
  // What must be read comes before what comes in numbers.
  const unexplained = groupChanges(changes.filter(isUnexplained));
  for (const group of unexplained) if (group.changes.some(isFlagged)) yield* groupLines(group, page);
  for (const group of unexplained) if (!group.changes.some(isFlagged)) yield* groupLines(group, page);
  for (const group of groupChanges(changes.filter((change) => !isUnexplained(change)))) yield* groupLines(group, page);
}

function isFlagged(change: ReportChange): boolean {
  return change.flags.length > 0;
}

function* indented(block: readonly string[]): Generator<string, void, undefined> {
  for (const line of block) yield `  ${line}`;
}

function* groupLines(group: ChangeGroup, page: Page): Generator<string, void, undefined> {
  const { changes, kind, directory } = group;
  if (page.verbose || changes.length <= LONG) {
    for (const change of changes) yield* indented(changeLines(change, page));
    return;
  }
  yield* indented([page.paint('bold', `${grouped(changes.length)} ${kind} in ${plain(directory)} and below`)]);
  for (const change of changes.slice(0, SHOWN)) yield* indented([`  ${changeTitle(change)}`]);
  yield* indented([`  … and ${grouped(changes.length - SHOWN)} more: ${SEE_ALL}`]);
}

function* consequences(report: Report, page: Page): Generator<string, void, undefined> {
  const folded = report.changes.filter((change) => change.consequence === true);
  if (folded.length === 0) return;
  const isMove = (change: ReportChange): boolean => change.kind === 'moved';
  const directories = folded.filter((change) => !isMove(change) && change.type === 'directory').length;
  const moved = folded.filter(isMove).length;
  const logs = folded.length - directories - moved;
  const parts: string[] = [];
  if (directories > 0) {
    parts.push(`${plural(directories, 'directory', 'directories')} changed only because of the above`);
  }
  if (moved > 0) parts.push(`${plural(moved, 'object')} moved along with a directory above`);
  if (logs > 0) parts.push(`${plural(logs, 'new log')} in the place of a rotated one`);
  yield '';
  for (const part of parts) yield `(+ ${part})`;
  if (page.verbose) for (const change of folded) yield* indented(changeLines(change, page));
}

function* errorSection(report: Report, page: Page): Generator<string, void, undefined> {
  if (report.errors.length === 0) return;
  yield '';
  yield page.paint('red', `NOT EXAMINED: ${plural(report.errors.length, 'error')}`);
  const byCode = new Map<string, ReportError[]>();
  for (const error of report.errors) {
    const same = byCode.get(error.code);
    if (same === undefined) byCode.set(error.code, [error]);
    else same.push(error);
  }
  for (const [code, errors] of byCode) {
    const shown = page.verbose || errors.length <= LONG ? errors : errors.slice(0, SHOWN);
    for (const error of shown) yield plain(`  ${error.path}: ${error.operation}: ${code}: ${error.message}`);
    const left = errors.length - shown.length;
    if (left > 0) yield plain(`  … and ${grouped(left)} more with ${code}: ${SEE_ALL}`);
    const hint = ERROR_HINTS.get(code);
    if (hint !== undefined) yield page.faint(`    ${code}: ${hint}`);
  }
}

function* notes(report: Report, page: Page): Generator<string, void, undefined> {
  if (report.notes.length === 0) return;
  yield '';
  for (const note of report.notes) yield page.faint(`note: ${plain(note)}`);
}
