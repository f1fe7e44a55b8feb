/**
 * Which findings of a stored report are chosen. A move has two ends, each with a rule of its own: who chose but one of
 * them has not chosen the move. It chooses among states and judges nothing about the baseline.
 */
import type { BaselineReader } from '../../baseline/reader.ts';
import { type Path, printable, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { FindingState } from '../../model/finding-state.ts';
import type { Report, ReportChange, ReportViolation } from '../../model/report.ts';
import { recordedAt } from '../../model/stored-entries.ts';
import { explanationOf } from '../../report/explained.ts';
import type { ExplainedState } from './accepted-packages.ts';

/** Whether a finding is chosen; where only one end of a move is, or one of two rules, what is not. */
export type Choice = boolean | { readonly unchosen: string };

/** An object of the present generation and the printable name of its rule. */
interface RecordedRule {
  readonly path: Path;
  readonly rule: string;
}

/** A finding as a selection looks at it. */
export interface Candidate {
  readonly change: ReportChange;
  readonly state: FindingState;
  readonly index: number;
  /** The rules under which the present generation records what the finding replaces; several where it moved. */
  readonly recordedRules: () => readonly RecordedRule[];
}

/** Which findings of a report are meant. */
export interface Selection {
  /** As it was typed, for messages. */
  readonly text: string;
  readonly takes: (candidate: Candidate) => Choice;
  /** What it does not take though who chose may expect it to; `words` say why, for so many. */
  readonly left?: {
    readonly includes: (candidate: Candidate) => boolean;
    readonly words: (count: number) => string;
    /** What to do about those. */
    readonly hint: string;
  };
  /** Whether an object that moved along in a chosen directory comes along in the acceptance too. */
  readonly takesAlong: (candidate: Candidate) => boolean;
  /** Whether it would take a violation or, where that is undefined, an error at this path: neither can be accepted. */
  readonly meets: (path: Path, violation: ReportViolation | undefined) => boolean;
}

/** A move of which one end was chosen. */
export interface HalfChosen {
  readonly state: FindingState;
  readonly unchosen: string;
}

/** What is learnt of the findings while they are chosen. */
export interface Gathered {
  readonly explained: ExplainedState[];
  /** Of files that have the content of the version before, though their package has another one. */
  readonly rolledBack: FindingState[];
  readonly halves: HalfChosen[];
  /** How many the selection does not take though who chose may expect it to. */
  left: number;
}

/** For the person who chose one end of a move. */
export const BOTH_ENDS =
  'what moved or came under another rule is accepted only when both places and the rules of both are chosen';

interface ChoiceRequest {
  readonly current: BaselineReader;
  readonly states: Iterable<FindingState>;
  readonly report: Report;
  readonly selection: Selection;
}

/** Each state of a report, with whether it is chosen. What the caller needs to know besides is gathered on the way. */
export function* chosenStates({ current, states, report, selection }: ChoiceRequest, gathered: Gathered) {
  const { explained, rolledBack, halves } = gathered;
  let index = 0;
  for (const state of states) {
    const change = report.changes[index];
    if (change === undefined || !tellsOf(change, state)) break;
    const explanation = explanationOf(change);
    if (explanation !== undefined) explained.push({ explained: explanation, state });
    if (change.flags.includes('rolled-back')) rolledBack.push(state);
    const candidate: Candidate = { change, state, index, recordedRules: () => recordedRulesOf(current, state) };
    if (selection.left?.includes(candidate) === true) gathered.left += 1;
    if (state.isConsequence) {
      const staysBehind = state.kind === 'moved' && !selection.takesAlong(candidate);
      yield { state, isChosen: false, staysBehind };
    } else {
      const choice = selection.takes(candidate);
      if (typeof choice === 'object') halves.push({ state, unchosen: choice.unchosen });
      yield { state, isChosen: choice === true };
    }
    index += 1;
  }
  if (index === report.changes.length) return;
  throw new UserError('untrusted', `report ${printableText(report.id)} and the states stored with it differ`, {
    hint: 'make a new one with integ check',
  });
}

/** Whether a finding that was read is the one whose state would be accepted. */
function tellsOf({ kind, path, from }: ReportChange, state: FindingState): boolean {
  return (
    kind === state.kind &&
    path === printable(state.path) &&
    from === (state.from === undefined ? undefined : printable(state.from))
  );
}

/** Rules of what is recorded where a finding is and where it was. */
export function recordedRulesOf(
  current: BaselineReader,
  { path, from }: Pick<FindingState, 'path' | 'from'>,
): readonly RecordedRule[] {
  return [path, ...(from === undefined ? [] : [from])].flatMap((place) => {
    const rule = recordedAt(current, place)?.rule;
    const name = rule === undefined ? undefined : current.rules[rule]?.name;
    return name === undefined ? [] : [{ path: place, rule: printableText(name) }];
  });
}

export function halfText({ state: { path, from }, unchosen }: HalfChosen): string {
  return `${from === undefined ? 'changed' : `moved ${printable(from)} ->`} ${printable(path)}: ${unchosen}`;
}
