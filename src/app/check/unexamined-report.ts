/** A report of a run that examined nothing: a test of the channels, or a check that failed at once. */
import { printableText } from '../../model/bytes.ts';
import { REPORT_SCHEMA, type Report } from '../../model/report.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import { isoTime } from '../../system/host.ts';
import type { Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { describeTool } from '../tool.ts';
import { VERSION } from '../version.ts';
import { reportId } from './report-id.ts';

export function unexaminedReport(
  { host, root }: Pick<Context, 'host' | 'root'>,
  { policy, sha256 }: LoadedPolicy,
  baseline: Report['baseline'],
): Report {
  const now = host.now();
  const time = isoTime(now);
  return {
    schema: REPORT_SCHEMA,
    id: reportId({ host }, now),
    ...examinedHost({ host, root }),
    version: VERSION,
    tool: describeTool(),
    startedAt: time,
    finishedAt: time,
    status: 'clean',
    exitCode: 0,
    baseline,
    policy: { name: printableText(policy.name), sha256, matchesFile: true },
    summary: {
      examined: 0,
      bytes: 0,
      added: 0,
      removed: 0,
      changed: 0,
      moved: 0,
      violations: 0,
      errors: 0,
      bySeverity: {},
    },
    changes: [],
    violations: [],
    errors: [],
    notes: [],
  };
}
