/** The evidence as one HTML file that needs nothing else and runs nothing, in the style of the report. */
import { documentHead } from '../html-head.ts';
import { type Html, html } from '../html-template.ts';
import type { Block, Entry } from './blocks.ts';
import type { Evidence } from './document.ts';
import { evidenceOutline, type Section } from './outline.ts';
import { evidenceHeadline } from './wording.ts';

export function* evidenceHtml(evidence: Evidence): Generator<string, void, undefined> {
  const sections = evidenceOutline(evidence);
  yield head(evidence, sections).toString();
  for (const section of sections) yield* sectionPieces(section);
  yield html`</main>
<footer class="width">integ ${evidence.tool.version} · ${evidence.schema} · made to be read offline</footer>
</body>
</html>
`.toString();
}

/** The colour of the banner: as of a report that is clean, has findings, or is not to be relied on. */
function tone({ problems, runs, schedule, summary }: Evidence): string {
  if (problems.length > 0 || runs.length === 0) return 'incomplete';
  const isQuiet = schedule.kept !== false && summary.findings.open === 0 && summary.violations.open === 0;
  return isQuiet ? 'clean' : 'changed';
}

function head(evidence: Evidence, sections: readonly Section[]): Html {
  const title = evidenceHeadline(evidence);
  const links = sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>\n`);
  return html`${documentHead(title, 'the evidence')}<header class="status ${tone(evidence)}">
<div class="width">
<h1>${title}</h1>
</div>
</header>
<main id="main" class="width">
<nav aria-label="Contents"><ul class="tally" role="list">${links}</ul></nav>
`;
}

function* sectionPieces({ id, title, blocks }: Section): Generator<string, void, undefined> {
  yield html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
`.toString();
  for (const block of blocks) yield* blockPieces(block);
  yield '</section>\n';
}

function* blockPieces(block: Block): Generator<string, void, undefined> {
  switch (block.is) {
    case 'paragraph':
      yield (
        block.isWarning === true ? html`<p class="warning">${block.text}</p>\n` : html`<p>${block.text}</p>\n`
      ).toString();
      return;
    case 'facts':
      yield html`<dl>${block.facts.map(([term, words]) => html`<dt>${term}</dt><dd>${words}</dd>\n`)}</dl>\n`.toString();
      return;
    case 'table':
      yield html`<table><thead><tr>${block.head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
`.toString();
      for (const row of block.rows) yield html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`.toString();
      yield '</tbody></table>\n';
      return;
    case 'entries':
      yield '<ul class="findings" role="list">\n';
      for (const entry of block.entries) yield entryItem(entry).toString();
      yield '</ul>\n';
      return;
    case 'commands':
      yield html`<pre class="commands" tabindex="0" role="group" aria-label="commands">${block.commands.map((command) => `${command}\n`)}</pre>\n`.toString();
      return;
    default:
      block satisfies never;
  }
}

function entryItem({ title, lines }: Entry): Html {
  return html`<li><p class="path">${title}</p>
${lines.map((line) => html`<p>${line}</p>\n`)}</li>
`;
}
