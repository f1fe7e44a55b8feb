/**
 * What a mail says, in lines, the same for its text and its HTML: what is needed to go on or to stop first, then the
 * findings within bounds, then what to type, then what was compared with what. A clean night is three lines.
 */
import type { Report } from '../../model/report.ts';
import { atLeast, type Severity } from '../../model/severity.ts';
import { type Block, reportBlocks } from '../../report/blocks.ts';
import { boundedBlocks } from '../../report/bounded.ts';
import type { Line } from '../../report/change-lines.ts';
import { contextLines, firstLine, shortSeal, signatureWords, warnings } from '../../report/head.ts';
import { type NextCommand, nextCommands, showCommand } from '../../report/next-commands.ts';
import { plain } from '../../report/plain.ts';
import { byteCount, elapsed, plural } from '../../report/words.ts';
import { subjectOf } from './subject.ts';

/** How much of a report a mail holds, each less than the one before. */
export const FORMS = ['whole', 'unattached', 'text', 'summary'] as const;
type Form = (typeof FORMS)[number];

export interface Edition {
  /** What its readers may see of it. */
  readonly report: Report;
  /** Names of the rules that it is about, as reports have them; undefined: of all. */
  readonly rules: readonly string[] | undefined;
  readonly isTest: boolean;
  /** How the policy wants the subject; undefined: as usual. */
  readonly subject: string | undefined;
  /** Of the findings that are shown; undefined: all. */
  readonly severity: Severity | undefined;
  readonly attachment: AttachmentState;
  readonly form: Form;
}

/** What became of the JSON report; `limit`: the most bytes it may have. */
export type AttachmentState =
  | { readonly kind: 'attached'; readonly name: string; readonly json: string }
  | { readonly kind: 'omitted'; readonly limit: number }
  | { readonly kind: 'none' };

export interface Letter {
  /** Of a bounded length. */
  readonly subject: string;
  readonly opening: readonly Line[];
  /** The findings, as far as so many bytes hold them. */
  readonly body: (bytes: number, bytesOf: (block: Block) => number) => Iterable<Block>;
  readonly commands: readonly NextCommand[];
  readonly closing: readonly Line[];
}

/** Two times to the nanosecond stand beside each other. */
const WIDTH = 86;
/** Findings in one mail, and as many errors. */
const MOST_ITEMS = 200;
const TOO_LARGE = 'the receiver takes no mail as large';
const ACCEPT = 'integ accept ';
/** Of the room in a mail, where there are errors. */
const SHARE_OF_ERRORS = 0.25;

export function letterOf(edition: Edition): Letter {
  const { report, isTest, subject } = edition;
  return { subject: subjectOf(report, isTest, subject), ...contentOf(edition) };
}

type Content = Omit<Letter, 'subject'>;

function contentOf(edition: Edition): Content {
  const { report, isTest } = edition;
  if (isTest) return testContent(edition);
  if (report.status === 'clean') return cleanContent(edition);
  const elsewhere = showCommand(report);
  const shown = shownPart(edition);
  const hidden = findingsIn(report) - findingsIn(shown);
  const isSummary = edition.form === 'summary';
  const showsAll = hidden === 0 && !isSummary;
  const style = { width: WIDTH, verbose: false, namesDigests: true, seeAll: elsewhere };
  return {
    opening: [
      firstLine(report),
      ...warnings(report),
      ...aboutRules(edition),
      ...aboutSeverity(edition, hidden),
      ...aboutForm(edition),
    ],
    body: (bytes, bytesOf) => {
      if (isSummary) return [];
      const bytesForErrors = report.summary.errors === 0 ? 0 : bytes * SHARE_OF_ERRORS;
      return boundedBlocks(reportBlocks(shown, style), {
        items: MOST_ITEMS,
        bytes,
        bytesForErrors,
        bytesOf,
        elsewhere,
      });
    },
    // Nobody accepts what this mail does not show.
    commands: nextCommands(report, edition.rules).filter(({ command }) => showsAll || !command.startsWith(ACCEPT)),
    closing: [...contextLines(report, false), ...attachmentLines(edition)],
  };
}

/** The report with the findings that the mail is to show; its counts and its status stay those of the whole. */
function shownPart({ report, severity }: Edition): Report {
  if (severity === undefined) return report;
  const isShown = (finding: { readonly severity: Severity }): boolean => atLeast(finding.severity, severity);
  return {
    ...report,
    changes: report.changes.filter((change) => change.consequence === true || isShown(change)),
    violations: report.violations.filter(isShown),
  };
}

function findingsIn({ changes, violations }: Report): number {
  return changes.filter(({ consequence }) => consequence !== true).length + violations.length;
}

function aboutSeverity({ report, severity }: Edition, hidden: number): readonly Line[] {
  if (severity === undefined || hidden === 0) return [];
  const text = `${plural(hidden, 'finding')} below severity ${severity} not shown here: ${showCommand(report)}`;
  return [{ text: plain(text), tone: 'faint' }];
}

function aboutForm({ form, report }: Edition): readonly Line[] {
  if (form !== 'summary') return [];
  return [{ text: `Nothing of it is shown here, since ${TOO_LARGE}: ${showCommand(report)}`, tone: 'bad' }];
}

function aboutRules({ rules }: Edition): readonly Line[] {
  if (rules === undefined) return [];
  const names = plain(rules.join(', '));
  return [{ text: `This mail is about the ${rules.length === 1 ? 'rule' : 'rules'} ${names} alone.`, tone: 'faint' }];
}

function cleanContent({ report }: Edition): Content {
  const { baseline, finishedAt, notes, id, policy } = report;
  const age = elapsed(baseline.createdAt, finishedAt);
  const made = age === undefined ? '' : `, ${age} old`;
  const lines = [
    `baseline: sequence ${baseline.sequence}${made}, seal ${shortSeal(report)}, ${signatureWords(report)}`,
    `report: ${id}, policy ${policy.name}`,
    ...notes.map((note) => `note: ${note}`),
  ];
  return {
    opening: [firstLine(report), ...warnings(report), ...lines.map((text) => ({ text: plain(text) }))],
    body: () => [],
    commands: [],
    closing: [],
  };
}

function testLine({ host }: Report): string {
  return plain(`TEST: mail of integ on ${host} arrives; nothing was examined`);
}

function testContent({ report, rules }: Edition): Content {
  const what = rules === undefined ? 'Reports come to you whole.' : `Reports on ${rules.join(', ')} come to you.`;
  return {
    opening: [testLine(report), plain(what)].map((text) => ({ text })),
    body: () => [],
    commands: [],
    closing: [],
  };
}

function attachmentLines({ attachment, report, form }: Edition): readonly Line[] {
  switch (attachment.kind) {
    case 'attached':
      if (form !== 'whole') return unattached(TOO_LARGE, report);
      return [{ text: `attached  ${attachment.name}` }];
    case 'omitted':
      return unattached(`larger than ${byteCount(attachment.limit)}`, report);
    case 'none':
      return [];
    default:
      return attachment satisfies never;
  }
}

function unattached(why: string, report: Report): readonly Line[] {
  return [
    { text: `not attached, since ${why}: the report as JSON` },
    { text: `          ${showCommand(report, '--format json')}` },
  ];
}
