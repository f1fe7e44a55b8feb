/**
 * What a mail says, in lines, the same for its text and its HTML: what is needed to go on or to stop first, then the
 * findings within bounds, then what to type, then what was compared with what. A clean night is three lines.
 */
import type { Report } from '../../model/report.ts';
import { type Block, reportBlocks } from '../../report/blocks.ts';
import { boundedBlocks } from '../../report/bounded.ts';
import type { Line } from '../../report/change-lines.ts';
import { contextLines, firstLine, shortSeal, signatureWords, warnings } from '../../report/head.ts';
import { headline } from '../../report/headline.ts';
import { type NextCommand, nextCommands, showCommand } from '../../report/next-commands.ts';
import { plain } from '../../report/plain.ts';
import { byteCount, elapsed } from '../../report/words.ts';

export interface Edition {
  /** What its readers may see of it. */
  readonly report: Report;
  /** Names of the rules that it is about, as reports have them; undefined: of all. */
  readonly rules: readonly string[] | undefined;
  readonly isTest: boolean;
  readonly attachment: AttachmentState;
}

/** What became of the JSON report; `limit`: the most bytes it may have. */
export type AttachmentState =
  | { readonly kind: 'attached'; readonly name: string; readonly json: string }
  | { readonly kind: 'omitted'; readonly limit: number }
  | { readonly kind: 'none' };

export interface Letter {
  /** The first line of the opening, of a bounded length. */
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
/** Of the room in a mail, where there are errors. */
const SHARE_OF_ERRORS = 0.25;

/** HOST_NAME_MAX of Linux: whoever reports a longer name must not push the counts out of the subject. */
const LONGEST_HOST = 64;
const LONGEST_SUBJECT = 200;

/** Not more than so many characters. */
function clipped(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}

/** The report with names of hosts of a bounded length. */
export function withShortHosts(report: Report): Report {
  const { host, by } = report;
  return {
    ...report,
    host: clipped(host, LONGEST_HOST),
    ...(by === undefined ? {} : { by: clipped(by, LONGEST_HOST) }),
  };
}

function subjectOf({ report, isTest }: Edition): string {
  const named = withShortHosts(report);
  return clipped(plain(isTest ? testLine(named) : headline(named)), LONGEST_SUBJECT);
}

export function letterOf(edition: Edition): Letter {
  return { subject: subjectOf(edition), ...contentOf(edition) };
}

type Content = Omit<Letter, 'subject'>;

function contentOf(edition: Edition): Content {
  const { report, isTest } = edition;
  if (isTest) return testContent(edition);
  if (report.status === 'clean') return cleanContent(edition);
  const elsewhere = showCommand(report);
  const style = { width: WIDTH, verbose: false, namesDigests: true, seeAll: elsewhere };
  return {
    opening: [firstLine(report), ...warnings(report), ...aboutRules(edition)],
    body: (bytes, bytesOf) => {
      const bytesForErrors = report.summary.errors === 0 ? 0 : bytes * SHARE_OF_ERRORS;
      return boundedBlocks(reportBlocks(report, style), {
        items: MOST_ITEMS,
        bytes,
        bytesForErrors,
        bytesOf,
        elsewhere,
      });
    },
    commands: nextCommands(report, edition.rules),
    closing: [...contextLines(report, false), ...attachmentLines(edition)],
  };
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

function attachmentLines({ attachment, report }: Edition): readonly Line[] {
  switch (attachment.kind) {
    case 'attached':
      return [{ text: `attached  ${attachment.name}` }];
    case 'omitted':
      return [
        { text: `not attached, since larger than ${byteCount(attachment.limit)}: the report as JSON` },
        { text: `          ${showCommand(report, '--format json')}` },
      ];
    case 'none':
      return [];
    default:
      return attachment satisfies never;
  }
}
