/** The bar of the HTML report that narrows down what is shown. Hidden until the script of the page shows it. */
import type { Report } from '../model/report.ts';
import { SEVERITIES } from '../model/severity.ts';
import { ITEM_KINDS, type ItemKind } from './html-findings.ts';
import { type Html, html } from './html-template.ts';
import { grouped } from './words.ts';

function countOf({ summary }: Report, kind: ItemKind): number {
  switch (kind) {
    case 'violated':
      return summary.violations;
    case 'not examined':
      return summary.errors;
    default:
      return summary[kind];
  }
}

function choice(name: string, value: string, count: number): Html {
  return html`<label><input type="checkbox" name="${name}" value="${value}"> ${value} (${grouped(count)})</label>\n`;
}

function choices(legend: string, choicesOf: readonly Html[]): Html | undefined {
  return choicesOf.length < 2 ? undefined : html`<fieldset><legend>${legend}</legend>${choicesOf}</fieldset>\n`;
}

/**
 * Only what occurs can be chosen. Where nothing is chosen, everything is meant. `findings`: entries of the page for
 * what was found.
 */
export function filterBar(report: Report, findings: number): Html {
  const { bySeverity } = report.summary;
  const severities = [...SEVERITIES].reverse().filter((severity) => (bySeverity[severity] ?? 0) > 0);
  const kinds = ITEM_KINDS.filter((kind) => countOf(report, kind) > 0);
  const total = findings + report.summary.errors;
  const rules = [...new Set([...report.violations, ...report.changes].map(({ rule }) => rule))].filter(
    (rule) => rule !== '',
  );
  const options = rules.sort().map((rule) => html`<option value="${rule}">${rule}</option>`);
  return html`<div id="filter" class="filter" role="search" aria-label="Filter the findings" hidden>
<form class="width" autocomplete="off">
<label>Search <input type="search" name="text" placeholder="path, flag, digest …" maxlength="1000"></label>
<label>Rule <select name="rule"><option value="">all</option>${options}</select></label>
<output id="shown" aria-live="polite" data-total="${total}"></output>
${choices(
  'Severity',
  severities.map((severity) => choice('severity', severity, bySeverity[severity] ?? 0)),
)}${choices(
  'Kind',
  kinds.map((kind) => choice('kind', kind, countOf(report, kind))),
)}<button type="reset">Show all</button>
</form>
</div>
`;
}
