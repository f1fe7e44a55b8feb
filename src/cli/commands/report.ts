/** `integ report …`: about reports. */
import { reportSchema } from '../../report/schema.ts';
import type { Context } from '../context.ts';

export async function runReportSchema(context: Context): Promise<number> {
  context.terminal.print(`${JSON.stringify(reportSchema, null, 2)}\n`);
  return 0;
}
