/** The manual page integ-policy(5), made of the schema of policies, the table of attributes and the templates. */
import { VERSION } from '../../app/version.ts';
import { ATTRIBUTE_NAMES, ATTRIBUTES } from '../../model/attributes.ts';
import { policyJsonSchema } from '../../policy/schema.ts';
import { describeTemplates } from '../../policy/templates.ts';
import { bold, item, page, paragraph, roff, section, title, verbatim } from './roff.ts';

/** As far as it is needed of a JSON Schema that zod makes. */
interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
}

const EXAMPLE = [
  'version: 1',
  'name: mail-gateway',
  'include: [builtin:debian-base]',
  'templates:',
  "  config: [read-only, -ctime, '+sha512']",
  'ignore:',
  '  - /var/cache/**',
  'rules:',
  '  - name: Mail configuration',
  '    severity: high',
  '    paths: [/etc/mail]',
  '    watch: config',
  '    diff: true',
  '  - name: Mail queue',
  '    paths: [/var/spool/clientmqueue]',
  '    watch: dynamic',
  "    require: { type: directory, owner: smmsp, group: smmsp, mode: '0770' }",
  'notify:',
  '  email: { to: [root] }',
];

const SENTENCES = [
  'A policy is one YAML file. Keys that are not listed here are errors, told with file, line and column.',
  'A path without glob characters selects that object and everything below it. In patterns * and ? stay within one ' +
    'component, ** crosses components, [...] is a set of characters, {a,b} are alternatives, a backslash escapes.',
  'The last rule that selects a path governs it; each object is governed by at most one rule. Included policies count as ' +
    'written at the place of include. What ignore covers is never entered and never reported.',
  'Numbers that are octal, such as modes, stand in quotes.',
];

/** The keys below a node, each with its dotted name; `[]` stands for each element of a list. */
function* keysOf(node: SchemaNode, prefix: string): Generator<readonly [string, SchemaNode], void, undefined> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    yield [`${prefix}${name}`, child];
    yield* keysOf(child, `${prefix}${name}.`);
  }
  if (node.items !== undefined) yield* keysOf(node.items, prefix.replace(/\.$/, '[].'));
  for (const choice of node.anyOf ?? []) yield* keysOf(choice, prefix);
}

function keyText({ description = '', enum: names }: SchemaNode): string {
  return names === undefined ? description : `${description}; one of ${names.join(', ')}`;
}

/** The page as roff source. */
export function policyPage(): string {
  // The schema is our own, made by zod: objects all the way down.
  const schema = policyJsonSchema() as SchemaNode;
  const lines = [
    ...title({
      name: 'integ-policy',
      section: 5,
      about: 'policy of the file integrity monitor integ',
      version: VERSION,
    }),
    section('DESCRIPTION'),
    ...SENTENCES.flatMap(paragraph),
    section('KEYS'),
    ...paragraph('A dot leads to a key of a mapping, [] to each element of a list.'),
    ...[...keysOf(schema, '')].flatMap(([name, node]) => item(bold(name), keyText(node))),
    section('TEMPLATES'),
    ...paragraph('The key watch adds these up, and attributes, from left to right; - takes away.'),
    ...describeTemplates().flatMap(({ name, description }) => item(bold(name), description)),
    section('ATTRIBUTES'),
    ...ATTRIBUTE_NAMES.flatMap((name) => item(bold(name), ATTRIBUTES[name].description)),
    section('EXAMPLE'),
    ...verbatim(EXAMPLE),
    section('SEE ALSO'),
    `${bold('integ')}(1). ${roff('integ policy schema prints the same keys as JSON Schema, for editors.')}`,
  ];
  return page(lines);
}
