/** `integ accept`: a new generation that holds exactly the reported state of chosen findings. */
import { acceptFindings } from '../../../app/generation/accept.ts';
import { originOf } from '../../../app/generation/new-generation.ts';
import type { Candidate, Choice, Selection } from '../../../app/generation/selection.ts';
import { reportOperand } from '../../../app/history/stored-report.ts';
import { type Path, printable, printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { Explanation, ReportChange } from '../../../model/report.ts';
import { coversPath, patternFromArgument } from '../../../policy/glob.ts';
import { explanationOf, restsOnDatabase } from '../../../report/explained.ts';
import { confirmation } from '../../confirm.ts';
import type { CommandContext } from '../../context.ts';
import { acceptedText } from '../../generation-text.ts';
import type { AcceptOptions } from './define.ts';

/** The proof that rests on the examined host alone (docs/packages.md). */
const DATABASE = 'database';

function selectionOf({ all, path, rule, explained, proof }: AcceptOptions): Selection {
  const given = [all === true, path !== undefined, rule !== undefined, explained === true].filter(Boolean).length;
  if (given !== 1) {
    const what = given === 0 ? 'accept does not say which findings' : 'accept takes only one way to choose findings';
    throw new UserError('usage', what, { hint: 'give one of --all, --path GLOB, --rule NAME, --explained' });
  }
  if (proof !== undefined && explained !== true) {
    throw new UserError('usage', '--proof says which of the explained findings are taken', {
      hint: 'give it together with --explained',
    });
  }
  if (path !== undefined) return selectionByPath(path);
  if (rule !== undefined) return selectionByRule(rule);
  if (explained === true) return selectionOfExplained(proof === DATABASE);
  return { text: '--all', takes: () => true, takesAlong: () => true, meets: () => true };
}

/** What only the package database of the examined host explains is taken by those who say so. */
function selectionOfExplained(believesDatabase: boolean): Selection {
  const isBelieved = (explanation: Explanation): boolean => believesDatabase || !restsOnDatabase(explanation);
  const isChosen = (change: ReportChange, wanted: boolean): boolean => {
    const explanation = explanationOf(change);
    return explanation !== undefined && change.consequence !== true && isBelieved(explanation) === wanted;
  };
  return {
    text: '--explained',
    takes: ({ change }) => isChosen(change, true),
    takesAlong: () => false,
    leaves: (change) => isChosen(change, false),
    meets: () => false,
  };
}

function selectionByPath(globs: readonly string[]): Selection {
  const patterns = globs.map((glob) => patternFromArgument(glob, '--path'));
  const covers = (path: Path): boolean => coversPath(patterns, path);
  const takes = ({ state: { path, from = path } }: Candidate): Choice => {
    const isNewChosen = covers(path);
    if (isNewChosen === covers(from)) return isNewChosen;
    const left = isNewChosen ? `${printable(from)}, where it was,` : `${printable(path)}, where it is now,`;
    return { unchosen: `${left} is not chosen` };
  };
  return {
    text: `--path ${globs.map(printableText).join(' ')}`,
    takes,
    takesAlong: (candidate) => takes(candidate) === true,
    meets: covers,
  };
}

function selectionByRule(names: readonly string[]): Selection {
  const wanted = new Set(names.map(printableText));
  const takes = ({ change: { rule }, recordedRules }: Candidate): Choice => {
    const others = recordedRules().filter((recorded) => recorded.rule !== rule);
    if (!wanted.has(rule)) {
      const isHalf = others.some((recorded) => wanted.has(recorded.rule));
      return isHalf && { unchosen: `the rule of where it is now, ${rule}, is not chosen` };
    }
    const left = others.find((recorded) => !wanted.has(recorded.rule));
    return (
      left === undefined || { unchosen: `the rule of ${printable(left.path)} until now, ${left.rule}, is not chosen` }
    );
  };
  return {
    text: `--rule ${[...wanted].join(' ')}`,
    takes,
    takesAlong: (candidate) => takes(candidate) === true,
    meets: (_, rule) => rule !== undefined && wanted.has(rule),
  };
}

export async function runAccept(
  context: CommandContext,
  options: AcceptOptions,
  [report]: readonly [string | undefined],
): Promise<number> {
  const accepted = await acceptFindings(context, {
    id: reportOperand(report),
    selection: selectionOf(options),
    origin: originOf(context, 'accept', options),
    expectSeal: options.expectSeal,
    confirm: confirmation(),
  });
  context.terminal.print(acceptedText(accepted));
  return 0;
}
