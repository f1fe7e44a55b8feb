/** The shape of "integ-evidence/1" as docs/compliance.md gives it, as a JSON Schema that knows no member but those. */
import type { Schema } from './json-schema.ts';

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const flag: Schema = { type: 'boolean' };
const texts: Schema = { type: 'array', items: text };
const time: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' };
const digest: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };

function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object; the names of members that may be missing end in a question mark. */
function object(members: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(members);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

const signature = object({
  status: { enum: ['none', 'valid', 'unverified', 'invalid'] },
  'signer?': text,
  'reason?': text,
});
const note = { sequence: count, createdAt: text, command: text, who: text, why: text, 'ticket?': text };
const gap = object({ from: time, to: time, seconds: count, 'after?': count, 'before?': count });
const occurrences = { firstReported: time, lastReported: time, firstReport: text, lastReport: text, runs: text };
const names = { path: text, 'pathBase64?': text };
const values: Schema = { type: 'object', additionalProperties: { type: ['string', 'boolean'] } };
const severity: Schema = { enum: ['info', 'low', 'medium', 'high', 'critical'] };
const fate = (...kinds: readonly string[]): Schema =>
  object({
    is: { enum: kinds },
    'ageDays?': count,
    'doubt?': { enum: ['restricted', 'not examined', 'consequence', 'older baseline'] },
    'generation?': object(note),
    'generations?': list(object(note)),
    'records?': { enum: [true, false, 'unknown'] },
    'run?': count,
    'at?': time,
    'as?': { enum: ['added', 'removed', 'changed', 'moved'] },
  });

export const EVIDENCE: Schema = object({
  schema: { const: 'integ-evidence/1' },
  host: text,
  createdAt: time,
  createdBy: text,
  tool: object({ version: text, sha256: digest, node: text }),
  framework: object({
    id: { enum: ['pci-dss', 'nist', 'cis', 'hipaa', 'iso'] },
    title: text,
    'maxGapSeconds?': count,
    frequency: text,
    controls: list(object({ id: text, demand: text, 'answer?': text, 'lacks?': text, sections: texts })),
    sources: texts,
  }),
  period: object({ since: time, until: time, 'recordedSince?': time }),
  problems: texts,
  chain: object({
    intact: flag,
    breaks: list(object({ number: count, what: text })),
    runs: count,
    'firstRun?': count,
    'lastRun?': count,
    pruned: flag,
    'retainDays?': count,
  }),
  baseline: object({
    file: text,
    sequence: count,
    createdAt: time,
    seal: digest,
    signature,
    objects: count,
    failures: count,
    signers: texts,
  }),
  policy: object({
    name: text,
    sha256: digest,
    sources: texts,
    ignore: texts,
    digests: texts,
    changes: list(object(note)),
  }),
  schedule: object({
    'maxGapSeconds?': count,
    maxGapFrom: { enum: ['framework', 'option', 'nobody'] },
    'kept?': flag,
    completeRuns: count,
    'longestGap?': gap,
    gaps: list(gap),
  }),
  delivery: object({
    channels: list(object({ channel: text, destination: text, when: text })),
    waiting: list(object({ report: text, channel: text, destination: text, since: time, attempts: count, why: text })),
    remarks: texts,
  }),
  summary: object({
    runs: count,
    findings: object({
      open: count,
      accepted: count,
      superseded: count,
      undone: count,
      'reported otherwise': count,
      'no longer reported': count,
      total: count,
    }),
    violations: object({ open: count, mended: count, 'no longer reported': count, total: count }),
  }),
  compensatingControl: texts,
  notes: texts,
  rules: list(
    object({
      name: text,
      severity,
      paths: texts,
      exclude: texts,
      watches: texts,
      'depth?': count,
      types: texts,
      mounts: { enum: ['stay', 'cross'] },
      requires: values,
      notify: texts,
      keepsText: flag,
      objects: count,
    }),
  ),
  generations: list(
    object({
      ...note,
      seal: digest,
      source: { enum: ['sealed', 'remembered'] },
      'signature?': signature,
      'policySha256?': digest,
    }),
  ),
  runs: list(
    object({
      number: count,
      report: text,
      startedAt: text,
      finishedAt: text,
      status: text,
      exitCode: count,
      sequence: count,
      limits: text,
      'signature?': signature,
      'examined?': count,
      'findings?': count,
      'violations?': count,
      'errors?': count,
      'unexamined?': list(object({ path: text, code: text, message: text })),
      'matchesFile?': flag,
      'unreadable?': text,
    }),
  ),
  violations: list(
    object({
      ...names,
      rule: text,
      severity,
      expected: values,
      actual: values,
      ...occurrences,
      fate: fate('open', 'mended', 'no longer reported'),
    }),
  ),
  findings: list(
    object({
      kind: { enum: ['added', 'removed', 'changed', 'moved'] },
      ...names,
      'from?': text,
      'fromBase64?': text,
      type: text,
      rule: text,
      severity,
      flags: texts,
      attributes: texts,
      'explained?': object({ by: text, package: text, from: text, to: text, proof: text }),
      sequence: count,
      'earlier?': object({
        'severity?': severity,
        flags: texts,
        attributes: texts,
        'wasUnexplained?': { const: true },
      }),
      ...occurrences,
      fate: fate('open', 'accepted', 'superseded', 'undone', 'reported otherwise', 'no longer reported'),
    }),
  ),
});
