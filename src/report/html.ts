/**
 * The report as one HTML file that needs nothing else: no network, no script to be read. With the script it can be
 * filtered. A policy of the page (CSP) forbids everything but this one style sheet and this one script, so that even a
 * mistake in escaping would run nothing. Written in pieces: a report may be larger than the longest string.
 */
import { hintsOf } from '../model/failure-codes.ts';
import type { Report, ReportChange } from '../model/report.ts';
import type { PackageGroup } from './explained.ts';
import { type ChangeGroup, FOLDED_ABOVE, groupTitle, isFolded } from './groups.ts';
import { signatureWords, warnings } from './head.ts';
import { hasBaseline, headline } from './headline.ts';
import { filterBar } from './html-filter.ts';
import { changedLines, changeItem, errorItem, violatedItem } from './html-findings.ts';
import { documentHead } from './html-head.ts';
import { SCRIPT } from './html-script.ts';
import { type Html, html, raw } from './html-template.ts';
import { nextCommands, showCommand } from './next-commands.ts';
import { rangesOf } from './number-marks.ts';
import { Room } from './room.ts';
import { baselineTimeWords, runFacts, timeWords } from './run-facts.ts';
import { consequencesOf, errorsByCode, type SeveritySection, severitySections } from './sections.ts';
import type { ViolatedObject } from './violations.ts';
import { grouped, plural } from './words.ts';

export interface HtmlOptions {
  /** Whether the report is in the history, so that it can be shown, reviewed and accepted; so it is when not given. */
  readonly isStored?: boolean;
}

/** With more findings than this, what differs in each is folded. */
const UNFOLDED_FINDINGS = 50;
/** A browser gets slow with more items than this; the others are counted, and it is said where they are. */
const MOST_ITEMS = 20_000;
/** Of these so many are not for errors, which come first: a tree that cannot be read must not hide what was found. */
const NOT_FOR_ERRORS = 15_000;

interface Page {
  /** Errors, findings and consequences share it, in the order of the page. */
  readonly room: Room;
  readonly isUnfolded: boolean;
  /** How to read what is not in the page. */
  readonly elsewhere: string;
}

/** The pieces of the page, in order. */
export function* htmlReport(report: Report, options: HtmlOptions = {}): Generator<string, void, undefined> {
  for (const piece of pieces(report, options.isStored ?? true)) yield piece.toString();
}

function* pieces(report: Report, isStored: boolean): Generator<Html, void, undefined> {
  const sections = severitySections(report);
  const findings = sections.reduce((sum, { count }) => sum + count, 0);
  const page: Page = {
    room: new Room(MOST_ITEMS),
    isUnfolded: findings <= UNFOLDED_FINDINGS,
    elsewhere: isStored ? showCommand(report) : '--format ndjson',
  };
  const hasFilter = findings + report.errors.length > 1;
  yield documentHead(headline(report), 'the findings', SCRIPT);
  yield statusBanner(report);
  if (hasFilter) yield filterBar(report, findings);
  yield html`<main id="main" class="width">\n${warning(report)}`;
  yield tally(report, sections);
  yield* errorSection(report, page);
  for (const section of sections) yield* severitySection(section, page);
  yield* consequences(report, page);
  yield* notes(report);
  if (isStored) yield* next(report);
  yield run(report);
  yield html`</main>\n<footer class="width">integ ${report.version} · report ${report.id} · made to be read offline</footer>\n`;
  if (hasFilter) yield raw(`<script>${SCRIPT}</script>\n`);
  yield raw('</body>\n</html>\n');
}

function statusBanner(report: Report): Html {
  const { baseline } = report;
  const comparedWith = hasBaseline(report)
    ? html`<p>Compared with the baseline of sequence ${baseline.sequence}, made ${baselineTimeWords(report)}; ${signatureWords(report)}.</p>`
    : undefined;
  return html`<header class="status ${report.status}">
<div class="width">
<h1>${headline(report)}</h1>
<p>Checked ${timeWords(report)}.</p>
${comparedWith}
</div>
</header>
`;
}

function warning(report: Report): Html | undefined {
  const lines = warnings(report);
  return lines.length === 0 ? undefined : html`<p class="warning">${lines.map(({ text }) => text).join(' ')}</p>\n`;
}

function tally({ errors, notes: remarks }: Report, sections: readonly SeveritySection[]): Html {
  const link = (id: string, text: string): Html => html`<li><a href="#${id}">${text}</a></li>\n`;
  const links = [
    ...(errors.length === 0 ? [] : [link('not-examined', `not examined: ${plural(errors.length, 'error')}`)]),
    ...sections.map(({ severity, count }) => link(severity, `${severity}: ${plural(count, 'finding')}`)),
    ...(remarks.length === 0 ? [] : [link('notes', plural(remarks.length, 'note'))]),
    link('run', 'about this run'),
  ];
  return html`<nav aria-label="Contents"><ul class="tally" role="list">${links}</ul></nav>\n`;
}

/** The start of a section that the filter folds away when nothing in it is shown. */
function sectionStart(id: string, name: string, number: string): Html {
  return html`<section id="${id}" class="${id}" data-fold aria-labelledby="${id}-title">
<h2 id="${id}-title"><span class="name">${name}</span> <span class="number">${number}</span></h2>
`;
}

const LIST_START = raw('<ul class="findings" role="list">\n');
const LIST_END = raw('</ul>\n');

function* sectionEnd({ room, elsewhere }: Page): Generator<Html, void, undefined> {
  const count = room.leftOut();
  if (count > 0) {
    const entries = plural(count, 'more entry', 'more entries');
    yield html`<p class="warning">… and ${entries}. This page has no room for them: <code>${elsewhere}</code></p>\n`;
  }
  yield raw('</section>\n');
}

/** Items in a list, behind a line to unfold them when they are many. */
function* list<Item>(
  items: readonly Item[],
  how: {
    title: string;
    isFolded: boolean;
    item: (of: Item) => Html;
    kept?: number;
    numbers?: string | undefined;
    lines?: readonly string[] | undefined;
  },
  { room }: Page,
): Generator<Html, void, undefined> {
  const { title, isFolded: hasSummary, item, kept = 0, numbers, lines = [] } = how;
  const shown = room.take(items, kept);
  if (shown.length === 0) return;
  if (hasSummary)
    yield html`<details class="group"><summary>${title}</summary>\n${numbersLine(numbers)}${changedLines(lines)}`;
  yield LIST_START;
  for (const each of shown) yield item(each);
  yield LIST_END;
  if (hasSummary) yield raw('</details>\n');
}

/** How all that is folded is chosen at once. */
function numbersLine(numbers: string | undefined): Html | undefined {
  return numbers === undefined ? undefined : html`<p class="aside">numbers ${numbers}</p>\n`;
}

function* errorSection({ errors }: Report, page: Page): Generator<Html, void, undefined> {
  if (errors.length === 0) return;
  yield sectionStart('not-examined', 'Not examined', plural(errors.length, 'error'));
  yield html`<p>Nobody knows the state of these, or of what is below them. What follows is not all that may have changed.</p>\n`;
  for (const [code, same] of errorsByCode(errors)) {
    const messages = same.map(({ message }) => message);
    for (const hint of hintsOf(code, messages)) yield html`<p class="aside">${code}: ${hint}</p>\n`;
    const title = `${grouped(same.length)} with ${code}`;
    yield* list(same, { title, isFolded: same.length > FOLDED_ABOVE, item: errorItem, kept: NOT_FOR_ERRORS }, page);
  }
  yield* sectionEnd(page);
}

function* severitySection(section: SeveritySection, page: Page): Generator<Html, void, undefined> {
  const { severity, count, violated, groups, explained } = section;
  yield sectionStart(severity, severity, plural(count, 'finding'));
  const title = plural(violated.length, 'violated object');
  const item = (object: ViolatedObject): Html => violatedItem(object, page.isUnfolded);
  yield* list(violated, { title, isFolded: false, item }, page);
  for (const group of groups) yield* groupList(group, page);
  for (const group of explained) yield* explainedList(group, page);
  yield* sectionEnd(page);
}

/** Folded however few they are: what is explained is there to be looked up. */
function explainedList({ words, proof, changes }: PackageGroup, page: Page): Generator<Html, void, undefined> {
  const title = `${plural(changes.length, 'change')} explained by ${words}, ${proof}`;
  const item = (change: ReportChange): Html => changeItem(change, false);
  return list(changes, { title, isFolded: true, item, numbers: rangesOf(changes) }, page);
}

function groupList(group: ChangeGroup, page: Page): Generator<Html, void, undefined> {
  const { changes, common } = group;
  const numbers = rangesOf(changes);
  const item = (change: ReportChange): Html => changeItem(change, page.isUnfolded && common === undefined);
  return list(
    changes,
    { title: groupTitle(group), isFolded: isFolded(group), item, numbers, lines: common?.lines },
    page,
  );
}

function* consequences(report: Report, page: Page): Generator<Html, void, undefined> {
  const { changes, words } = consequencesOf(report);
  if (changes.length === 0) return;
  yield sectionStart('consequences', 'Consequences', 'counted nowhere');
  const title = words.join('; ');
  yield* list(changes, { title, isFolded: true, item: (change) => changeItem(change, false) }, page);
  yield* sectionEnd(page);
}

function* notes({ notes: remarks }: Report): Generator<Html, void, undefined> {
  if (remarks.length === 0) return;
  yield html`<section id="notes" aria-labelledby="notes-title">
<h2 id="notes-title">Notes</h2>
<ul role="list">${remarks.map((note) => html`<li class="note">${note}</li>\n`)}</ul>
</section>
`;
}

function* next(report: Report): Generator<Html, void, undefined> {
  if (report.status === 'clean') return;
  const commands = nextCommands(report);
  if (commands.length === 0) return;
  const lines = commands.map(({ does, command }) => html`# ${does}\n${command}\n`);
  yield html`<section id="next" aria-labelledby="next-title">
<h2 id="next-title">What next</h2>
<pre class="commands" tabindex="0" role="group" aria-label="commands">${lines}</pre>
</section>
`;
}

function run(report: Report): Html {
  const facts = runFacts(report).map(([term, words]) => html`<dt>${term}</dt><dd>${words}</dd>\n`);
  return html`<section id="run" aria-labelledby="run-title">
<h2 id="run-title">About this run</h2>
<dl>${facts}</dl>
</section>
`;
}
