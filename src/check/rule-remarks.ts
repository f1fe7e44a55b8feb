/**
 * What a policy says of the findings of its rules, printable: made once a rule, since a report may repeat it a million
 * times.
 */
import { printableText } from '../model/bytes.ts';
import type { Remarks } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';

/** Line by line: a line break is part of a remark, and nothing else that a terminal obeys is. */
function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printableText(line.trimEnd()))
    .join('\n');
}

export function printableRemarks({ why, fix }: Remarks): Remarks {
  return {
    ...(why === undefined ? {} : { why: printableLines(why) }),
    ...(fix === undefined ? {} : { fix: printableLines(fix) }),
  };
}

export class RuleRemarks {
  readonly #known = new Map<Rule, Remarks>();

  of(rule: Rule): Remarks {
    const known = this.#known.get(rule);
    if (known !== undefined) return known;
    const remarks = printableRemarks(rule);
    this.#known.set(rule, remarks);
    return remarks;
  }
}
