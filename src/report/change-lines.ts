/** One finding as lines of text: what and where, flags in words, then attributes with before and after, aligned. */
import type { AttributeChange, ReportChange, ReportViolation } from '../model/report.ts';
import { plain } from './plain.ts';
import { FLAG_WORDS } from './words.ts';

export interface LineStyle {
  /** Columns to aim at; names and values are never cut to fit. */
  readonly width: number;
  /** Show every attribute of added and removed objects. */
  readonly verbose: boolean;
  readonly warning: (text: string) => string;
  readonly faint: (text: string) => string;
}

const VERB_COLUMNS = 10;
const INDENT = ' '.repeat(VERB_COLUMNS);
const ARROW = ' -> ';
/** Of a new or vanished object these tell most. */
const TELLING = ['mode', 'uid', 'gid', 'size', 'target'] as const;

function valueLines(label: string, change: AttributeChange, isOneSided: boolean, width: number): readonly string[] {
  if (isOneSided) return [`${INDENT}${label}${plain(onlySide(change) ?? '')}`];
  const before = plain(change.before ?? 'none');
  const after = plain(change.after ?? 'none');
  const line = `${INDENT}${label}${before}${ARROW}${after}`;
  if (line.length <= width) return [line];
  return [`${INDENT}${label}${before}`, `${INDENT}${' '.repeat(label.length - ARROW.length)}${ARROW}${after}`];
}

type Attributes = ReportChange['attributes'];

function isNewOrGone({ kind }: ReportChange): boolean {
  return kind === 'added' || kind === 'removed';
}

/** A mount that came or went with its directory is not to be seen in the brief line. */
function mountAlone({ attributes: { mount } }: ReportChange): Attributes {
  return mount === undefined ? {} : { mount };
}

function attributeLines(change: ReportChange, values: Attributes, width: number): readonly string[] {
  const attributes = Object.entries(values);
  const isOneSided = (name: string): boolean => name !== 'mount' && isNewOrGone(change);
  const longest = Math.max(0, ...attributes.map(([name]) => name.length));
  const column = Math.max(longest + 2, ARROW.length);
  return attributes.flatMap(([name, value]) => valueLines(name.padEnd(column), value, isOneSided(name), width));
}

function onlySide(change: AttributeChange | undefined): string | undefined {
  return change?.after ?? change?.before;
}

/** What a new or vanished object is or was, on one line. */
function briefly(change: ReportChange): string {
  const { attributes } = change;
  const parts = TELLING.flatMap((name) => {
    const value = onlySide(attributes[name]);
    return value === undefined || (name === 'size' && change.type !== 'file') ? [] : [`${name} ${plain(value)}`];
  });
  return [change.type, ...parts].join(', ');
}

function explanation(change: ReportChange): string {
  const { explained } = change;
  if (explained === undefined) return '';
  const { by, from, to, proof } = explained;
  return plain(`explained by ${by}: ${explained.package} ${from} -> ${to}, proved by ${proof}`);
}

export function changeTitle(change: ReportChange): string {
  const title = `${change.kind.padEnd(VERB_COLUMNS)}${plain(change.path)}`;
  return change.type === 'directory' && !title.endsWith('/') ? `${title}/` : title;
}

export function changeLines(change: ReportChange, style: LineStyle): readonly string[] {
  const lines = [changeTitle(change)];
  if (change.from !== undefined) lines.push(`${INDENT}from ${plain(change.from)}`);
  if (change.flags.length > 0) {
    lines.push(`${INDENT}${style.warning(`! ${change.flags.map((flag) => FLAG_WORDS[flag]).join('; ')}`)}`);
  }
  const isBrief = isNewOrGone(change) && !style.verbose;
  if (isBrief) lines.push(`${INDENT}${briefly(change)}`);
  lines.push(...attributeLines(change, isBrief ? mountAlone(change) : change.attributes, style.width));
  if (change.links !== undefined) lines.push(`${INDENT}same inode as ${change.links.map(plain).join(', ')}`);
  const reason = explanation(change);
  if (reason !== '') lines.push(`${INDENT}${reason}`);
  if (change.rule !== '') lines.push(`${INDENT}${style.faint(`rule ${plain(change.rule)}`)}`);
  return lines;
}

export function violationLines(violation: ReportViolation, style: LineStyle): readonly string[] {
  const names = Object.keys(violation.expected);
  const column = Math.max(0, ...names.map((name) => name.length)) + 2;
  const mismatches = names.map((name) => {
    const expected = plain(String(violation.expected[name]));
    const actual = plain(String(violation.actual[name] ?? 'unknown'));
    return `${INDENT}${name.padEnd(column)}must be ${expected}, is ${actual}`;
  });
  const title = `${'violated'.padEnd(VERB_COLUMNS)}${plain(violation.path)}`;
  return [title, ...mismatches, `${INDENT}${style.faint(`rule ${plain(violation.rule)}`)}`];
}
