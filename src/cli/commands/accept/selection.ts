/** The ways to choose findings of a report, each by the option of `integ accept` that asks for it. */
import type { Candidate, Choice, Selection } from '../../../app/generation/selection.ts';
import { fromPrintable, type Path, printable, printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { Explanation, Report } from '../../../model/report.ts';
import type { PathPattern } from '../../../model/rule.ts';
import { shellWord } from '../../../model/shell-word.ts';
import { coversPath, exactPattern, patternFromArgument } from '../../../policy/glob.ts';
import { explanationOf, restsOnDatabase } from '../../../report/explained.ts';
import { formatCount } from '../../../report/quantities.ts';
import { selectionByNumber } from './by-number.ts';
import type { AcceptOptions } from './define.ts';
import { narrowing } from './only.ts';

/** The proof that rests on the examined host alone (docs/packages.md). */
const DATABASE = 'database';

const ALL: Selection = { text: '--all', takes: () => true, takesAlong: () => true, meets: () => true };

function requireOneWay({ all, finding, path, rule, explained, only }: AcceptOptions): void {
  const ways = [all === true, finding !== undefined, path !== undefined, rule !== undefined, explained === true];
  const given = ways.filter(Boolean).length;
  if (given === 1 || (given === 0 && only !== undefined)) return;
  const what = given === 0 ? 'accept does not say which findings' : 'accept takes only one way to choose findings';
  throw new UserError('usage', what, {
    hint: 'give one of --all, --finding NUMBERS, --path GLOB, --rule NAME, --explained, --only ATTRIBUTES',
  });
}

/** What the options choose of a report. Throws a UserError `usage` before there is one where they contradict. */
export function selectionFrom(options: AcceptOptions): (report: Report) => Selection {
  const { all, finding, path, rule, explained, proof, only } = options;
  requireOneWay(options);
  if (proof !== undefined && explained !== true) {
    throw new UserError('usage', '--proof says which of the explained findings are taken', {
      hint: 'give it together with --explained',
    });
  }
  if (only !== undefined && (finding !== undefined || explained === true)) {
    throw new UserError('usage', '--only does not go with --finding and --explained', {
      hint: 'give it alone, or together with --path or --rule',
    });
  }
  if (finding !== undefined) return selectionByNumber(finding);
  if (explained === true) return () => selectionOfExplained(proof === DATABASE);
  const narrowed = only === undefined ? (among: Selection) => among : narrowing(only);
  return (report) => {
    if (path !== undefined) return narrowed(selectionByPath(path, report));
    if (rule !== undefined) return narrowed(selectionByRule(rule));
    return narrowed(all === true ? ALL : { ...ALL, text: '' });
  };
}

/** What only the package database of the examined host explains is taken by those who say so. */
function selectionOfExplained(believesDatabase: boolean): Selection {
  const isBelieved = (explanation: Explanation): boolean => believesDatabase || !restsOnDatabase(explanation);
  const isChosen = ({ change }: Candidate, wanted: boolean): boolean => {
    const explanation = explanationOf(change);
    return explanation !== undefined && change.consequence !== true && isBelieved(explanation) === wanted;
  };
  return {
    text: '--explained',
    takes: (candidate) => isChosen(candidate, true),
    takesAlong: () => false,
    left: {
      includes: (candidate) => isChosen(candidate, false),
      words: (count) => {
        const findings = `${formatCount(count)} explained ${count === 1 ? 'finding was' : 'findings were'} left`;
        return `${findings}, since nothing but the package database of the examined host says so`;
      },
      hint: 'read them with integ report show, and take them with integ accept --explained --proof database',
    },
    meets: () => false,
  };
}

/**
 * The name of a finding as the report prints it is that name and no pattern: whoever pastes a name that somebody else
 * chose must not accept what a pattern of the same letters would cover.
 */
function patternFor(text: string, printed: ReadonlySet<string>): PathPattern {
  const name = text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
  const literal = printed.has(name) ? fromPrintable(name) : undefined;
  return literal === undefined ? patternFromArgument(text, '--path') : exactPattern(literal);
}

function selectionByPath(texts: readonly string[], { changes, violations, errors }: Report): Selection {
  const printed = new Set([...changes, ...violations, ...errors].map(({ path }) => path));
  for (const { from } of changes) if (from !== undefined) printed.add(from);
  const patterns = texts.map((text) => patternFor(text, printed));
  const covers = (path: Path): boolean => coversPath(patterns, path);
  const takes = ({ state: { path, from = path } }: Candidate): Choice => {
    const isNewChosen = covers(path);
    if (isNewChosen === covers(from)) return isNewChosen;
    const left = isNewChosen ? `${printable(from)}, where it was,` : `${printable(path)}, where it is now,`;
    return { unchosen: `${left} is not chosen` };
  };
  return {
    text: `--path ${texts.map((text) => shellWord(printableText(text))).join(' ')}`,
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
    meets: (_, violation) => violation !== undefined && wanted.has(violation.rule),
  };
}
