/** The texts that package databases consist of: lines, and stanzas of lines with an empty one between. */

/** Line by line: of a text that somebody forged, all lines at once would be many times as large as the text. */
export function* linesOf(text: string): Generator<string, void, undefined> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  if (start < text.length) yield text.slice(start);
}

/** Stanza by stanza, as empty lines part them. */
export function* stanzasOf(text: string): Generator<string, void, undefined> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n\n', start);
    yield text.slice(start, end < 0 ? undefined : end);
    if (end < 0) return;
    start = end;
    while (text[start] === '\n') start += 1;
  }
}
