/** `integ policy schema`: the JSON Schema of the policy language. */
import { policyJsonSchema } from '../../../policy/schema.ts';
import type { CommandContext } from '../../context.ts';

export async function runPolicySchema(context: CommandContext): Promise<number> {
  context.terminal.print(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  return 0;
}
