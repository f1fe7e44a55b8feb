/** Checks of a trial period in memory: what each of them found at which path. */
import type { AttributeName } from '../../src/model/attributes.ts';
import { type Path, pathFromText } from '../../src/model/bytes.ts';
import { type Learned, type LearnInput, learn } from '../../src/policy/learn/learn.ts';
import type { Observation, TrialCheck } from '../../src/policy/learn/trial.ts';
import { type Facts, record } from './compared-trees.ts';

export type Sketch = Omit<Partial<Observation>, 'path' | 'before' | 'after'> & {
  readonly path: Path | string;
  readonly before?: Facts;
  readonly after?: Facts;
};

const CONTENT: readonly AttributeName[] = ['size', 'mtime', 'ctime', 'sha256'];

function observation({ path, before, after, ...rest }: Sketch): Observation {
  return {
    type: 'file',
    rule: 'tree',
    severity: 'medium',
    differences: before !== undefined && after !== undefined ? CONTENT : [],
    flags: [],
    isConsequence: false,
    ...rest,
    path: typeof path === 'string' ? pathFromText(path) : path,
    before: before && record(before),
    after: after && record(after),
  };
}

export const SINCE = '2026-11-20T00:00:00Z';

export function checksOf(
  findings: readonly (readonly Sketch[])[],
  more: Partial<TrialCheck> = {},
): readonly TrialCheck[] {
  return findings.map((sketches, index) => ({
    id: `check-${index}`,
    finishedAt: `2026-11-2${index}T12:00:00Z`,
    baseline: { seal: 'one', createdAt: SINCE },
    observations: sketches.map(observation),
    unexamined: [],
    violations: [],
    ...more,
  }));
}

export function learnFrom(checks: readonly TrialCheck[], more: Partial<LearnInput> = {}): Learned {
  return learn({ checks, since: SINCE, digests: ['sha256'], recorded: [], keepsStart: () => undefined, ...more });
}
