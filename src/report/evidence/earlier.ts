/**
 * What the reports of one finding said in the course of time: who made a program set-user-ID and took that back before
 * the next report must not be left with what is reported last.
 */
import type { FindingFlag, ReportChange } from '../../model/report.ts';
import { compareSeverity, type Severity } from '../../model/severity.ts';
import { explanationOf } from '../explained.ts';
import type { EarlierReports } from './document.ts';

type Said = Pick<ReportChange, 'severity' | 'flags' | 'attributes' | 'explained'>;

export class EarlierLog {
  #highest: Severity = 'info';
  readonly #flags = new Set<FindingFlag>();
  readonly #attributes = new Set<string>();
  #wasUnexplained = false;
  #last: Said | undefined;

  /** Takes the next report. */
  add(change: Said): void {
    const { severity, flags, attributes } = change;
    if (compareSeverity(severity, this.#highest) > 0) this.#highest = severity;
    for (const flag of flags) this.#flags.add(flag);
    for (const name of Object.keys(attributes)) this.#attributes.add(name);
    if (explanationOf(change) === undefined) this.#wasUnexplained = true;
    this.#last = change;
  }

  /** What the last report does not say; undefined when that is nothing. */
  describe(): EarlierReports | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const flags = [...this.#flags].filter((flag) => !last.flags.includes(flag));
    const attributes = [...this.#attributes].filter((name) => !Object.hasOwn(last.attributes, name));
    const isHigher = compareSeverity(this.#highest, last.severity) > 0;
    const wasUnexplained = this.#wasUnexplained && explanationOf(last) !== undefined;
    if (!isHigher && !wasUnexplained && flags.length + attributes.length === 0) return undefined;
    return {
      ...(isHigher ? { severity: this.#highest } : {}),
      flags,
      attributes,
      ...(wasUnexplained ? { wasUnexplained: true } : {}),
    };
  }
}
