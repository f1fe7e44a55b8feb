/** A document with something of everything, in which every text that comes from outside is the given one. */
import { COMPENSATING_CONTROL } from '../../src/report/evidence/compensating.ts';
import type { Evidence, EvidenceFinding, GenerationNote } from '../../src/report/evidence/document.ts';
import { FRAMEWORKS } from '../../src/report/evidence/frameworks.ts';

const TIME = '2026-01-02T03:04:05.000000000Z';

export function sampleEvidence(text: string): Evidence {
  const generation: GenerationNote = {
    sequence: 2,
    createdAt: TIME,
    command: text,
    who: text,
    why: text,
    ticket: text,
  };
  const occurrences = { firstReported: TIME, lastReported: TIME, firstReport: text, lastReport: 'r2', runs: '1-2' };
  const outcomes: readonly EvidenceFinding['fate'][] = [
    { is: 'open', ageDays: 3, doubt: 'restricted' },
    { is: 'accepted', generation },
    { is: 'superseded', generation, records: 'unknown' },
    { is: 'undone', run: 2, at: TIME },
    { is: 'reported otherwise', run: 2, at: TIME, as: 'removed' },
    { is: 'no longer reported', generations: [generation, { ...generation, command: '' }] },
  ];
  const findings = outcomes.map((fate): EvidenceFinding => {
    const names = { path: text, pathBase64: 'YQ==', from: text, fromBase64: 'YQ==' };
    const rest = { severity: 'high', flags: ['setuid-added'], attributes: ['mode'], sequence: 1 } as const;
    const explained = { by: text, package: text, from: text, to: text, proof: text };
    const earlier = {
      severity: 'critical',
      flags: rest.flags,
      attributes: rest.attributes,
      wasUnexplained: true,
    } as const;
    return { kind: 'moved', type: 'file', rule: text, ...names, ...rest, explained, earlier, ...occurrences, fate };
  });
  const none = { 'no longer reported': 1, open: 1, total: 6 };
  return {
    schema: 'integ-evidence/1',
    host: text,
    createdAt: TIME,
    createdBy: text,
    tool: { version: '0.1.0', sha256: 'ab'.repeat(32), node: '20.19.0' },
    framework: FRAMEWORKS['pci-dss'],
    period: { since: TIME, until: TIME, recordedSince: TIME },
    problems: [text],
    chain: { intact: false, breaks: [{ number: 1, what: text }], runs: 2, firstRun: 1, lastRun: 2, pruned: false },
    baseline: {
      file: text,
      sequence: 2,
      createdAt: TIME,
      seal: 'cd'.repeat(32),
      signature: { status: 'unverified', reason: text },
      objects: 4,
      failures: 1,
      signers: [text],
    },
    policy: {
      name: text,
      sha256: 'ef'.repeat(32),
      sources: [text],
      ignore: [text],
      digests: ['md5'],
      changes: [generation],
    },
    schedule: {
      maxGapFrom: 'option',
      maxGapSeconds: 60,
      kept: false,
      completeRuns: 1,
      gaps: [{ from: TIME, to: TIME, seconds: 90, after: 1, before: 2 }],
    },
    delivery: {
      channels: [{ channel: 'email', destination: text, when: 'changes' }],
      waiting: [{ report: text, channel: 'email', destination: text, since: TIME, attempts: 1, why: text }],
      remarks: [text],
    },
    summary: {
      runs: 1,
      findings: { ...none, accepted: 1, superseded: 1, undone: 1, 'reported otherwise': 1 },
      violations: { ...none, total: 1, 'no longer reported': 0, mended: 0 },
    },
    compensatingControl: COMPENSATING_CONTROL,
    notes: [text],
    rules: [
      {
        name: text,
        severity: 'high',
        paths: [text],
        exclude: [text],
        watches: ['mode'],
        depth: 1,
        types: ['file'],
        mounts: 'cross',
        requires: { owner: text },
        notify: [text],
        keepsText: true,
        objects: 4,
      },
    ],
    generations: [{ ...generation, seal: text, source: 'remembered' }],
    runs: [
      {
        number: 1,
        report: text,
        startedAt: TIME,
        finishedAt: TIME,
        status: text,
        exitCode: 20,
        sequence: 1,
        limits: text,
        signature: { status: 'valid', signer: text },
        examined: 4,
        findings: 1,
        violations: 1,
        errors: 2,
        unexamined: [{ path: text, code: text, message: text }],
        matchesFile: false,
      },
    ],
    violations: [
      {
        path: text,
        rule: text,
        severity: 'high',
        expected: { owner: text },
        actual: { owner: text },
        ...occurrences,
        fate: { is: 'open', ageDays: 1 },
      },
    ],
    findings,
  };
}
