/**
 * Proposes rules for what kept changing in a trial period, from the narrowest evidence that explains it, and lists all
 * else as not proposed. It applies nothing, and knows of files only what its input says.
 */
import { type DigestName, OBJECT_TYPES } from '../../model/attributes.ts';
import { comparePaths, type Path, parentPath } from '../../model/bytes.ts';
import type { RecordBytes } from '../../model/record.ts';
import { compareSeverity, type Severity } from '../../model/severity.ts';
import { Coverage } from './coverage.ts';
import { type Behaviour, checksOf, gather, HABIT, type HistoryGroup, isHabit, topmostOf } from './groups.ts';
import { generalName } from './names.ts';
import { byPlace, type Proposal } from './proposal.ts';
import { reasonsAgainst } from './refusals.ts';
import { followTrial, type ObjectHistory, type TrialCheck } from './trial.ts';
import { fittingWatch } from './watch.ts';

export interface LearnInput {
  /** Oldest first. */
  readonly checks: readonly TrialCheck[];
  /** When the period began, ISO 8601. */
  readonly since: string;
  /** Digests of the policy. */
  readonly digests: readonly DigestName[];
  /** Paths of the baseline in force, in any order. */
  readonly recorded: Iterable<Path>;
  /** Whether a file still begins with the bytes of a record; undefined when that cannot be said. */
  readonly keepsStart: (path: Path, recorded: RecordBytes) => boolean | undefined;
}

export interface NotProposed {
  readonly path: Path;
  readonly rule: string;
  readonly severity: Severity;
  /** In bytes. */
  readonly reasons: readonly string[];
}

export interface Learned {
  readonly comparisons: number;
  readonly proposals: readonly Proposal[];
  readonly notProposed: readonly NotProposed[];
}

/** So many names without a pattern, of which none stays, are what a directory is for. */
const CROWD = 5;

class Learning {
  readonly #input: LearnInput;
  readonly #trial;
  readonly #refused: NotProposed[] = [];
  readonly #accepted: { readonly group: HistoryGroup; readonly watch: readonly string[] }[] = [];
  readonly #violated: ReadonlySet<Path>;

  constructor(input: LearnInput) {
    this.#input = input;
    this.#trial = followTrial(input.checks, input.since);
    this.#violated = new Set(input.checks.flatMap(({ violations }) => violations.map(({ path }) => path)));
  }

  run(): Learned {
    const open: ObjectHistory[] = [];
    for (const history of this.#trial.objects) {
      const reasons = reasonsAgainst(history, this.#violated);
      if (reasons.length > 0) this.#refuse([history], reasons);
      else open.push(history);
    }
    const rewritten = open.filter(({ cameOrWentIn }) => cameOrWentIn.size === 0);
    const transient = open.filter(({ cameOrWentIn }) => cameOrWentIn.size > 0);
    for (const group of gather('rewritten', rewritten, (path) => path, generalName)) this.#judgeRewritten(group);
    this.#judgeTransient(transient);
    this.#refuseViolations();
    const proposals = this.#proposals();
    return {
      comparisons: this.#trial.comparisons,
      proposals: [...proposals, ...this.#directories(proposals)].sort(byPlace),
      notProposed: this.#refused.sort(
        (left, right) => compareSeverity(right.severity, left.severity) || comparePaths(left.path, right.path),
      ),
    };
  }

  #refuse(histories: readonly ObjectHistory[], reasons: readonly string[]): void {
    for (const { path, rule, severity } of histories) this.#refused.push({ path, rule, severity, reasons });
  }

  /** Violations of objects that no finding is about. */
  #refuseViolations(): void {
    const told = new Set(this.#refused.map(({ path }) => path));
    for (const { violations } of this.#input.checks) {
      for (const { path, rule, severity } of violations) {
        if (told.has(path)) continue;
        told.add(path);
        this.#refused.push({ path, rule, severity, reasons: ['it violates a requirement'] });
      }
    }
  }

  #judgeRewritten(group: HistoryGroup): void {
    if (checksOf(group.members).size < HABIT) {
      for (const member of group.members) this.#refuse([member], [this.#onceReason(member)]);
      return;
    }
    const watch = fittingWatch(group.members, this.#input.digests, this.#input.keepsStart);
    if (watch === undefined) this.#refuse(group.members, ['no template leaves out what changed and keeps the rights']);
    else this.#accepted.push({ group, watch });
  }

  #onceReason({ changedIn, cameOrWentIn, last }: ObjectHistory): string {
    const [check] = [...changedIn, ...cameOrWentIn];
    const at = check === undefined ? undefined : this.#input.checks[check]?.finishedAt;
    if (at === undefined) return 'it differed from the baseline before the period began, and did not change again';
    const what = cameOrWentIn.size === 0 ? 'changed' : last === undefined ? 'vanished' : 'appeared';
    return `it ${what} once, found at ${at}, and that is no habit`;
  }

  #judgeTransient(transient: readonly ObjectHistory[]): void {
    const topmost = topmostOf(transient);
    const unformed: ObjectHistory[] = [];
    for (const group of gather('come-and-go', transient, topmost, generalName)) {
      if (group.glob === undefined || !isHabit(group)) unformed.push(...group.members);
      else this.#accepted.push({ group, watch: ['nothing'] });
    }
    for (const all of gather('come-and-go', unformed, topmost, () => '*')) {
      const isCrowd = all.starts.size >= CROWD && isHabit(all);
      const groups = isCrowd ? [all] : gather('come-and-go', all.members, topmost, () => undefined);
      for (const group of groups) {
        if (isHabit(group)) this.#accepted.push({ group, watch: ['nothing'] });
        else for (const member of group.members) this.#refuse([member], [this.#onceReason(member)]);
      }
    }
  }

  /** Drops what would hide something that is to be looked at, or that stays. */
  #proposals(): readonly Proposal[] {
    const pathsOf = (behaviours: readonly Behaviour[]): readonly Path[] =>
      this.#accepted
        .filter(({ group }) => behaviours.includes(group.behaviour))
        .flatMap(({ group }) => group.members.map(({ path }) => path));
    const members = new Set(pathsOf(['rewritten', 'come-and-go']));
    const refused = this.#refused.map(({ path }) => path);
    const coverage = new Coverage(this.#accepted.map(({ group }) => group));
    const hidden = coverage.count(refused);
    const rewritten = coverage.count(pathsOf(['rewritten']));
    const unchanged = coverage.count(this.#input.recorded, members);
    return this.#accepted.flatMap(({ group, watch }) => {
      const name = group.glob ?? 'it';
      const others = unchanged.get(group) ?? 0;
      if ((hidden.get(group) ?? 0) > 0) {
        this.#refuse(group.members, [`a rule for ${name} would cover what is to be looked at`]);
        return [];
      }
      if (group.behaviour === 'come-and-go' && others + (rewritten.get(group) ?? 0) > 0) {
        this.#refuse(group.members, [`it comes and goes, but a rule for ${name} would hide what stays`]);
        return [];
      }
      return [this.#proposal(group, watch, others)];
    });
  }

  #proposal(
    { behaviour, directory, glob, starts, members }: HistoryGroup,
    watch: readonly string[],
    unchanged: number,
  ): Proposal {
    const checks = checksOf(members);
    const types = new Set(members.map(({ type }) => type));
    const attributes = new Set(members.flatMap(({ differences }) => [...differences]));
    return {
      behaviour,
      directory,
      glob,
      path: glob === undefined ? [...starts][0] : undefined,
      types: OBJECT_TYPES.filter((type) => types.has(type)),
      watch,
      severity: highest(members.map(({ severity }) => severity)),
      rules: [...new Set(members.map(({ rule }) => rule))].sort(),
      evidence: {
        checks: checks.size,
        attributes: [...attributes].sort(),
        last: this.#input.checks[Math.max(...checks)]?.finishedAt ?? '',
        members: members.map(({ path }) => path).sort(comparePaths),
        unchanged,
      },
    };
  }

  /** When what is in a directory is no finding any more, its times become one. */
  #directories(proposals: readonly Proposal[]): readonly Proposal[] {
    const refused = new Set(this.#refused.map(({ path }) => path));
    const directories = new Map<Path, Proposal>();
    for (const { directory, evidence } of proposals) {
      const observation = this.#trial.followingDirectories.get(directory);
      const isKnown = proposals.some(({ path, behaviour }) => path === directory && behaviour === 'rewritten');
      if (observation === undefined || isKnown || refused.has(directory)) continue;
      directories.set(directory, {
        behaviour: 'directory',
        directory: parentPath(directory),
        glob: undefined,
        path: directory,
        types: ['directory'],
        watch: ['dynamic'],
        severity: observation.severity,
        rules: [observation.rule],
        evidence: {
          ...evidence,
          attributes: [
            ...new Set([...(directories.get(directory)?.evidence.attributes ?? []), ...observation.differences]),
          ],
          members: [directory],
          unchanged: 0,
        },
      });
    }
    return [...directories.values()];
  }
}

function highest(severities: readonly Severity[]): Severity {
  return severities.reduce((most, severity) => (compareSeverity(severity, most) > 0 ? severity : most), 'info');
}

export function learn(input: LearnInput): Learned {
  return new Learning(input).run();
}
