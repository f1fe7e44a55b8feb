/**
 * What the checks of a trial period found, followed object by object from check to check. Every check compares with the
 * baseline, so an object that changed once differs in every check from then on: only what differs from the check before
 * has changed again. Judges nothing.
 */
import { ATTRIBUTE_NAMES, type AttributeName, DIGEST_NAMES, type ObjectType } from '../../model/attributes.ts';
import { type Path, parentPath, ROOT } from '../../model/bytes.ts';
import { permissions, type RecordBytes, recordType, sameAttribute, sizeOf } from '../../model/record.ts';
import type { FindingFlag } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';

/** One object in one check, as it differs from the baseline. */
export interface Observation {
  readonly path: Path;
  readonly type: ObjectType;
  /** Name of the rule that governs it. */
  readonly rule: string;
  readonly severity: Severity;
  /** As the baseline has it; undefined when it does not. */
  readonly before: RecordBytes | undefined;
  /** As found; undefined when it was gone. */
  readonly after: RecordBytes | undefined;
  /** Watched attributes in which the two differ. */
  readonly differences: readonly AttributeName[];
  readonly flags: readonly FindingFlag[];
  /** A directory that only follows from what was found in it. */
  readonly isConsequence: boolean;
}

/** A check that examined everything its policy selects, as far as it could. */
export interface TrialCheck {
  readonly id: string;
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly baseline: { readonly seal: string; readonly createdAt: string };
  readonly observations: readonly Observation[];
  /** What could not be examined, with everything below it. */
  readonly unexamined: readonly Path[];
  readonly violations: readonly { readonly path: Path; readonly rule: string; readonly severity: Severity }[];
}

/** One object through all checks. */
export interface ObjectHistory {
  readonly path: Path;
  type: ObjectType;
  rule: string;
  severity: Severity;
  /** Numbers of the checks in which it was there and not as in the check before. */
  readonly changedIn: Set<number>;
  /** Numbers of the checks in which it had come, or gone. */
  readonly cameOrWentIn: Set<number>;
  readonly differences: Set<AttributeName>;
  readonly flags: Set<FindingFlag>;
  isExecutable: boolean;
  hasShrunk: boolean;
  /** The first state that is known, and the last. */
  first: RecordBytes | undefined;
  last: RecordBytes | undefined;
}

export interface Trial {
  readonly objects: readonly ObjectHistory[];
  /** Directories whose times and size differed because of what was found in them. */
  readonly followingDirectories: ReadonlyMap<Path, Observation>;
  /** How many checks could be compared with what was before them. */
  readonly comparisons: number;
}

/** Of an object that no baseline holds every attribute is new; these tell whether it changed since. */
const OF_NEW_OBJECTS: readonly AttributeName[] = ['type', 'mode', 'uid', 'gid', 'size', 'mtime', ...DIGEST_NAMES];

const ANY_EXECUTE = 0o111;

interface Followed {
  readonly history: ObjectHistory;
  /** What the baseline of the last check has. */
  recorded: RecordBytes | undefined;
  /** As the last check found it. */
  present: RecordBytes | undefined;
}

function begin(observation: Observation): ObjectHistory {
  const { path, type, rule, severity } = observation;
  return {
    path,
    type,
    rule,
    severity,
    changedIn: new Set(),
    cameOrWentIn: new Set(),
    differences: new Set(),
    flags: new Set(),
    isExecutable: false,
    hasShrunk: false,
    first: undefined,
    last: undefined,
  };
}

function learnOf(history: ObjectHistory, observation: Observation): void {
  const { type, rule, severity, before, after, differences, flags } = observation;
  history.type = type;
  history.rule = rule;
  history.severity = severity;
  for (const name of differences) history.differences.add(name);
  for (const flag of flags) history.flags.add(flag);
  for (const record of [before, after]) {
    if (record === undefined) continue;
    history.first ??= record;
    if (recordType(record) === 'file' && (permissions(record) & ANY_EXECUTE) !== 0) history.isExecutable = true;
  }
  if (after !== undefined) history.last = after;
}

function differ(history: ObjectHistory, isRecorded: boolean, left: RecordBytes, right: RecordBytes): boolean {
  const names = isRecorded ? history.differences : new Set([...history.differences, ...OF_NEW_OBJECTS]);
  return [...names].some((name) => !sameAttribute(left, right, name));
}

/** Takes the object from the state of one check to that of the next. */
function advance(followed: Followed, next: RecordBytes | undefined, check: number): void {
  const { history, present } = followed;
  followed.present = next;
  if (present === undefined || next === undefined) {
    if (present !== next) history.cameOrWentIn.add(check);
    return;
  }
  if (!differ(history, followed.recorded !== undefined, present, next)) return;
  history.changedIn.add(check);
  if (recordType(present) === 'file' && recordType(next) === 'file' && sizeOf(next) < sizeOf(present))
    history.hasShrunk = true;
}

/** Whether the path or a directory above it is among these. */
function isCovered(path: Path, places: ReadonlySet<Path>): boolean {
  if (places.size === 0) return false;
  for (let place = path; place !== ROOT; place = parentPath(place)) if (places.has(place)) return true;
  return places.has(ROOT);
}

/**
 * Follows the objects through the checks, oldest first. `since`: when the period began; a baseline made within it is
 * the state before the first check, an older one says nothing about when something changed.
 */
export function followTrial(checks: readonly TrialCheck[], since: string): Trial {
  const objects = new Map<Path, Followed>();
  const followingDirectories = new Map<Path, Observation>();
  const startsFromBaseline = (checks[0]?.baseline.createdAt ?? '') >= since;
  let seal = checks[0]?.baseline.seal;
  for (const [number, check] of checks.entries()) {
    const isOtherBaseline = check.baseline.seal !== seal;
    seal = check.baseline.seal;
    const seen = new Set<Path>();
    for (const observation of check.observations) {
      seen.add(observation.path);
      if (observation.isConsequence) {
        followingDirectories.set(observation.path, observation);
        continue;
      }
      let followed = objects.get(observation.path);
      if (followed === undefined) {
        const isStart = number === 0 && !startsFromBaseline;
        const present = isStart ? observation.after : observation.before;
        followed = { history: begin(observation), recorded: observation.before, present };
        objects.set(observation.path, followed);
      }
      followed.recorded = observation.before;
      learnOf(followed.history, observation);
      advance(followed, observation.after, number);
    }
    const unexamined = new Set(check.unexamined);
    for (const [path, followed] of objects) {
      if (seen.has(path) || isCovered(path, unexamined)) continue;
      // Without a finding it is as the baseline has it: a new baseline took over what was there.
      if (isOtherBaseline) followed.recorded = followed.present;
      advance(followed, followed.recorded, number);
    }
  }
  const comparisons = Math.max(0, checks.length - (startsFromBaseline ? 0 : 1));
  return { objects: [...objects.values()].map(({ history }) => history), followingDirectories, comparisons };
}

/** In which attributes an object differs from what was recorded under its name, for one that moved there. */
export function differencesBetween(before: RecordBytes, after: RecordBytes): readonly AttributeName[] {
  return ATTRIBUTE_NAMES.filter(
    (name) => name !== 'atime' && name !== 'btime' && name !== 'dev' && !sameAttribute(before, after, name),
  );
}
