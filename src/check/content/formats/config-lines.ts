/** Lines of a configuration file: split, and without what every format calls nothing. */

export function linesOf(text: string): string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** Blank, or a comment that begins with a number sign. */
export function saysNothing(line: string): boolean {
  return /^[ \t]*(?:#|$)/.test(line);
}

/** Whether an odd number of backslashes ends the line, so that the next one belongs to it. */
export function endsInBackslash(line: string): boolean {
  let count = 0;
  while (line[line.length - 1 - count] === '\\') count += 1;
  return count % 2 === 1;
}

/**
 * Lines in which one that begins with white space goes on with the line before, over comments and blank lines
 * (postconf(5), "main.cf file format").
 */
export function continuedLines(text: string): string[] {
  const continued: string[][] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const last = continued.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) last.push(line.trim());
    else continued.push([line.trimEnd()]);
  }
  return continued.map((parts) => parts.join(' '));
}
