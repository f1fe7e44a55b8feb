/** `integ report schema`: the JSON Schema of reports. */
import { reportSchema } from '../../../report/schema.ts';
import type { CommandContext } from '../../context.ts';

export async function runReportSchema(context: CommandContext): Promise<number> {
  context.terminal.print(`${JSON.stringify(reportSchema, null, 2)}\n`);
  return 0;
}
