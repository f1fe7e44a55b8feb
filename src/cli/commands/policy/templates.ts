/** `integ policy templates`: what each predefined template watches. */
import { describeTemplates } from '../../../policy/templates.ts';
import type { CommandContext } from '../../context.ts';
import type { PolicyTemplatesOptions } from './define.ts';

export async function runPolicyTemplates(context: CommandContext, { format }: PolicyTemplatesOptions): Promise<number> {
  const templates = describeTemplates();
  if (format === 'json') {
    context.terminal.print(`${JSON.stringify(templates, null, 2)}\n`);
    return 0;
  }
  const lines = templates.flatMap(({ name, description, attributes, prefixDigests, neverShrinks }) => [
    `${name}: ${description}`,
    `  ${attributes.join(' ')}`,
    ...(neverShrinks ? ['  and: the size never shrinks'] : []),
    ...(prefixDigests.length > 0 ? [`  and: the first bytes keep their ${prefixDigests.join(', ')}`] : []),
    '',
  ]);
  context.terminal.print(`${lines.join('\n')}`);
  return 0;
}
