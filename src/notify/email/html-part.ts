/**
 * A letter as HTML for mail clients: styles stand at the elements, nothing is loaded, and colours are such that they
 * can be read on a light and on a dark ground, since clients choose that themselves.
 */
import type { Block } from '../../report/blocks.ts';
import type { Line, Tone } from '../../report/change-lines.ts';
import { type Html, html, raw } from '../../report/html-template.ts';
import type { Letter } from './letter.ts';

/** Of the findings. Gmail cuts a message off at 102 kB. */
const MOST_BYTES = 80_000;

const PRE = raw('margin:0 0 10px 0;white-space:pre-wrap;word-wrap:break-word');
const HEADING = raw('margin:18px 0 6px 0;font-size:15px;font-weight:bold');

const STYLES: Readonly<Record<Tone, Html>> = {
  title: raw('font-weight:bold'),
  good: raw('font-weight:bold;color:#2e8540'),
  bad: raw('font-weight:bold;color:#d13438'),
  warning: raw('color:#c25e00'),
  faint: raw('color:#808080'),
  inserted: raw('color:#2e8540'),
  deleted: raw('color:#d13438'),
};

const SEVERITY_COLORS = {
  critical: raw('#d13438'),
  high: raw('#c25e00'),
  medium: raw('#a67c00'),
  low: raw('#3b82c4'),
  info: raw('#808080'),
} as const;

function lineHtml({ text, tone }: Line): Html {
  return tone === undefined ? html`${text}\n` : html`<span style="${STYLES[tone]}">${text}</span>\n`;
}

/** An indentation is for text: what stands below a heading is seen from the heading here. */
function outdented(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => ({ ...line, text: line.text.replace(/^ {2}/, '') }));
}

function blockHtml({ kind, lines, severity }: Block): Html {
  if (kind !== 'heading') return html`<pre style="${PRE}">${outdented(lines).map(lineHtml)}</pre>\n`;
  const color = severity === undefined ? SEVERITY_COLORS.critical : SEVERITY_COLORS[severity];
  return html`<h2 style="${HEADING};color:${color}">${lines.map(({ text }) => text)}</h2>\n`;
}

export function htmlPart({ opening, body, commands, closing }: Letter): string {
  const [first, ...others] = opening;
  const blocks = body(MOST_BYTES, (block) => Buffer.byteLength(blockHtml(block).toString()));
  const next = commands.map(
    ({ does, command }) => html`<p style="margin:10px 0 2px 0">To ${does}:</p>\n<pre style="${PRE}">${command}</pre>\n`,
  );
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${first?.text}</title>
</head>
<body style="margin:12px;font-family:Arial,Helvetica,sans-serif;font-size:14px">
<p style="margin:0 0 10px 0;font-size:16px;${STYLES[first?.tone ?? 'title']}">${first?.text}</p>
${others.length === 0 ? undefined : html`<pre style="${PRE}">${others.map(lineHtml)}</pre>\n`}${[...blocks].map(blockHtml)}${next}${closing.length === 0 ? undefined : html`<pre style="${PRE}">${closing.map(lineHtml)}</pre>\n`}</body>
</html>
`;
  return page.toString();
}
