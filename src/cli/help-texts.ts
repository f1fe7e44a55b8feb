/** Texts of --help that several commands share. */

export const EXIT_CODES_OF_COMPARISON = `
Exit code: the sum of 1 (something added), 2 (removed), 4 (changed or moved), 8 (a requirement violated),
16 (incomplete: something could not be examined); 0 only if none of these.`;
export const EXIT_CODES = `
Other failures: 64 usage, 65 baseline damaged or not trusted, 66 policy or baseline missing, 69 report not delivered,
70 internal error, 71 the system lacks what is needed, 73 cannot create output, 74 input/output error or report not
stored, 75 another run holds the lock, 77 permission, 78 policy invalid, 130 and 143 after SIGINT and SIGTERM.`;

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
