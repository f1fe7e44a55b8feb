/** What each requirement came to, where a report is about requirements alone: counted, and one by one. */
import type { Report, ReportVerdict, RequirementScore } from '../model/report.ts';
import { plain } from './plain.ts';
import { grouped, plural } from './words.ts';

const RESULT_WORDS = { violated: 'violated', unjudged: 'could not be judged', kept: 'kept' } as const;
const RESULTS = ['violated', 'unjudged', 'kept'] as const;
const COLUMNS = RESULT_WORDS.unjudged.length + 2;

/** `14 requirements: 12 kept, 2 violated, 0 could not be judged`. */
export function scoreWords({ kept, violated, unjudged }: RequirementScore): string {
  const total = plural(kept + violated + unjudged, 'requirement');
  return `${total}: ${grouped(kept)} kept, ${grouped(violated)} violated, ${grouped(unjudged)} could not be judged`;
}

/** A line for each object and rule, those that are not kept first. */
export function* verdictLines({ verdicts = [] }: Report): Generator<string, void, undefined> {
  for (const result of RESULTS) {
    const together = new Map<string, ReportVerdict[]>();
    for (const verdict of verdicts) {
      if (verdict.result !== result) continue;
      const key = `${verdict.path}\n${verdict.rule}`;
      const same = together.get(key);
      if (same === undefined) together.set(key, [verdict]);
      else same.push(verdict);
    }
    for (const same of together.values()) {
      const [{ path, rule } = { path: '', rule: '' }] = same;
      const kinds = same.map(({ requirement }) => requirement).join(', ');
      yield plain(`${RESULT_WORDS[result].padEnd(COLUMNS)}${path}: ${kinds} (rule ${rule})`);
    }
  }
}
