/**
 * Whom a check tells of its report: those whom its baseline names, where it is known on this host, and else those whom
 * it cannot choose. Loads the channels only where somebody is to be told.
 */
import { existsSync } from 'node:fs';
import type { BaselineHeader } from '../../model/baseline.ts';
import type { Report } from '../../model/report.ts';
import type { Policy } from '../../model/rule.ts';
import type { Context } from '../context.ts';
import { HOW_TO_KNOW, NOT_KNOWN } from '../generation/known-baseline.ts';
import { outboxDirectory } from '../history/run-history.ts';

/** What a report says where its baseline chose nobody. */
export const NOT_NOTIFIED = `not notified: ${NOT_KNOWN}`;

/** A check that was made and stored. */
export interface StoredCheck {
  readonly report: Report;
  readonly policy: Policy;
  readonly header: BaselineHeader;
  /** Whether what the baseline says may have effects outside of the report. */
  readonly isKnown: boolean;
}

/** Whether a policy wants anything to happen outside of the report. */
export function wantsNotice({ notify, rules }: Policy): boolean {
  return Object.keys(notify).length > 0 || rules.some((rule) => rule.notify.length > 0);
}

/**
 * Makes the messages of a report durable; what comes back delivers them, and says whether everybody was told. Loads
 * nothing where nobody is to be told and nothing waits. A baseline that is not known here tells nobody; of an
 * unattended check those hear whom the policy file names.
 */
export async function prepareNotice(
  context: Context,
  { report, policy, header, isKnown }: StoredCheck,
  isUnattended: boolean,
): Promise<() => Promise<boolean>> {
  if (!isKnown) {
    if (wantsNotice(policy)) context.log.warn(`${NOT_NOTIFIED} (hint: ${HOW_TO_KNOW})`);
    if (!isUnattended) return async () => true;
    const { notifyElsewhere } = await import('./failure-notice.ts');
    return () => notifyElsewhere(context, report);
  }
  if (!wantsNotice(policy) && !existsSync(outboxDirectory(context))) return async () => true;
  const { Notification, writeMetrics } = await import('./notification.ts');
  const notification = await Notification.prepare(context, { report, policy, header, isRequested: false });
  return async () => {
    const hasMetrics = await writeMetrics(context, policy, report, header);
    return (await notification.send()) && hasMetrics;
  };
}
