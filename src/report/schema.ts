/**
 * JSON Schema (draft 2020-12) of integ-report/1, written by hand beside the types of model/report.ts; a test compares.
 */
import { ATTRIBUTE_NAMES, OBJECT_TYPES } from '../model/attributes.ts';
import { FAILURE_CODES } from '../model/failure-codes.ts';
import { FINDING_FLAGS, REPORT_SCHEMA } from '../model/report.ts';
import { SEVERITIES } from '../model/severity.ts';

const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const SEVERITY = { enum: SEVERITIES } as const;
const TIME = { type: 'string', description: 'ISO 8601, UTC' } as const;
const PATH = { type: 'string', description: 'absolute path, with invisible characters escaped' } as const;
const EXACT = {
  type: 'string',
  contentEncoding: 'base64',
  description: 'exact bytes, when the name is not UTF-8 or holds control characters',
} as const;
const SHA256 = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const VALUES = { type: 'object', additionalProperties: { type: ['string', 'boolean'] } } as const;

/** What the policy says of the findings of a rule. */
const REMARKS = {
  why: { type: 'string', description: 'why the rule is there, as its policy says' },
  fix: { type: 'string', description: 'what to do about a finding of the rule, as its policy says' },
} as const;

/** An object with exactly these members, of which those in `optional` may be missing. */
function closed<Members extends Readonly<Record<string, object>>>(
  properties: Members,
  optional: readonly (keyof Members & string)[] = [],
) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

const NUMBER = {
  type: 'integer',
  minimum: 1,
  description: 'by which the finding is chosen, its own in the report; missing in reports of older versions',
} as const;

const attributeChange = closed({ before: TEXT, after: TEXT }, ['before', 'after']);

const change = closed(
  {
    number: NUMBER,
    kind: { enum: ['added', 'removed', 'changed', 'moved'] },
    path: PATH,
    pathBase64: EXACT,
    type: { enum: OBJECT_TYPES },
    rule: {
      type: 'string',
      description: 'name of the rule that governs the object; empty for an ungoverned mount point',
    },
    severity: SEVERITY,
    from: { ...PATH, description: 'where a moved object was' },
    fromBase64: EXACT,
    attributes: {
      type: 'object',
      description: 'before is missing for what is new, after for what is gone',
      propertyNames: { enum: [...ATTRIBUTE_NAMES, 'mount'] },
      additionalProperties: attributeChange,
    },
    flags: { type: 'array', items: { enum: FINDING_FLAGS } },
    consequence: { const: true, description: 'only follows from another finding; counts nowhere' },
    links: { type: 'array', items: PATH, description: 'other reported names of the same inode, 100 at most' },
    content: closed(
      {
        facts: { type: 'array', items: TEXT, description: 'what changed inside, in the words of the format' },
        diff: { type: 'array', items: TEXT, description: 'lines of a unified diff' },
        omitted: { type: 'string', description: 'why there is no diff, or what was left out of it' },
      },
      ['diff', 'omitted'],
    ),
    explained: closed({ by: TEXT, package: TEXT, from: TEXT, to: TEXT, proof: TEXT }),
    shippedBy: {
      ...closed({ by: TEXT, package: TEXT, version: TEXT, restore: TEXT }, ['restore']),
      description: 'the package that ships other content, and the command that puts the file back',
    },
    ...REMARKS,
  },
  [
    'number',
    'pathBase64',
    'from',
    'fromBase64',
    'consequence',
    'links',
    'content',
    'explained',
    'shippedBy',
    'why',
    'fix',
  ],
);

const violation = closed(
  {
    number: NUMBER,
    path: PATH,
    pathBase64: EXACT,
    rule: TEXT,
    severity: SEVERITY,
    expected: VALUES,
    actual: VALUES,
    ...REMARKS,
  },
  ['number', 'pathBase64', 'why', 'fix'],
);

const score = closed({ kept: COUNT, violated: COUNT, unjudged: COUNT });

const verdict = closed(
  { path: PATH, pathBase64: EXACT, rule: TEXT, requirement: TEXT, result: { enum: ['kept', 'violated', 'unjudged'] } },
  ['pathBase64'],
);

/** Not an enumeration: a stored report of another version may have a code that is not known here. */
const CODE = {
  type: 'string',
  description: `one of ${Object.keys(FAILURE_CODES).join(', ')}; reports of other versions may have others`,
} as const;

const error = closed({ path: PATH, pathBase64: EXACT, operation: TEXT, code: CODE, message: TEXT }, ['pathBase64']);

const summary = closed({
  examined: COUNT,
  bytes: {
    type: ['integer', 'string'],
    minimum: 0,
    pattern: '^[0-9]{1,32}$',
    description: 'bytes read for digests; a string above 2^53 - 1',
  },
  added: COUNT,
  removed: COUNT,
  changed: COUNT,
  moved: COUNT,
  violations: COUNT,
  errors: COUNT,
  bySeverity: { type: 'object', propertyNames: SEVERITY, additionalProperties: COUNT },
});

const baseline = closed({
  file: TEXT,
  sequence: COUNT,
  createdAt: TIME,
  seal: { type: 'string', pattern: '^([0-9a-f]{64})?$', description: 'empty when there was no baseline' },
  signature: closed({ status: TEXT, signer: TEXT }, ['signer']),
});

export const reportSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: REPORT_SCHEMA,
  ...closed(
    {
      schema: { const: REPORT_SCHEMA },
      id: TEXT,
      host: TEXT,
      by: { ...TEXT, description: 'the host that looked, when it examined another system below --root' },
      version: TEXT,
      tool: closed({ version: TEXT, sha256: SHA256, node: TEXT }),
      startedAt: TIME,
      finishedAt: TIME,
      limits: { type: 'array', items: TEXT, description: 'options that restricted the run' },
      test: { const: true, description: 'a test of the channels: nothing was examined' },
      failed: { const: true, description: 'the check failed before it examined anything; errors say why' },
      unstored: { ...TEXT, description: 'why the report could not be stored' },
      status: { enum: ['clean', 'changed', 'incomplete'] },
      exitCode: { type: 'integer', minimum: 0, maximum: 31 },
      baseline,
      policy: closed({ name: TEXT, sha256: TEXT, matchesFile: { type: 'boolean' } }),
      summary,
      requirements: { ...score, description: 'how many hold, where only requirements were evaluated' },
      changes: { type: 'array', items: change },
      violations: { type: 'array', items: violation },
      verdicts: { type: 'array', items: verdict, description: 'what each requirement came to for each object' },
      errors: { type: 'array', items: error },
      notes: { type: 'array', items: TEXT },
    },
    ['by', 'limits', 'test', 'failed', 'unstored', 'requirements', 'verdicts'],
  ),
} as const;
