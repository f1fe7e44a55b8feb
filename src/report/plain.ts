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

// What a terminal obeys or shows elsewhere than it stands: control characters but for tab, newline and CR LF, the
// controls of direction and line separators of Unicode, and surrogates without their other half.
const HARMFUL = /(?!\r\n)[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;
const HARMLESS = /^[\t\n -~]*$/;

/**
 * Text of any number of lines, in which whatever a terminal obeys is escaped and all else stays. JSON stays JSON of the
 * same meaning: it holds no bare control character below U+007F, and from there on the escapes are those of JSON.
 */
export function harmless(text: string): string {
  if (HARMLESS.test(text)) return text;
  return text.replace(HARMFUL, (character) => {
    const hex = character.charCodeAt(0).toString(16);
    return character < '\x7f' ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
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
