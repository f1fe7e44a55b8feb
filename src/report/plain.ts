/**
 * The last guard before output: names arrive escaped, and whatever else a report may hold, no character that a terminal
 * or a log viewer obeys leaves through here. Escapes nothing twice: text without such characters stays as it is.
 */

// Control, format, surrogate, private and unassigned characters, line separators, and all spaces but the ordinary one.
const OBEYED = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

// What nearly every text consists of; telling so is far quicker than looking for each of the above.
const ORDINARY = /^[ -~]*$/;

export function plain(text: string): string {
  if (ORDINARY.test(text)) return text;
  return text.replace(OBEYED, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON on one line whose strings hold such characters as \u escapes only (RFC 8259 section 7). */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value);
  if (ORDINARY.test(text)) return text;
  return text.replace(OBEYED, (character) => {
    let escaped = '';
    for (let index = 0; index < character.length; index += 1) {
      escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}
