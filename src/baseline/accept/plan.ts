/**
 * Accepting: the next generation is the present one with exactly the recorded states of chosen findings in the place of
 * what they replace (write.ts). What is on disk by now is never looked at. A finding applies only where the present
 * generation still holds what the finding says was there before, byte for byte.
 */
import { appliesTo, type ObjectType } from '../../model/attributes.ts';
import { type Path, printable } from '../../model/bytes.ts';
import { hasSameContent, type PackedContent, unkept } from '../../model/content.ts';
import type { MountPoint, Unavailable } from '../../model/entry.ts';
import { type StoredFailure, UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import { attributeBytes, type RecordBytes, recordType } from '../../model/record.ts';
import type { ChangeKind } from '../../model/report.ts';
import type { Rule } from '../../model/rule.ts';
import { isSecretFile } from '../../model/secret-files.ts';
import { recordedAt } from '../../model/stored-entries.ts';
import type { BaselineReader } from '../reader.ts';
import { crowded, following } from './following.ts';

/** Why a chosen finding leaves the next generation as it is. */
interface NotApplied {
  readonly path: Path;
  readonly kind: ChangeKind;
  readonly reason: string;
}

export interface Acceptance {
  /** Findings whose states go into the next generation, consequences included. */
  readonly applied: readonly FindingState[];
  /** Chosen findings whose states the present generation holds already. */
  readonly already: readonly FindingState[];
  readonly notApplied: readonly NotApplied[];
  /** For `writeAccepted`. */
  readonly removals: ReadonlySet<Path>;
  readonly insertions: ReadonlyMap<Path, StoredObject>;
  readonly mounts: readonly MountPoint[];
  readonly failures: readonly StoredFailure[];
}

interface StoredObject {
  readonly rule: number;
  readonly record: RecordBytes;
  readonly content?: PackedContent;
}

export interface AcceptRequest {
  readonly current: BaselineReader;
  /** Rules of the present generation. */
  readonly rules: readonly Rule[];
  /**
   * Every finding of the report, and whether it was chosen. What only follows comes along with what it follows from,
   * unless it stays behind: an object that moved along to or from where nothing was chosen.
   */
  readonly states: Iterable<{
    readonly state: FindingState;
    readonly isChosen: boolean;
    readonly staysBehind?: boolean;
  }>;
  /**
   * Finds the rule of an object in the present policy, where the report was made by another one, whose numbers of rules
   * mean nothing now; undefined when the numbers of the report hold.
   */
  readonly govern: ((path: Path, type: ObjectType) => number) | undefined;
}

type Verdict = 'applies' | 'already' | { readonly reason: string };

function isSame(left: RecordBytes | undefined, right: RecordBytes | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return Buffer.compare(left, right) === 0;
}

function isSameMount(left: MountPoint | undefined, right: MountPoint | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.type === right.type && left.source === right.source && left.options === right.options;
}

/** Whether nothing but the mount differs. */
function isMountOnly(state: FindingState): boolean {
  return state.kind === 'changed' && state.after === undefined;
}

const RECORDED_OTHERWISE = 'the present generation holds another state of it than the report started from';

class Planner {
  readonly #request: AcceptRequest;
  readonly #mounts: Map<Path, MountPoint>;

  constructor(request: AcceptRequest) {
    this.#request = request;
    this.#mounts = new Map(request.current.header.mounts.map((mount) => [mount.path, mount]));
  }

  plan(): Acceptance {
    const { chosen, consequences, vacated } = this.#sort();
    const already: FindingState[] = [];
    const notApplied: NotApplied[] = [];
    const applying = new Set<FindingState>();
    const refuse = ({ path, kind }: FindingState, reason: string): void => {
      notApplied.push({ path, kind, reason });
    };
    for (const state of chosen) {
      const verdict = this.#judge(state);
      if (verdict === 'applies') applying.add(state);
      else if (verdict === 'already') already.push(state);
      else refuse(state, verdict.reason);
    }
    // A name may also be left by what follows.
    const followers = () => following([...applying, ...already], consequences);
    for (const state of crowded(applying, vacated, followers)) {
      refuse(state, 'another object is recorded under its new name, and what became of that was not chosen');
    }
    for (const state of followers()) {
      const verdict = this.#judge(state);
      if (verdict === 'applies') applying.add(state);
      else if (verdict === 'already') already.push(state);
    }
    crowded(applying, vacated, () => []);
    return { ...this.#edit([...applying]), already, notApplied };
  }

  /** The chosen findings, what only follows from others, and the names that findings of the report leave free. */
  #sort(): {
    readonly chosen: readonly FindingState[];
    readonly consequences: readonly FindingState[];
    readonly vacated: ReadonlySet<Path>;
  } {
    const chosen: FindingState[] = [];
    const consequences: FindingState[] = [];
    const vacated = new Set<Path>();
    for (const { state, isChosen, staysBehind = false } of this.#request.states) {
      if (state.kind === 'removed') vacated.add(state.path);
      if (state.from !== undefined) vacated.add(state.from);
      if (state.isConsequence) {
        if (!staysBehind) consequences.push(state);
      } else if (isChosen) chosen.push(state);
    }
    return { chosen, consequences, vacated };
  }

  #judge(state: FindingState): Verdict {
    const record = isMountOnly(state) ? 'already' : this.#judgeRecord(state);
    const mount = state.mount === undefined ? 'already' : this.#judgeMount(state.path, state.mount);
    if (typeof record === 'object') return record;
    if (typeof mount === 'object') return mount;
    return record === 'applies' || mount === 'applies' ? 'applies' : 'already';
  }

  #judgeRecord(state: FindingState): Verdict {
    const { kind, path, from, before, after, replaced } = state;
    const { current, govern } = this.#request;
    const now = recordedAt(current, path)?.record;
    const isThere = (isExpected: boolean): Verdict => {
      if (isSame(now, after)) return 'already';
      if (!isExpected) return { reason: RECORDED_OTHERWISE };
      const isUnselected = after !== undefined && govern !== undefined && govern(path, recordType(after)) < 0;
      return isUnselected ? { reason: 'no rule of the present policy selects it' } : 'applies';
    };
    switch (kind) {
      case 'added':
      case 'removed':
      case 'changed':
        return isThere(isSame(now, before));
      case 'moved': {
        const origin = from === undefined ? undefined : recordedAt(current, from)?.record;
        return isThere(isSame(origin, before) && isSame(now, replaced));
      }
      default:
        return kind satisfies never;
    }
  }

  #judgeMount(path: Path, { before, after }: NonNullable<FindingState['mount']>): Verdict {
    const now = this.#mounts.get(path);
    if (isSameMount(now, after)) return 'already';
    return isSameMount(now, before) ? 'applies' : { reason: 'the present generation records another mount there' };
  }

  #edit(applied: readonly FindingState[]): Omit<Acceptance, 'already' | 'notApplied'> {
    const { current } = this.#request;
    const removals = new Set<Path>();
    const insertions = new Map<Path, StoredObject>();
    const mounts = new Map(this.#mounts);
    for (const state of applied) {
      const { path, from, after, mount } = state;
      if (mount !== undefined) {
        if (mount.after === undefined) mounts.delete(path);
        else mounts.set(path, mount.after);
      }
      if (isMountOnly(state)) continue;
      removals.add(path);
      if (from !== undefined) removals.add(from);
      if (after === undefined) continue;
      const rule = this.#ruleOf(state, after);
      const content = this.#contentOf(state, after, rule);
      insertions.set(path, { rule, record: after, ...(content === undefined ? {} : { content }) });
    }
    const { failures, unavailable } = current.header;
    const isMended = ({ path }: StoredFailure): boolean => {
      const object = insertions.get(path);
      return object !== undefined && this.#isComplete(object, unavailable);
    };
    return {
      applied,
      removals,
      insertions,
      mounts: [...mounts.values()].sort((left, right) => (left.path < right.path ? -1 : 1)),
      failures: failures.filter((failure) => !isMended(failure)),
    };
  }

  /** The text that belongs to the accepted state: the reported one, or the recorded one of the same content. */
  #contentOf(state: FindingState, after: RecordBytes, rule: number): PackedContent | undefined {
    const { current, rules, govern } = this.#request;
    const settings = rules[rule]?.diff;
    const { before, path, from = path } = state;
    if (settings === undefined || recordType(after) !== 'file') return undefined;
    if (unkept(path, after, settings) !== undefined || isSecretFile(from)) return undefined;
    // Another policy may have let a text be kept that this one would not.
    if (state.content !== undefined) return govern === undefined || settings.isPrivate ? state.content : undefined;
    return before !== undefined && hasSameContent(before, after) ? current.contentOf(from) : undefined;
  }

  #ruleOf({ path, rule }: FindingState, after: RecordBytes): number {
    const { govern, rules } = this.#request;
    const index = govern === undefined ? rule : govern(path, recordType(after));
    if (rules[index] === undefined) {
      throw new UserError('untrusted', `the stored state of ${printable(path)} names a rule that there is not`, {
        hint: 'make a new report with integ check',
      });
    }
    return index;
  }

  /**
   * Whether everything that is watched of the object was recorded. Of a directory nobody knows: what failed may have
   * been the listing of what it holds.
   */
  #isComplete({ rule, record }: StoredObject, unavailable: readonly Unavailable[]): boolean {
    const watch = this.#request.rules[rule]?.watch;
    const type = recordType(record);
    if (watch === undefined || type === 'directory') return false;
    const cannotBeHad = new Set(unavailable.map(({ attribute }) => attribute));
    return [...watch.attributes, ...watch.digests].every(
      (name) => !appliesTo(name, type) || cannotBeHad.has(name) || attributeBytes(record, name) !== undefined,
    );
  }
}

/** Works out what accepting the chosen findings makes of the present generation. */
export function planAcceptance(request: AcceptRequest): Acceptance {
  return new Planner(request).plan();
}
