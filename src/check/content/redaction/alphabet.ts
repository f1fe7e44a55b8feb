/**
 * The characters a text is made of while it is redacted. A backslash that joins two lines becomes one character, so
 * that a value is found behind it; a no-break space, which is a byte of many letters in UTF-8, becomes none that looks
 * blank.
 *
 * Characters above U+00FF are free for this: the text has one character a byte. Placeholders are in placeholder.ts.
 */
import { isComment, looksAssigned, looksLikeValue } from './line-shapes.ts';
import type { Reading } from './reading.ts';

/** A joint with a blank beside it: white space to every pattern, but the end of no line. */
const APART = ['\u2000', '\u2001'] as const;
/** A joint within a word. */
const WITHIN = ['\ue002', '\ue003'] as const;
const NO_BREAK = '\ue0a0';
const JOINTS: ReadonlyMap<string, string> = new Map([
  [APART[0], '\\\n'],
  [APART[1], '\\\r\n'],
  [WITHIN[0], '\\\n'],
  [WITHIN[1], '\\\r\n'],
]);
const JOINED_END = /(?:^|[^\\])(?:\\\\){0,40}\\\r?$/;

function canFollow(line: string, joins: Reading['joins']): boolean {
  return !looksAssigned(line) && (joins === 'always' || looksLikeValue(line));
}

/**
 * Joins lines that end in a backslash. Comments go on in no format that counts here, and a line that has a name and a
 * value of its own is not taken for a part of the one before: an intruder could hide it so.
 */
function joinLines(text: string, joins: Reading['joins']): string {
  if (joins === 'never' || (!text.includes('\\\n') && !text.includes('\\\r\n'))) return text;
  const lines = text.split('\n');
  let output = '';
  let inComment = isComment(lines[0] ?? '');
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1];
    if (next === undefined) return output + line;
    const isJoined = !inComment && JOINED_END.test(line.slice(-84)) && canFollow(next, joins);
    if (!isJoined) {
      output += `${line}\n`;
      inComment = isComment(next);
      continue;
    }
    const hasReturn = line.endsWith('\r');
    const kept = line.slice(0, hasReturn ? -2 : -1);
    const isApart = /[ \t]$/.test(kept.slice(-1)) || /^[ \t]/.test(next);
    output += kept + (isApart ? APART : WITHIN)[hasReturn ? 1 : 0];
  }
  return output;
}

export function enterAlphabet(text: string, joins: Reading['joins']): string {
  return joinLines(text.replaceAll('\xa0', NO_BREAK), joins);
}

export function leaveAlphabet(text: string): string {
  return text
    .replaceAll(NO_BREAK, '\xa0')
    .replace(/[\u2000\u2001\ue002\ue003]/g, (joint) => JOINTS.get(joint) ?? joint);
}
