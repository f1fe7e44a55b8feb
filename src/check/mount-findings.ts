/** Puts differences between mounts among the findings: into the finding of the mount point, or as one of their own. */
import { isWithin, type Path } from '../model/bytes.ts';
import type { MountPoint } from '../model/entry.ts';
import type { PathPattern, Rule } from '../model/rule.ts';
import { compareSeverity, type Severity } from '../model/severity.ts';
import type { StoredEntry } from '../model/stored-entries.ts';
import { compilePattern, literalPrefix } from '../policy/glob.ts';
import type { Finding } from './finding.ts';
import { type Judge, ruleAt } from './judge.ts';
import { compareMounts, type MountDifference } from './mounts.ts';

export interface MountContext {
  readonly rules: readonly Rule[];
  readonly recordedRules: readonly Rule[];
  readonly judge: Judge;
  readonly recordedAt: (path: Path) => StoredEntry | undefined;
  /** The recorded object at a path, or the nearest above it that was recorded. */
  readonly nearestTo: (path: Path) => StoredEntry | undefined;
}

/**
 * Rule and severity of the mount point, or of the nearest directory above it that was recorded; else the strictest of
 * the rules for what lies below it.
 */
function governing(path: Path, context: MountContext): { readonly rule: number; readonly severity: Severity } {
  const stored = context.nearestTo(path);
  if (stored !== undefined) return { rule: stored.rule, severity: ruleAt(context.recordedRules, stored.rule).severity };
  // Only objects below it are governed: nobody said how much it matters, so the strictest rule does.
  const below = context.recordedRules.filter(({ paths }) => paths.some((pattern) => startsBelow(pattern, path)));
  const rules = below.length > 0 ? below : context.recordedRules;
  const strictest = rules.toSorted((left, right) => compareSeverity(left.severity, right.severity)).at(-1);
  return { rule: strictest?.index ?? NO_RULE, severity: strictest?.severity ?? 'medium' };
}

/** Where a policy has no rule at all. */
const NO_RULE = -1;

function startsBelow(pattern: PathPattern, path: Path): boolean {
  return compilePattern(pattern).some((alternative) => isWithin(literalPrefix(alternative), path));
}

function withMount(finding: Finding, difference: MountDifference): Finding {
  return { ...finding, mount: difference.change, flags: [...finding.flags, difference.flag], isConsequence: false };
}

export function attachMounts(
  findings: readonly Finding[],
  recorded: readonly MountPoint[],
  found: readonly MountPoint[],
  context: MountContext,
): readonly Finding[] {
  const pending = new Map(compareMounts(recorded, found).map((difference) => [difference.path, difference]));
  if (pending.size === 0) return findings;
  const attached = findings.map((finding) => {
    const difference = pending.get(finding.path);
    if (difference === undefined) return finding;
    pending.delete(finding.path);
    return withMount(finding, difference);
  });
  for (const { path, change, flag } of pending.values()) {
    const { rule, severity } = governing(path, context);
    const recorded = context.recordedAt(path)?.record;
    attached.push(context.judge.mount({ path, rule, severity, change, flag, recorded }));
  }
  return attached;
}
