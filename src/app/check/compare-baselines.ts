/** Compares two baselines: what a check would have found, had the system been as the newer one has it. */
import type { BaselineReader } from '../../baseline/reader.ts';
import { judgeSignature } from '../../baseline/signature.ts';
import { StoredDirectories } from '../../baseline/stored-directories.ts';
import { buildReport, reportedFindings } from '../../check/build.ts';
import { Comparison } from '../../check/comparison.ts';
import { findContents } from '../../check/content/findings.ts';
import { asListed } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import { compilePolicy } from '../../policy/load.ts';
import { numberFindings } from '../../report/numbers.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { isoTime } from '../../system/host.ts';
import type { Context } from '../context.ts';
import { reportedSignature } from '../generation/signers.ts';
import { describeTool, environmentNotes } from '../tool.ts';
import { VERSION } from '../version.ts';
import { recordedText } from './examination.ts';
import { reportId } from './report-id.ts';

function policyOf(reader: BaselineReader) {
  const loaded = compilePolicy(reader.header.policy);
  return { loaded, policy: withStartLinks(loaded.policy, reader.header.startLinks) };
}

/** The report of what is other in the newer one, made in steps. */
export function* compareBaselines(
  context: Context,
  older: BaselineReader,
  newer: BaselineReader,
): Generator<void, Report, undefined> {
  const started = context.host.now();
  const [before, after] = [policyOf(older), policyOf(newer)];
  const comparison = new Comparison(older, {
    rules: after.policy.rules,
    recordedRules: before.policy.rules,
    tellsAll: true,
  });
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
  const report = buildReport({
    run: {
      id: reportId(context, started),
      host: newer.header.host,
      version: VERSION,
      tool: describeTool(),
      startedAt: isoTime(started),
      finishedAt: isoTime(context.host.now()),
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
  return numberFindings(report);
}
