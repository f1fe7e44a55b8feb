/**
 * HTML from template literals in which every value is escaped unless its type says that it is markup already. Safe in
 * text and in double-quoted attributes; not for the inside of `script` and `style`, nor for URLs from outside.
 */
import { createHash } from 'node:crypto';
import { plain } from './plain.ts';

/** Markup that this module made or that `raw` vouches for. Nobody else can make it. */
class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

export type { Html };

/** What a template takes: lists are joined, `undefined` is nothing. */
export type HtmlValue = string | number | bigint | Html | undefined | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that are markup become entities, and those that nobody can see become visible ones. */
function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function markupOf(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.toString();
  return typeof value === 'object' ? value.map(markupOf).join('') : escapeHtml(String(value));
}

export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = literals[0] ?? '';
  for (const [index, value] of values.entries()) {
    // Without quotes a space in the value would begin another attribute.
    if (literals[index]?.endsWith('=') === true)
      throw new Error('integ: internal error: an attribute without quotes in a template');
    markup += markupOf(value) + (literals[index + 1] ?? '');
  }
  return new Html(markup);
}

/** Markup as it stands: for constants of the program, never for anything that came from outside. */
export function raw(constant: string): Html {
  return new Html(constant);
}

/** A source of CSP level 2 for what stands between the tags of a style sheet or script: its digest. */
export function sourceOf(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline, 'utf8').digest('base64')}'`;
}
