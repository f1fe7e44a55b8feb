/** `integ baseline entries`: what is recorded of the objects that patterns cover. */
import { openBaselineSource } from '../../../app/generation/baseline-source.ts';
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

/** Lines gathered before they are written. */
const LINES_AT_ONCE = 1000;

export async function runBaselineEntries(
  context: CommandContext,
  { format }: BaselineEntriesOptions,
  [globs]: readonly [readonly string[]],
): Promise<number> {
  const patterns = globs.flatMap(patternsFor);
  const isWanted = (path: Path): boolean => patterns.length === 0 || coversPath(patterns, path);
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal: undefined });
  try {
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
