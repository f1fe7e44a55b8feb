/** Mails composed for tests, as a check with that policy would compose them. */
import { printableText } from '../../src/model/bytes.ts';
import type { Report, ReportChange, ReportError } from '../../src/model/report.ts';
import type { Policy } from '../../src/model/rule.ts';
import { exitCodeOf, statusOf, summarize } from '../../src/model/summary.ts';
import type { Message, MessageSource } from '../../src/notify/channel.ts';
import { emailChannel } from '../../src/notify/email.ts';
import { governingRule } from '../../src/policy/explain.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { readerOf } from './compiled-policies.ts';
import { sampleReport } from './sample-reports.ts';

export function policyFrom(yaml: string): Policy {
  return loadPolicy('policy.yaml', readerOf({ 'policy.yaml': yaml })).policy;
}

/** Two rules, one of which names people of its own. */
export function officePolicy(email = '{ to: [root] }'): Policy {
  return policyFrom(`version: 1
rules:
  - { name: System, severity: critical, paths: [/etc], watch: read-only }
  - { name: Mail, severity: high, paths: [/etc/mail], watch: read-only, notify: [postmaster@example.org] }
notify: { email: ${email} }
`);
}

export type ChangeSketch = Pick<ReportChange, 'path' | 'rule' | 'severity'> & Partial<ReportChange>;

export function change(sketch: ChangeSketch): ReportChange {
  return { kind: 'changed', type: 'file', attributes: {}, flags: [], ...sketch };
}

export function error(path: string): ReportError {
  return { path, operation: 'open', code: 'EACCES', message: 'permission denied' };
}

/** A report of these findings, counted. */
export function reportOf(
  findings: { readonly changes?: readonly ReportChange[]; readonly errors?: readonly ReportError[] },
  others: Partial<Report> = {},
): Report {
  const base = sampleReport({ before: {}, now: {} });
  const { changes = [], errors = [] } = findings;
  const { violations = [] } = others;
  const summary = summarize({ changes, violations, errors: errors.length }, { examined: 4, bytes: 5_000_000n });
  const exitCode = exitCodeOf(summary);
  return { ...base, status: statusOf(exitCode), exitCode, summary, changes, errors, ...others };
}

export async function compose(
  report: Report,
  policy: Policy,
  others: Partial<Omit<MessageSource, 'report' | 'policy'>> = {},
): Promise<readonly Message[]> {
  return emailChannel.compose({
    report,
    policy,
    ruleAt: (path) => {
      const rule = governingRule(policy, path);
      return rule === undefined ? undefined : printableText(rule.name);
    },
    hostName: 'mail1',
    qualifiedName: async () => 'mail1.example.org',
    now: Date.UTC(2026, 0, 2, 3, 5, 18),
    isTest: false,
    ...others,
  });
}
