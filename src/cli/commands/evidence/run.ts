/** `integ evidence`: what baseline and history say of a period, for auditors. */
import { gatherEvidence } from '../../../app/evidence/gather.ts';
import { SYSEXITS } from '../../../model/errors.ts';
import type { Evidence } from '../../../report/evidence/document.ts';
import type { CommandContext } from '../../context.ts';
import { deliverText } from '../../output.ts';
import type { EvidenceOptions } from './define.ts';

/**
 * Exit code 65 when the records are not to be trusted, 66 when no check was made in the period; the document says so.
 */
export async function runEvidence(context: CommandContext, options: EvidenceOptions): Promise<number> {
  const evidence = await gatherEvidence(context, options);
  await deliverText(context, await rendered(evidence, options.format), options.output);
  for (const problem of evidence.problems) context.terminal.warn(`not to be trusted: ${problem}`);
  if (evidence.problems.length > 0) return SYSEXITS.untrusted;
  if (evidence.runs.length > 0) return 0;
  context.terminal.warn(`no check was stored since ${evidence.period.since}`);
  return SYSEXITS.missing;
}

async function rendered(evidence: Evidence, format: EvidenceOptions['format']): Promise<Iterable<string>> {
  switch (format) {
    case 'text':
      return (await import('../../../report/evidence/text.ts')).evidenceText(evidence);
    case 'html':
      return (await import('../../../report/evidence/html.ts')).evidenceHtml(evidence);
    case 'json':
      return (await import('../../../report/json.ts')).jsonDocument(evidence);
    default:
      return format satisfies never;
  }
}
