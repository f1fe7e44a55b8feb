/** Judges the requirements of a policy alone. */
import { buildReport } from '../../check/build.ts';
import { RecordArena } from '../../check/finding.ts';
import type { Report } from '../../model/report.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { numberFindings } from '../../report/numbers.ts';
import type { MountScout } from '../../scan/mount-scout.ts';
import { isoTime } from '../../system/host.ts';
import type { Pace } from '../../system/pace.ts';
import type { Tree } from '../../system/tree.ts';
import type { Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { describeTool, environmentNotes } from '../tool.ts';
import { VERSION } from '../version.ts';
import { judgeRequirements } from './examination.ts';
import { nothingExamined } from './nothing-examined.ts';
import { reportId } from './report-id.ts';

const NOTHING_REQUIRED = 'the policy requires nothing of what is here';

/**
 * The report of the requirements of a policy, judged now and without a baseline; `scout`: who knows which mounts
 * answer.
 */
export async function evaluateRequirements(
  context: Context,
  loaded: LoadedPolicy,
  tree: Tree,
  scout: MountScout,
  pace?: Pace,
): Promise<Report> {
  const started = context.host.now();
  const result = await scout.around(() => judgeRequirements(loaded.policy, undefined, context, tree, { pace }));
  const report = buildReport({
    run: {
      id: reportId(context, started),
      ...examinedHost(context),
      version: VERSION,
      tool: describeTool(),
      startedAt: isoTime(started),
      finishedAt: isoTime(context.host.now()),
      baseline: { file: '', sequence: 0, createdAt: '', seal: '', signature: { status: 'none' } },
      policy: { name: loaded.policy.name, sha256: loaded.sha256, matchesFile: true },
    },
    rules: loaded.policy.rules,
    comparison: { findings: [], records: new RecordArena(), failures: [], unexamined: 0, notes: [] },
    violations: result.violations,
    verdicts: result.verdicts,
    failures: [
      ...scout.failures,
      ...result.failures,
      ...nothingExamined(result.examined, result.failures, NOTHING_REQUIRED),
    ],
    examined: { examined: result.examined, bytes: 0n },
    unavailable: [],
    notes: ['only the requirements of the policy were evaluated, without a baseline', ...environmentNotes()],
  });
  return numberFindings(report);
}
