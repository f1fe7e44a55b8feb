/** `integ accept`: a new generation that holds exactly the reported state of chosen findings. */
import { type Path, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { ReportChange } from '../../model/report.ts';
import { coversPath, patternFromArgument } from '../../policy/glob.ts';
import { acceptFindings, type Selection } from '../accept-findings.ts';
import type { Context } from '../context.ts';
import { originOf, type ReasonOptions } from '../new-generation.ts';
import { reportOperand } from '../stored-report.ts';

interface AcceptOptions extends ReasonOptions {
  readonly all?: boolean;
  readonly path?: readonly string[];
  readonly rule?: readonly string[];
  readonly explained?: boolean;
  readonly expectSeal?: string;
}

function selectionOf({ all, path, rule, explained }: AcceptOptions): Selection {
  const given = [all === true, path !== undefined, rule !== undefined, explained === true].filter(Boolean).length;
  if (given !== 1) {
    const what = given === 0 ? 'accept does not say which findings' : 'accept takes only one way to choose findings';
    throw new UserError('usage', what, { hint: 'give one of --all, --path GLOB, --rule NAME, --explained' });
  }
  if (path !== undefined) return selectionByPath(path);
  if (rule !== undefined) return selectionByRule(rule);
  if (explained === true) {
    const takes = ({ explained: explanation, consequence }: ReportChange) =>
      explanation !== undefined && consequence !== true;
    return { text: '--explained', takes, meets: () => false };
  }
  return { text: '--all', takes: () => true, meets: () => true };
}

function selectionByPath(globs: readonly string[]): Selection {
  const patterns = globs.map((glob) => patternFromArgument(glob, '--path'));
  const covers = (path: Path | undefined): boolean => path !== undefined && coversPath(patterns, path);
  return {
    text: `--path ${globs.map(printableText).join(' ')}`,
    takes: ({ consequence }, { path, from }) => consequence !== true && (covers(path) || covers(from)),
    meets: (path) => covers(path),
  };
}

function selectionByRule(names: readonly string[]): Selection {
  const wanted = new Set(names.map(printableText));
  return {
    text: `--rule ${[...wanted].join(' ')}`,
    takes: ({ consequence, rule }) => consequence !== true && wanted.has(rule),
    meets: (_, rule) => rule !== undefined && wanted.has(rule),
  };
}

export async function runAccept(
  context: Context,
  operands: readonly string[],
  options: AcceptOptions,
): Promise<number> {
  await acceptFindings(context, {
    id: reportOperand(operands[0]),
    selection: selectionOf(options),
    origin: originOf('accept', options),
    expectSeal: options.expectSeal,
  });
  return 0;
}
