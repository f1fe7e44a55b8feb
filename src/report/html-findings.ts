/** Findings as items of lists in HTML. What the filter of the page looks at stands in data attributes. */
import type {
  AttributeChange,
  ContentChange,
  Remarks,
  ReportChange,
  ReportError,
  ReportViolation,
} from '../model/report.ts';
import { briefly, explanation, isNewOrGone, onlySide, shownPath } from './change-lines.ts';
import { shippingWords } from './explained.ts';
import { type Html, html } from './html-template.ts';
import { rangesOf } from './number-marks.ts';
import type { ViolatedObject } from './violations.ts';
import { FLAG_WORDS, plural } from './words.ts';

/** Signs beside the words, so that the eye finds the kind without reading and without colour. */
const SIGNS = { added: '+', removed: '−', changed: '~', moved: '→', violated: '!', 'not examined': '?' } as const;

/** What a finding can be, in the words of the filter. */
export type ItemKind = keyof typeof SIGNS;
export const ITEM_KINDS: readonly ItemKind[] = ['added', 'removed', 'changed', 'moved', 'violated', 'not examined'];

function what(kind: ItemKind, path: string, findings: readonly (ReportChange | ReportViolation)[]): Html {
  const numbers = rangesOf(findings);
  const given = numbers === undefined ? undefined : html`<span class="number">${numbers}</span> `;
  return html`<p class="what">${given}<span class="kind"><span class="sign" aria-hidden="true">${SIGNS[kind]}</span>${kind}</span> <span class="path">${path}</span></p>`;
}

function aside(text: string): Html | undefined {
  return text === '' ? undefined : html`<p class="aside">${text}</p>`;
}

/** The rule, why it is there, and what to do about what it found. */
function ruleLines({ rule, why, fix }: Remarks & { readonly rule: string }): readonly (Html | undefined)[] {
  const remark = (text: string | undefined, before: string): readonly (Html | undefined)[] =>
    text === undefined ? [] : `${before}${text}`.split('\n').map(aside);
  return [...(rule === '' ? [] : [aside(`rule ${rule}`)]), ...remark(why, 'why: '), ...remark(fix, 'fix: ')];
}

function exactBytes(label: string, base64: string | undefined): Html | undefined {
  return base64 === undefined ? undefined : html`<p class="aside">${label} in base64: <code>${base64}</code></p>`;
}

/** `isOpen`: what differs is unfolded from the start. */
export function changeItem(change: ReportChange, isOpen: boolean): Html {
  const { severity, rule, kind } = change;
  // What only follows from a finding is none for the counts of the filter.
  const dataKind = change.consequence === true ? 'consequence' : kind;
  return html`<li data-kind="${dataKind}" data-severity="${severity}" data-rule="${rule}">
${what(kind, shownPath(change), [change])}
<div class="more">${changeDetails(change, isOpen)}</div>
</li>
`;
}

function changeDetails(change: ReportChange, isOpen: boolean): Html {
  const { flags, from, links, shippedBy } = change;
  const moved = from === undefined ? undefined : html`<p>from <span class="path">${from}</span></p>`;
  const meaning =
    flags.length === 0 ? undefined : html`<p class="flags">! ${flags.map((flag) => FLAG_WORDS[flag]).join('; ')}</p>`;
  const brief = isNewOrGone(change) ? html`<p>${briefly(change)}</p>` : undefined;
  const names =
    links === undefined
      ? undefined
      : html`<p class="aside">same inode as ${links.map((link) => html` <code>${link}</code>`)}</p>`;
  const shipping = shippedBy === undefined ? undefined : html`<p>${shippingWords(shippedBy)}</p>`;
  return html`${moved}${meaning}${shipping}${brief}${contentFacts(change.content)}
${contentDiff(change.content, isOpen)}${attributes(change, isOpen && !isNewOrGone(change))}
${names}${aside(explanation(change))}${exactBytes('name', change.pathBase64)}${exactBytes('former name', change.fromBase64)}${ruleLines(change)}`;
}

/** Several requirements of an object, and what changed of it, are one item. */
export function violatedItem({ path, severity, violations, change }: ViolatedObject, isOpen: boolean): Html {
  const findings = [...violations, ...(change === undefined ? [] : [change])];
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  const kinds = change === undefined ? 'violated' : `violated,${change.kind}`;
  const beside = change === undefined ? undefined : html`<p>and ${change.kind}:</p>${changeDetails(change, isOpen)}`;
  return html`<li data-kind="${kinds}" data-severity="${severity}" data-rules="${JSON.stringify(rules)}">
${what('violated', path, findings)}
<div class="more">${violations.map(mismatches)}${beside}</div>
</li>
`;
}

function mismatches(violation: ReportViolation): Html {
  const { pathBase64, expected, actual } = violation;
  const rows = Object.entries(expected).map(
    ([name, value]) =>
      html`<tr><th scope="row">${name}</th><td>${String(value)}</td><td>${String(actual[name] ?? 'unknown')}</td></tr>`,
  );
  return html`<table><thead><tr><th scope="col">requirement</th><th scope="col">must be</th><th scope="col">is</th></tr></thead><tbody>${rows}</tbody></table>
${exactBytes('name', pathBase64)}${ruleLines(violation)}`;
}

export function errorItem({ path, pathBase64, operation, code, message }: ReportError): Html {
  return html`<li data-kind="not examined">
${what('not examined', path, [])}
<div class="more"><p>${operation}: ${code}: ${message}</p>${exactBytes('name', pathBase64)}</div>
</li>
`;
}

function details(summary: string, isOpen: boolean, content: Html): Html {
  return isOpen
    ? html`<details open><summary>${summary}</summary>${content}</details>`
    : html`<details><summary>${summary}</summary>${content}</details>`;
}

function attributes(change: ReportChange, isOpen: boolean): Html | undefined {
  const values = Object.entries(change.attributes);
  if (values.length === 0) return undefined;
  const isOneSided = isNewOrGone(change);
  const columns = isOneSided ? ['value'] : ['before', 'after'];
  const head = columns.map((column) => html`<th scope="col">${column}</th>`);
  const rows = values.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th>${isOneSided ? oneCell(value) : twoCells(value)}</tr>`,
  );
  const table = html`<table><thead><tr><th scope="col">attribute</th>${head}</tr></thead><tbody>${rows}</tbody></table>`;
  const names = values.map(([name]) => name).join(', ');
  return details(`${plural(values.length, 'attribute')}: ${names}`, isOpen, table);
}

function twoCells({ before = 'none', after = 'none' }: AttributeChange): Html {
  return html`<td>${before}</td><td>${after}</td>`;
}

/** A mount can differ where the directory under it came or went. */
function oneCell(value: AttributeChange): Html {
  const { before, after } = value;
  return before !== undefined && after !== undefined
    ? html`<td>${before} → ${after}</td>`
    : html`<td>${onlySide(value)}</td>`;
}

function contentFacts(content: ContentChange | undefined): Html | undefined {
  if (content === undefined || content.facts.length === 0) return undefined;
  return html`<ul class="facts" role="list">${content.facts.map((fact) => html`<li>${fact}</li>`)}</ul>`;
}

function contentDiff(content: ContentChange | undefined, isOpen: boolean): Html | undefined {
  if (content === undefined) return undefined;
  const { diff = [], omitted } = content;
  const remark = omitted === undefined ? undefined : aside(`content: ${omitted}`);
  if (diff.length === 0) return remark;
  const count = (sign: string): number => diff.filter((line) => line.startsWith(sign)).length;
  const summary = `content: ${plural(count('+'), 'line')} added, ${plural(count('-'), 'line')} removed`;
  return html`${details(summary, isOpen, html`${changedLines(diff)}`)}${remark}`;
}

/** A box that scrolls must be reachable by the keyboard. */
export function changedLines(diff: readonly string[]): Html | undefined {
  if (diff.length === 0) return undefined;
  return html`<pre class="diff" tabindex="0" role="group" aria-label="changed lines">${diff.map(diffLine)}</pre>`;
}

/** The signs stay: neither colour nor element is needed to tell what a line is. */
function diffLine(line: string): Html {
  if (line.startsWith('+')) return html`<ins>${line}\n</ins>`;
  if (line.startsWith('-')) return html`<del>${line}\n</del>`;
  return line.startsWith('@@') ? html`<span class="hunk">${line}\n</span>` : html`<span>${line}\n</span>`;
}
