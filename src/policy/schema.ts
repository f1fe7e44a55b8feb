/**
 * The shape of a policy file, for checking and, as JSON Schema, for editors. What depends on more than the shape (names
 * of templates, patterns, includes) is decided in compile.ts. Only the reading of policies may import this: zod is slow
 * to load.
 */
import * as z from 'zod/mini';
import { DIGEST_NAMES, OBJECT_TYPES } from '../model/attributes.ts';
import type { RequirementKey } from '../model/requirement.ts';
import { SEVERITIES } from '../model/severity.ts';
import { FLAG_NAMES } from '../model/values/flags.ts';
import { notifySchema } from './notify-schema.ts';
import { about, address, listOf, oneOf, remark, size, text } from './schema-parts.ts';

const PATTERN = "a path in quotes such as '/etc'";
const EXPRESSION = "a regular expression in quotes such as '/etc/.*\\.conf$'";
const OCTAL = "a quoted octal number such as '0644'";

const SPAN = "a time such as '90s', '45m', '26h', '7d' or '2w'";

const octalMode = z
  .string(`must be ${OCTAL}`)
  .check(z.regex(/^[0-7]{3,4}$/, `must be ${OCTAL}: three or four digits from 0 to 7`));

const name = (what: string) =>
  z.union([text(what), z.int(`must be ${what}`).check(z.minimum(0), z.maximum(4294967295))], `must be ${what}`);

const names = (what: string) =>
  z.union([name(what), listOf(name(what), 'names or numbers')], `must be ${what}, or a list of them`);

const watchSchema = z.union(
  [text('a name'), listOf(text('a name'), 'names')],
  "must be a template or attribute, or a list of them such as [read-only, -ctime, '+sha512']",
);

const LINE_REGEX = "a regular expression such as '^PermitRootLogin no$'";

export const contentSchema = z.strictObject(
  {
    matches: z.optional(text(LINE_REGEX)).check(about('Regular expression that at least one line must match')),
    not_matches: z.optional(text(LINE_REGEX)).check(about('Regular expression that no line may match')),
  },
  "must be a mapping such as { not_matches: '^root:' }",
);

const requireShape = {
  exists: z.optional(z.boolean('must be true or false')).check(about('Whether the object must exist')),
  type: z.optional(oneOf(OBJECT_TYPES)).check(about('Type that the object must have')),
  owner: z.optional(names('a user name or number')).check(about('Owner, by name or number; of a list, any')),
  group: z.optional(names('a group name or number')).check(about('Group, by name or number; of a list, any')),
  mode: z
    .optional(
      z.union(
        [
          octalMode,
          z.strictObject({ max: octalMode.check(about('Permission bits of which none but these may be set')) }),
        ],
        `must be ${OCTAL}, or { max: '0755' }`,
      ),
    )
    .check(about('Permission bits in octal, in quotes: exactly these, or with max none but these')),
  flags: z.optional(listOf(oneOf(FLAG_NAMES), 'file flags')).check(about('File flags that must be set')),
  sha256: z
    .optional(z.string('must be 64 hex digits in quotes').check(z.regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits')))
    .check(about('SHA-256 that the content must have')),
  no_setuid: z
    .optional(z.literal(true, 'must be true'))
    .check(about('It must give nobody more rights: no set-user-ID, no set-group-ID, no file capabilities')),
  parents_not_writable: z
    .optional(z.literal(true, 'must be true'))
    .check(about('Every directory above must be writable by root only')),
  max_age: z
    .optional(z.string(`must be ${SPAN}`).check(z.regex(/^[1-9][0-9]{0,5}[smhdw]$/, `must be ${SPAN}`)))
    .check(about('The content must have been changed within this time')),
  content: z.optional(contentSchema).check(about('What lines the content must have, or must not have')),
} satisfies Record<RequirementKey, z.ZodMiniType>;

export const requireSchema = z.strictObject(
  {
    ...requireShape,
    follow: z
      .optional(z.boolean('must be true or false'))
      .check(about('Whether what a symbolic link leads to is judged, and not the link')),
  },
  'must be a mapping such as { owner: root }',
);

export const ruleSchema = z.strictObject(
  {
    name: z.optional(text('text')).check(about('Name in reports; default: the first path')),
    severity: z.optional(oneOf(SEVERITIES)).check(about('Severity of its findings; default: medium')),
    why: z.optional(remark).check(about('Why the rule is there; shown with each of its findings')),
    fix: z.optional(remark).check(about('What to do about a finding of it; shown with each of its findings')),
    paths: z
      .optional(listOf(text(PATTERN), 'paths'))
      .check(about('Absolute paths or patterns; each stands for the object and everything below it')),
    match: z
      .optional(listOf(text(EXPRESSION), 'regular expressions'))
      .check(about('Regular expressions for whole paths; each stands for the objects that match, beside paths')),
    exclude: z
      .optional(listOf(text(PATTERN), 'patterns'))
      .check(about('Patterns of what this rule does not select; an earlier rule may')),
    watch: z.optional(watchSchema).check(about('What is watched; default: read-only')),
    depth: z
      .optional(z.int('must be a whole number').check(z.minimum(0, 'must not be negative')))
      .check(about('How far below each path; 0 is the object itself; default: without limit')),
    types: z.optional(listOf(oneOf(OBJECT_TYPES), 'types')).check(about('Types of object selected; default: all')),
    mounts: z
      .optional(oneOf(['cross', 'stay']))
      .check(about('Whether to go into other file systems mounted below a path; default: stay')),
    new: z
      .optional(z.boolean('must be true or false'))
      .check(about('Whether objects that came below the paths are findings; default: true')),
    gone: z
      .optional(z.boolean('must be true or false'))
      .check(about('Whether objects that went from below the paths are findings; default: true')),
    require: z.optional(requireSchema).check(about('What must hold whatever the baseline says')),
    diff: z
      .optional(
        z.union(
          [
            z.boolean(),
            z.strictObject({
              private: z
                .optional(z.boolean('must be true or false'))
                .check(about('Whether the text of files that not everybody may read is kept too; default: false')),
              max: z.optional(size).check(about('Largest file whose text is kept; default: 64K')),
            }),
          ],
          'must be true, false, or a mapping such as { private: true, max: 64K }',
        ),
      )
      .check(about('Whether the text of small files is kept, so that reports show what changed inside')),
    notify: z
      .optional(listOf(address, 'mail addresses'))
      .check(about('Who gets a mail of the findings of this rule, beside notify.email.to')),
  },
  'must be a mapping with the key paths or match',
);

export const baselineSchema = z.strictObject(
  {
    keep: z
      .optional(z.int('must be a whole number').check(z.minimum(0, 'must not be negative')))
      .check(about('How many older generations stay beside the baseline; default: 30')),
    signers: z
      .optional(listOf(text('a name and a public key'), 'signers'))
      .check(about('Who may sign the baseline, each a line of an allowed_signers file; it must be signed then')),
  },
  'must be a mapping such as { keep: 30 }',
);

const AGE = "a number of days, weeks or years such as '90d', '12w', '2y', or 'forever'";

export const historySchema = z.strictObject(
  {
    retain: z
      .optional(z.string(`must be ${AGE}`).check(z.regex(/^(?:[1-9][0-9]{0,4}[dwy]|forever)$/, `must be ${AGE}`)))
      .check(about('How long reports are kept; default: 2y')),
  },
  'must be a mapping such as { retain: 90d }',
);

export const policySchema = z.strictObject(
  {
    version: z
      .literal(1, 'must be 1, the version of the policy language')
      .check(about('Version of the policy language')),
    name: z.optional(text('text')).check(about('Name in reports; default: the name of the file')),
    include: z
      .optional(listOf(text("a file name or 'builtin:NAME'"), 'policies'))
      .check(about('Policies that count as written here: paths relative to this file, or builtin:NAME')),
    digests: z
      .optional(listOf(oneOf(DIGEST_NAMES), 'digests'))
      .check(about('What digests stands for in templates; default: crc32, md5, sha256')),
    templates: z
      .optional(z.record(z.string(), watchSchema, 'must be a mapping of names to lists'))
      .check(about('Templates of this policy: arithmetic on earlier ones, left to right')),
    ignore: z
      .optional(listOf(text(PATTERN), 'patterns'))
      .check(about('Patterns of what is never entered and never reported, whatever a rule says')),
    baseline: z.optional(baselineSchema).check(about('Settings of the baseline that is made by this policy')),
    history: z.optional(historySchema).check(about('Settings of the history of reports')),
    notify: z.optional(notifySchema).check(about('Who is told of reports, and how')),
    rules: z.optional(listOf(ruleSchema, 'rules')).check(about('The last rule that selects an object governs it')),
  },
  "must be a mapping that begins with 'version: 1'",
);

export type PolicyFile = z.infer<typeof policySchema>;
export type RuleFile = z.infer<typeof ruleSchema>;
export type RequireFile = z.infer<typeof requireSchema>;

/** JSON Schema (draft 2020-12) of policy files, for editors. */
export function policyJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(policySchema, { io: 'input' });
  return { ...schema, title: 'integ policy', description: 'Policy of the file integrity monitor integ, version 1' };
}
