/** `integ baseline diff`: compares two baselines, the older one first. */
import { reportId } from '../../app/check/report-id.ts';
import { describeTool, environmentNotes } from '../../app/tool.ts';
import { VERSION } from '../../app/version.ts';
import type { BaselineReader } from '../../baseline/reader.ts';
import { judgeSignature } from '../../baseline/signature.ts';
import { StoredDirectories } from '../../baseline/stored-directories.ts';
import { buildReport, reportedFindings } from '../../check/build.ts';
import { Comparison } from '../../check/comparison.ts';
import { findContents } from '../../check/content/findings.ts';
import { asListed } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import { compilePolicy } from '../../policy/load.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime, liveHost } from '../../system/host.ts';
import { takeTurns } from '../../system/turns.ts';
import { openBaselineSource } from '../baseline-source.ts';
import type { Context } from '../context.ts';
import { recordedText } from '../examination.ts';
import { openGeneration } from '../generations.ts';
import { deliver, type OutputOptions } from '../output.ts';
import { reportedSignature } from '../signers.ts';

export async function runBaselineDiff(
  context: Context,
  operands: readonly string[],
  options: OutputOptions,
): Promise<number> {
  const [olderName = '', newerName = ''] = operands;
  const older = await openOperand(context, olderName);
  try {
    const newer = await openOperand(context, newerName);
    try {
      const report = await takeTurns(diff(older, newer));
      await deliver(context, report, { ...options, isStored: false });
      return report.exitCode;
    } finally {
      newer.close();
    }
  } finally {
    older.close();
  }
}

/** A number is always a generation: which baseline it means must not hang on the directory that the command runs in. */
function openOperand(context: Context, operand: string): Promise<BaselineReader> {
  if (/^[0-9]+$/.test(operand)) return openGeneration(context, operand);
  return openBaselineSource(context, { file: operand, expectSeal: undefined });
}

function policyOf(reader: BaselineReader) {
  const loaded = compilePolicy(reader.header.policy);
  return { loaded, policy: withStartLinks(loaded.policy, reader.header.startLinks) };
}

function* diff(older: BaselineReader, newer: BaselineReader): Generator<void, Report, undefined> {
  const started = liveHost.now();
  const [before, after] = [policyOf(older), policyOf(newer)];
  const comparison = new Comparison(older, { rules: after.policy.rules, recordedRules: before.policy.rules });
  const nodes = new StoredDirectories(newer);
  for (const { directory, name, rule, record } of newer.entries()) {
    comparison.entry({ directory: nodes.node(directory), name, rule, record });
    yield;
  }
  for (const failure of newer.header.failures) comparison.failure(asListed(failure), true);
  const result = yield* comparison.finish(older.header.mounts, newer.header.mounts);
  const contents = findContents(reportedFindings({ comparison: result }), {
    rules: after.policy.rules,
    recordedRules: before.policy.rules,
    records: result.records,
    recorded: (path) => recordedText(older, path),
    found: (path) => {
      const text = recordedText(newer, path);
      return text === undefined ? { none: 'unrecorded' } : { text };
    },
  });
  return buildReport({
    run: {
      id: reportId(started),
      host: newer.header.host,
      version: VERSION,
      tool: describeTool(),
      startedAt: isoTime(started),
      finishedAt: isoTime(liveHost.now()),
      baseline: {
        file: older.file,
        sequence: older.header.sequence,
        createdAt: older.header.createdAt,
        seal: older.seal,
        signature: reportedSignature(judgeSignature(older, before.loaded.policy.signers)),
      },
      policy: {
        name: before.loaded.policy.name,
        sha256: before.loaded.sha256,
        matchesFile: before.loaded.sha256 === after.loaded.sha256,
      },
    },
    rules: after.policy.rules,
    recordedRules: before.policy.rules,
    comparison: result,
    contents: contents.changes,
    violations: [],
    failures: [],
    examined: { examined: newer.entryCount, bytes: 0n },
    unavailable: [],
    notes: [
      `compared with the baseline ${newer.file}, sequence ${newer.header.sequence}, seal ${newer.seal}`,
      ...environmentNotes(),
    ],
  });
}
