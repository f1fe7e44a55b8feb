/** `integ baseline show`: what a baseline says of itself. */
import { openBaselineSource } from '../../../app/generation/baseline-source.ts';
import { signatureText } from '../../../app/generation/signers.ts';
import type { BaselineReader } from '../../../baseline/reader.ts';
import { judgeSignature, signersOf } from '../../../baseline/signature.ts';
import { printable, printableText } from '../../../model/bytes.ts';
import { formatCount } from '../../../report/quantities.ts';
import type { CommandContext } from '../../context.ts';
import type { BaselineShowOptions } from './define.ts';

export async function runBaselineShow(
  context: CommandContext,
  { format, expectSeal }: BaselineShowOptions,
): Promise<number> {
  const baseline = await openBaselineSource(context, { file: context.baselineFile, expectSeal });
  try {
    context.terminal.print(format === 'json' ? showJson(baseline) : showText(baseline));
    return 0;
  } finally {
    baseline.close();
  }
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
