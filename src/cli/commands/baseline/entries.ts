/** `integ baseline entries`: what is recorded of the objects that patterns cover. */
import { openBaselineSource } from '../../../app/generation/baseline-source.ts';
import type { BaselineReader } from '../../../baseline/reader.ts';
import {
  fromPrintable,
  needsExactBytes,
  type Path,
  pathBase64,
  printable,
  printableText,
} from '../../../model/bytes.ts';
import { type RecordBytes, recordType } from '../../../model/record.ts';
import type { PathPattern } from '../../../model/rule.ts';
import { formatAttributes } from '../../../model/values.ts';
import { coversPath, exactPattern, patternFromArgument } from '../../../policy/glob.ts';
import type { CommandContext } from '../../context.ts';
import type { BaselineEntriesOptions } from './define.ts';
import { type EntryFormat, LeftOut } from './entry-formats/format.ts';
import { keylimeFormat } from './entry-formats/keylime.ts';
import { mtreeFormat } from './entry-formats/mtree.ts';
import { sha256sumFormat } from './entry-formats/sha256sum.ts';

/** Lines gathered before they are written. */
const LINES_AT_ONCE = 1000;
const BYTES_AT_ONCE = 256 * 1024;

export async function runBaselineEntries(
  context: CommandContext,
  { format }: BaselineEntriesOptions,
  [globs]: readonly [readonly string[]],
): Promise<number> {
  const patterns = globs.flatMap(patternsFor);
  const isWanted = (path: Path): boolean => patterns.length === 0 || coversPath(patterns, path);
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal: undefined });
  try {
    const leftOut = new LeftOut();
    const foreign = foreignFormat(format, context, baseline, leftOut);
    if (foreign !== undefined) {
      printForeign(context, baseline, isWanted, foreign);
      if (leftOut.text !== undefined) context.terminal.warn(leftOut.text);
      return 0;
    }
    let lines: string[] = [];
    const flush = (): void => {
      if (lines.length > 0) context.terminal.print(`${lines.join('\n')}\n`);
      lines = [];
    };
    for (const { path, rule, record } of baseline.entries()) {
      if (!isWanted(path)) continue;
      const ruleName = baseline.rules[rule]?.name ?? '';
      if (format === 'ndjson') lines.push(JSON.stringify(entryJson(path, ruleName, record)));
      else lines.push(...entryText(path, ruleName, record, context.terminal.isVerbose));
      if (lines.length >= LINES_AT_ONCE) flush();
    }
    flush();
    return 0;
  } finally {
    baseline.close();
  }
}

/** The format, where it is one for another program. */
function foreignFormat(
  format: BaselineEntriesOptions['format'],
  context: CommandContext,
  baseline: BaselineReader,
  leftOut: LeftOut,
): EntryFormat | undefined {
  switch (format) {
    case 'sha256sum':
      return sha256sumFormat(leftOut, context.terminal.isTerminal);
    case 'mtree':
      return mtreeFormat();
    case 'keylime':
      return keylimeFormat(leftOut, baseline.header.createdAt);
    case 'text':
    case 'ndjson':
      return undefined;
    default:
      return format satisfies never;
  }
}

function printForeign(
  context: CommandContext,
  baseline: BaselineReader,
  isWanted: (path: Path) => boolean,
  { head, write, tail }: EntryFormat,
): void {
  const rules = baseline.rules.map(({ watch }) => {
    const watched = new Set(watch.split(' '));
    return { watched, mayGrow: watched.has('growing') || watched.has('append-only') };
  });
  const nothing = { watched: new Set<string>(), mayGrow: false };
  let text = head;
  const flush = (): void => {
    context.terminal.printBytes(Buffer.from(text, 'latin1'));
    text = '';
  };
  for (const { path, rule, record } of baseline.entries()) {
    if (!isWanted(path)) continue;
    text += write({ path, record, ...(rules[rule] ?? nothing) });
    if (text.length >= BYTES_AT_ONCE) flush();
  }
  text += tail;
  flush();
}

/** A pattern; where it is also a name as integ prints it, that too, so that what was printed can be pasted. */
function patternsFor(text: string): readonly PathPattern[] {
  const printed = fromPrintable(text);
  return [patternFromArgument(text, 'entries'), ...(printed?.startsWith('/') === true ? [exactPattern(printed)] : [])];
}

function entryJson(path: Path, rule: string, record: RecordBytes) {
  return {
    path: printable(path),
    ...(needsExactBytes(path) ? { pathBase64: pathBase64(path) } : {}),
    rule: printableText(rule),
    attributes: formatAttributes(record),
  };
}

function entryText(path: Path, rule: string, record: RecordBytes, all: boolean): string[] {
  const values = formatAttributes(record);
  if (!all) {
    const owner = `${values.uid}:${values.gid}`;
    const [mode, size, mtime] = [values.mode ?? '', values.size ?? '', values.mtime ?? ''];
    const arrow = values.target === undefined ? '' : ` -> ${values.target}`;
    const type = recordType(record).padEnd(9);
    return [`${type} ${mode} ${owner.padEnd(9)} ${size.padStart(12)} ${mtime} ${printable(path)}${arrow}`];
  }
  const lines = Object.entries(values).map(([name, value]) => `  ${name.padEnd(10)} ${value}`);
  return [printable(path), `  ${'rule'.padEnd(10)} ${printableText(rule)}`, ...lines, ''];
}
