/** The texts about a new generation, and about the findings that were accepted in it. */
import type { Accepted, RecordedAlready } from '../app/generation/accept.ts';
import type { WrittenGeneration } from '../app/generation/new-generation.ts';
import { printableText } from '../model/bytes.ts';
import { formatCount } from '../report/quantities.ts';

/** The title comes first. */
export function generationLines(written: WrittenGeneration): readonly string[] {
  const { file, header, seal, isCandidate } = written;
  const { why, who, ticket } = header.origin;
  return [
    isCandidate
      ? `Generation ${header.sequence} waits for a signature: ${printableText(file)}`
      : `Generation ${header.sequence} is in force: ${printableText(file)}`,
    `  by        ${printableText(who)}`,
    `  reason    ${printableText(why)}${ticket === undefined ? '' : ` (${printableText(ticket)})`}`,
    `  seal      ${seal}`,
  ];
}

export function nextSteps({ isCandidate }: WrittenGeneration): string {
  return isCandidate
    ? 'Until it is signed, the generation before it stays in force: integ baseline sign --key FILE'
    : 'Write the new seal down, off this host, and renew the copy of the baseline that is kept elsewhere.';
}

export function acceptedText(outcome: Accepted | RecordedAlready): string {
  if (!('written' in outcome)) {
    const { sequence, report } = outcome;
    return `Nothing to do: sequence ${sequence} holds all that was chosen from report ${report.id} already\n`;
  }
  const { written, report, acceptance } = outcome;
  const { applied } = acceptance;
  const accepted = applied.filter(({ isConsequence }) => !isConsequence);
  const counts = new Map<string, number>();
  for (const { kind } of accepted) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const { added, removed, changed, moved } = report.summary;
  const total = added + removed + changed + moved;
  const parts = [...counts].map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', ');
  const [title = '', ...lines] = generationLines(written);
  const text = [
    title,
    `  report    ${report.id}`,
    `  accepted  ${formatCount(accepted.length)} of ${formatCount(total)} findings: ${parts}`,
    ...lines,
    nextSteps(written),
  ];
  return `${text.join('\n')}\n`;
}
