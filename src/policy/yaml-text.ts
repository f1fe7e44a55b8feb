/**
 * Texts and paths as parts of a YAML file: scalars that mean exactly their bytes, and comments nothing breaks out of.
 */
import { isReadable, pathFromLatin1, printable } from '../model/bytes.ts';

/** Line length of comments. */
const WIDTH = 116;

/** Readable text as a scalar in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Bytes that a reader can see, one character each, as a scalar. */
export function quotedBytes(bytes: string): string {
  if (!isReadable(pathFromLatin1(bytes))) throw new Error('integ: internal error: text that cannot be written');
  return quoted(Buffer.from(bytes, 'latin1').toString('utf8'));
}

/** Comment lines of bytes, one character each: escaped, and broken between words. */
export function commentLines(bytes: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(pathFromLatin1(bytes)).split(' ')) {
    if (line !== '' && indent.length + line.length + word.length > WIDTH) {
      lines.push(`${indent}# ${line}`);
      line = ` ${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, `${indent}# ${line}`];
}
