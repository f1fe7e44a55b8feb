/** Prose in lines of a bounded length. A word that is longer than a line keeps one of its own: nothing is cut. */

const LEAST = 20;

/** `first` stands before the first line, as many spaces before the others. */
export function wrapped(first: string, text: string, width: number): readonly string[] {
  const room = Math.max(LEAST, width - first.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const indent = ' '.repeat(first.length);
  return lines.map((each, index) => (index === 0 ? first : indent) + each);
}
