/**
 * One finding as lines of text: what and where, what to be alarmed about, what changed inside, then attributes,
 * aligned.
 */
import { DIGEST_NAMES } from '../model/attributes.ts';
import type {
  AttributeChange,
  ChangeKind,
  ContentChange,
  Remarks,
  ReportChange,
  ReportViolation,
} from '../model/report.ts';
import { explanationOf, explanationWords, shippingWords } from './explained.ts';
import { numberMark, numbersMark } from './number-marks.ts';
import { plain } from './plain.ts';
import { mismatchWords, type ViolatedObject } from './violations.ts';
import { FLAG_WORDS } from './words.ts';
import { wrapped } from './wrapped.ts';

/** What a line is to the reader; how that looks is for who shows it. */
export type Tone = 'title' | 'good' | 'bad' | 'warning' | 'faint' | 'inserted' | 'deleted';

/** Printable, without a line break. */
export interface Line {
  readonly text: string;
  readonly tone?: Tone;
}

export interface LineStyle {
  /** Columns to aim at; names and values are never cut to fit. */
  readonly width: number;
  /** Show every attribute of added and removed objects. */
  readonly verbose: boolean;
  /** Digests that changed are named without their values, where nobody compares them. */
  readonly namesDigests?: boolean;
}

const VERB_COLUMNS = 10;
const INDENT = ' '.repeat(VERB_COLUMNS);
const ARROW = ' -> ';
const FIX = 'fix: ';
/** Of an object that also violates a requirement. */
const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  added: 'is new',
  removed: 'is gone',
  changed: 'changed',
  moved: 'moved',
};
/** Of a new or vanished object these tell most. */
const TELLING = ['mode', 'uid', 'gid', 'size', 'target'] as const;

/** A line below the title of a finding. */
function detail(text: string, tone?: Tone): Line {
  return { text: INDENT + text, ...(tone === undefined ? {} : { tone }) };
}

function valueLines(label: string, change: AttributeChange, isOneSided: boolean, width: number): readonly Line[] {
  if (isOneSided) return [detail(`${label}${plain(onlySide(change) ?? '')}`)];
  const before = plain(change.before ?? 'none');
  const after = plain(change.after ?? 'none');
  const line = detail(`${label}${before}${ARROW}${after}`);
  if (line.text.length <= width) return [line];
  return [detail(`${label}${before}`), detail(`${' '.repeat(label.length - ARROW.length)}${ARROW}${after}`)];
}

type Attributes = ReportChange['attributes'];

export function isNewOrGone({ kind }: ReportChange): boolean {
  return kind === 'added' || kind === 'removed';
}

/** A mount that came or went with its directory is not to be seen in the brief line. */
function mountAlone({ attributes: { mount } }: ReportChange): Attributes {
  return mount === undefined ? {} : { mount };
}

function isDigest(name: string): boolean {
  return (DIGEST_NAMES as readonly string[]).includes(name);
}

function attributeLines(change: ReportChange, values: Attributes, style: LineStyle): readonly Line[] {
  const { width, namesDigests = false } = style;
  const all = Object.entries(values);
  const attributes = namesDigests ? all.filter(([name]) => !isDigest(name)) : all;
  const digests = namesDigests ? all.flatMap(([name]) => (isDigest(name) ? [name] : [])) : [];
  const isOneSided = (name: string): boolean => name !== 'mount' && isNewOrGone(change);
  const longest = Math.max(0, ...attributes.map(([name]) => name.length));
  const column = Math.max(longest + 2, ARROW.length);
  const lines = attributes.flatMap(([name, value]) => valueLines(name.padEnd(column), value, isOneSided(name), width));
  return digests.length === 0 ? lines : [...lines, detail(`other content, by ${digests.join(', ')}`)];
}

/** Of a new or vanished object: there is one side to each attribute. */
export function onlySide(change: AttributeChange | undefined): string | undefined {
  return change?.after ?? change?.before;
}

/** What a new or vanished object is or was, on one line. */
export function briefly(change: ReportChange): string {
  const { attributes } = change;
  const parts = TELLING.flatMap((name) => {
    const value = onlySide(attributes[name]);
    return value === undefined || (name === 'size' && change.type !== 'file') ? [] : [`${name} ${plain(value)}`];
  });
  return [change.type, ...parts].join(', ');
}

function diffTone(line: string): Tone | undefined {
  if (line.startsWith('+')) return 'inserted';
  if (line.startsWith('-')) return 'deleted';
  return line.startsWith('@@') ? 'faint' : undefined;
}

/** Lines of a diff, below the title of what they changed. */
export function diffLines(diff: readonly string[]): readonly Line[] {
  return diff.map((line) => detail(`  ${plain(line)}`, diffTone(line)));
}

/** What changed inside: first in words, then the lines. */
function contentLines({ facts, diff = [], omitted }: ContentChange): readonly Line[] {
  return [
    ...facts.map((fact) => detail(`* ${plain(fact)}`, 'warning')),
    ...diffLines(diff),
    ...(omitted === undefined ? [] : [detail(`  (${plain(omitted)})`, 'faint')]),
  ];
}

export function explanation(change: ReportChange): string {
  const explained = explanationOf(change);
  return explained === undefined ? '' : `explained by ${explanationWords(explained)}`;
}

/** The path of a finding; a directory ends in a slash. */
export function shownPath({ path, type }: ReportChange): string {
  const shown = plain(path);
  return type === 'directory' && !shown.endsWith('/') ? `${shown}/` : shown;
}

export function changeTitle(change: ReportChange): string {
  return `${change.kind.padEnd(VERB_COLUMNS)}${shownPath(change)}`;
}

/** The same with the number by which the change is chosen. */
export function numberedTitle(change: ReportChange): string {
  return numberMark(change) + changeTitle(change);
}

/** A change that is explained: nobody has to know more of it. */
export function explainedLines(change: ReportChange): readonly Line[] {
  return [{ text: numberedTitle(change), tone: 'title' }, detail(explanation(change))];
}

export function changeLines(change: ReportChange, style: LineStyle): readonly Line[] {
  return [{ text: numberedTitle(change), tone: 'title' }, ...detailLines(change, style)];
}

/** What there is to know of a change but what and where it is. */
function detailLines(change: ReportChange, style: LineStyle): readonly Line[] {
  const lines: Line[] = [];
  if (change.from !== undefined) lines.push(detail(`from ${plain(change.from)}`));
  if (change.flags.length > 0) {
    lines.push(detail(`! ${change.flags.map((flag) => FLAG_WORDS[flag]).join('; ')}`, 'warning'));
  }
  if (change.shippedBy !== undefined) lines.push(detail(shippingWords(change.shippedBy)));
  if (change.content !== undefined) lines.push(...contentLines(change.content));
  const isBrief = isNewOrGone(change) && !style.verbose;
  if (isBrief) lines.push(detail(briefly(change)));
  lines.push(...attributeLines(change, isBrief ? mountAlone(change) : change.attributes, style));
  if (change.links !== undefined) lines.push(detail(`same inode as ${change.links.map(plain).join(', ')}`));
  const reason = explanation(change);
  if (reason !== '') lines.push(detail(reason));
  lines.push(...ruleLines(change, style.width - VERB_COLUMNS));
  return lines;
}

/** The rule with why it is there, and what to do about what it found. */
function ruleLines({ rule, why, fix }: Remarks & { readonly rule: string }, width: number): readonly Line[] {
  if (rule === '') return [];
  const [first, ...others] = why === undefined ? [] : why.split('\n').map(plain);
  const title = first === undefined ? [`rule ${plain(rule)}`] : wrapped('', `rule ${plain(rule)}: ${first}`, width);
  const lines = [...title, ...others.flatMap((line) => wrapped('', line, width))];
  const remedy = fix === undefined ? [] : fix.split('\n').map(plain);
  return [
    ...lines.map((line) => detail(line, 'faint')),
    ...remedy
      .flatMap((line, index) => wrapped(index === 0 ? FIX : ' '.repeat(FIX.length), line, width))
      .map((line) => detail(line)),
  ];
}

function mismatchLines({ expected, actual }: ReportViolation): readonly Line[] {
  const names = Object.keys(expected);
  const column = Math.max(0, ...names.map((name) => name.length)) + 2;
  return names.flatMap((name) => {
    const words = mismatchWords(name, expected[name] ?? 'unknown', actual[name] ?? 'unknown');
    return words.map((line, index) => detail((index === 0 ? name : '').padEnd(column) + plain(line)));
  });
}

export function violatedLines({ path, violations, change }: ViolatedObject, style: LineStyle): readonly Line[] {
  const mark = numbersMark([...violations, ...(change === undefined ? [] : [change])]);
  const lines: Line[] = [{ text: `${mark}${'violated'.padEnd(VERB_COLUMNS)}${plain(path)}`, tone: 'title' }];
  const rules = new Set<string>();
  for (const violation of violations) {
    rules.add(violation.rule);
    lines.push(...mismatchLines(violation), ...ruleLines(violation, style.width - VERB_COLUMNS));
  }
  if (change === undefined) return lines;
  lines.push(detail(`and it ${CHANGE_WORDS[change.kind]}:`));
  return [...lines, ...detailLines(rules.has(change.rule) ? { ...change, rule: '' } : change, style)];
}
