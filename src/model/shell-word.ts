/** Words as a POSIX shell reads them back when they are pasted. */

const NEEDS_NO_QUOTES = /^[\w%+,./:=@-]+$/;

export function shellWord(word: string): string {
  return NEEDS_NO_QUOTES.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
