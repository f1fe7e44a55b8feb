/** `integ baseline show`, `entries` and `verify`. */
import { openBaselineSource } from '../../app/generation/baseline-source.ts';
import { signatureText, trustBaseline } from '../../app/generation/signers.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import { judgeSignature, signersOf } from '../../baseline/signature.ts';
import { needsExactBytes, type Path, pathBase64, printable, printableText } from '../../model/bytes.ts';
import { type RecordBytes, recordType } from '../../model/record.ts';
import { formatAttributes } from '../../model/values.ts';
import { coversPath, patternFromArgument } from '../../policy/glob.ts';
import { formatCount } from '../../report/quantities.ts';
import type { Context } from '../context.ts';

interface ShowOptions {
  readonly format: 'text' | 'json';
  readonly expectSeal?: string;
}

interface EntriesOptions {
  readonly format: 'text' | 'ndjson';
}

interface VerifyOptions {
  readonly expectSeal?: string;
  readonly signers?: string;
}

/** Lines gathered before they are written. */
const LINES_AT_ONCE = 1000;

async function withBaseline<Result>(
  context: Context,
  file: string,
  expectSeal: string | undefined,
  action: (baseline: BaselineReader) => Result | Promise<Result>,
): Promise<Result> {
  const baseline = await openBaselineSource(context, { file, expectSeal });
  try {
    return await action(baseline);
  } finally {
    baseline.close();
    context.terminal.clearProgress();
  }
}

export async function runBaselineShow(
  context: Context,
  _operands: readonly string[],
  { format, expectSeal }: ShowOptions,
): Promise<number> {
  return withBaseline(context, context.baselineFile, expectSeal, (baseline) => {
    context.terminal.print(format === 'json' ? showJson(baseline) : showText(baseline));
    return 0;
  });
}

function showText(baseline: BaselineReader): string {
  const { header } = baseline;
  const rows: readonly (readonly [string, string])[] = [
    ['file', printableText(baseline.file)],
    ['host', header.host],
    ['root', printable(header.root)],
    ['sequence', String(header.sequence)],
    ['created', header.createdAt],
    ['by', `${header.origin.command}, ${header.origin.who}: ${header.origin.why}`],
    ['integ', header.version],
    ['objects', formatCount(baseline.entryCount)],
    ['texts kept', formatCount(baseline.contentCount)],
    ['packages', formatCount(header.packages.length)],
    ['policy', `${header.policyName} (${header.policy.map((source) => source.name).join(', ')})`],
    ['policy sha256', header.policySha256],
    ['seal', baseline.seal],
    ['signature', signatureText(judgeSignature(baseline, signersOf(baseline)))],
    ['previous seal', header.previousSeal === '' ? 'none' : header.previousSeal],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `${label.padEnd(width)}  ${printableText(value)}`);
  const mounts = header.mounts.map(
    ({ path, type, source, entered }) =>
      `  ${printable(path)} ${printableText(type)} ${printableText(source)}${entered ? '' : ' (not entered)'}`,
  );
  const links = header.startLinks.map(({ path, target }) => `  ${printable(path)} -> ${printable(target)}`);
  const failures = header.failures.map(({ path, message }) => `  ${printable(path)}: ${printableText(message)}`);
  return [
    ...lines,
    ...section('mounts', mounts),
    ...section('paths of the policy that lead through symbolic links', links),
    ...section('INCOMPLETE: could not be examined', failures),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}

function showJson(baseline: BaselineReader): string {
  const { header, seal, entryCount, contentCount, file } = baseline;
  const shown = {
    file: printableText(file),
    seal,
    objects: entryCount,
    contents: contentCount,
    ...header,
    root: printable(header.root),
    packages: header.packages.map(({ name, version }) => ({
      name: printableText(name),
      version: printableText(version),
    })),
    startLinks: header.startLinks.map(({ rule, path, target }) => ({
      rule,
      path: printable(path),
      target: printable(target),
    })),
    mounts: header.mounts.map((mount) => ({ ...mount, path: printable(mount.path) })),
    unavailable: header.unavailable.map((item) => ({ ...item, example: printable(item.example) })),
    failures: header.failures.map((failure) => ({
      ...failure,
      path: printable(failure.path),
      message: printableText(failure.message),
    })),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

export async function runBaselineEntries(
  context: Context,
  operands: readonly string[],
  { format }: EntriesOptions,
): Promise<number> {
  const patterns = operands.map((text) => patternFromArgument(text, 'entries'));
  const isWanted = (path: Path): boolean => patterns.length === 0 || coversPath(patterns, path);
  return withBaseline(context, context.baselineFile, undefined, (baseline) => {
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
  });
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

export async function runBaselineVerify(
  context: Context,
  operands: readonly string[],
  { expectSeal, signers }: VerifyOptions,
): Promise<number> {
  return withBaseline(context, operands[0] ?? context.baselineFile, expectSeal, (baseline) => {
    const { header, seal, entryCount, file } = baseline;
    const { verdict } = trustBaseline(context, baseline, signers);
    const against = expectSeal === undefined ? '' : ', as expected';
    context.terminal.print(
      [
        `The baseline is intact: ${printableText(file)}`,
        `  ${formatCount(entryCount)} objects of ${printableText(header.host)}, sequence ${header.sequence}, ${printableText(header.createdAt)}`,
        `  seal ${seal}${against}`,
        `  signature ${signatureText(verdict)}`,
        ...(expectSeal === undefined
          ? ['  Compare the seal with the one you wrote down, or give it: integ baseline verify --expect-seal SEAL']
          : []),
        '',
      ].join('\n'),
    );
    return 0;
  });
}
