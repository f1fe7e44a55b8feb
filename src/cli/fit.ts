/**
 * Text in the columns of a terminal. What is shown is escaped already, so a character takes one column, but for wide
 * ones, which take two, and marks, which take none (Unicode Standard Annex 11, wcwidth(3)).
 */

const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1b000}-\u{1b2ff}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;
const MARK = /^[\p{Mn}\p{Me}]/u;
const ORDINARY = /^[ -~]*$/;

function columnsOf(character: string): number {
  if (character <= '~') return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

export function columns(text: string): number {
  if (ORDINARY.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += columnsOf(character);
  return sum;
}

/** The first characters that fit, and the others. */
function split(text: string, room: number): readonly [string, string] {
  if (ORDINARY.test(text)) return [text.slice(0, room), text.slice(room)];
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > room) break;
    end += character.length;
  }
  return [text.slice(0, end), text.slice(end)];
}

/** What does not fit is cut off, and a sign says so. */
export function cut(text: string, room: number): string {
  return columns(text) <= room ? text : `${split(text, Math.max(0, room - 1))[0]}…`;
}

/** Nothing is cut off: what does not fit goes on in the next line. */
export function inLines(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (columns(rest) > room) {
    const [line, others] = split(rest, room);
    // A line that holds not even one character would never end.
    if (line === '') return [...lines, rest];
    lines.push(line);
    rest = others;
  }
  return [...lines, rest];
}

/** The same for a name: its beginning and its end tell more than its middle. */
export function cutInside(text: string, room: number): string {
  if (columns(text) <= room) return text;
  const [start] = split(text, Math.max(0, Math.floor((room - 1) / 2)));
  const reversed = [...text].reverse().join('');
  const [end] = split(reversed, Math.max(0, room - 1 - columns(start)));
  return `${start}…${[...end].reverse().join('')}`;
}

/** Two names on one line: where both do not fit, each may take half of the room. */
export function sideBySide(left: string, between: string, right: string, room: number): string {
  const both = Math.max(0, room - columns(between));
  const half = Math.floor(both / 2);
  const [first, second] = [columns(left), columns(right)];
  const shown = cutInside(left, Math.max(half, both - second));
  return shown + between + cutInside(right, Math.max(both - half, both - first));
}
