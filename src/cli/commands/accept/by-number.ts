/** `--finding 3,7-9`: findings chosen by the numbers that the report gives them. */
import type { Selection } from '../../../app/generation/selection.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { Report } from '../../../model/report.ts';

interface Range {
  readonly first: number;
  readonly last: number;
}

const RANGE = /^([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$/;

function rangeOf(text: string): Range {
  const [, first, last = first] = RANGE.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (first !== undefined && range.first <= range.last) return range;
  const wrong = first === undefined ? 'is no number or range of findings' : 'ends before it begins';
  throw new UserError('usage', `--finding: '${printableText(text)}' ${wrong}`, {
    hint: 'write the numbers that stand before the findings, such as 3,7-9',
  });
}

/** The numbers of a report have no gaps. */
function requireThere({ id, changes, violations }: Report, ranges: readonly Range[]): void {
  const count = changes.length + violations.length;
  const beyond = ranges.find(({ last }) => last > count);
  if (beyond === undefined) return;
  const number = Math.max(beyond.first, count + 1);
  throw new UserError('usage', `report ${id} has no finding ${number}`, {
    hint: count === 0 ? 'it has none at all' : `its findings have the numbers 1 to ${count}`,
  });
}

function requireAcceptable({ id, changes, violations }: Report, isChosen: (of: { number?: number }) => boolean): void {
  if (changes.some((change) => change.consequence !== true && isChosen(change))) return;
  const violation = violations.find(isChosen);
  if (violation !== undefined) {
    throw new UserError('usage', `finding ${violation.number} of report ${id} is a violated requirement`, {
      hint: 'that cannot be accepted: mend the object, or change the policy',
    });
  }
  throw new UserError('usage', `finding ${changes.find(isChosen)?.number} of report ${id} only follows from another`, {
    hint: 'it is accepted with the one that it follows from',
  });
}

/** Throws a UserError `usage` where a number is none; and what it gives, where a report has none such to accept. */
export function selectionByNumber(lists: readonly string[]): (report: Report) => Selection {
  const ranges = lists.flatMap((list) => list.split(',')).map((text) => rangeOf(text.trim()));
  const isChosen = ({ number = 0 }: { readonly number?: number }): boolean =>
    ranges.some(({ first, last }) => first <= number && number <= last);
  return (report) => {
    requireThere(report, ranges);
    requireAcceptable(report, isChosen);
    return {
      text: `--finding ${lists.map(printableText).join(',')}`,
      takes: ({ change }) => isChosen(change),
      takesAlong: () => true,
      meets: (_, violation) => violation !== undefined && isChosen(violation),
    };
  };
}
