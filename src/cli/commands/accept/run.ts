/** `integ accept`: a new generation that holds exactly the reported state of chosen findings. */
import { acceptFindings } from '../../../app/generation/accept.ts';
import { originOf } from '../../../app/generation/new-generation.ts';
import { reportOperand } from '../../../app/history/stored-report.ts';
import { confirmation } from '../../confirm.ts';
import type { CommandContext } from '../../context.ts';
import { acceptedText } from '../../generation-text.ts';
import type { AcceptOptions } from './define.ts';
import { selectionFrom } from './selection.ts';

export async function runAccept(
  context: CommandContext,
  options: AcceptOptions,
  [report]: readonly [string | undefined],
): Promise<number> {
  const accepted = await acceptFindings(context, {
    id: reportOperand(report),
    selectionOf: selectionFrom(options),
    origin: originOf(context, 'accept', options),
    expectSeal: options.expectSeal,
    confirm: confirmation(),
  });
  context.terminal.print(acceptedText(accepted));
  return 0;
}
