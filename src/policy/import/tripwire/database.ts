/** What `twprint --print-dbfile` prints: each object with the properties that Tripwire recorded of it. */
import { TRIPWIRE_LETTERS, type TripwireLetter, tripwireProperty } from './properties.ts';

const OBJECT = 'Object name:  ';
const LABEL_WIDTH = 24;

const letterOf = new Map<string, TripwireLetter>(
  TRIPWIRE_LETTERS.map((letter) => [tripwireProperty(letter).label, letter]),
);

/**
 * A name as it is shown: what is no printable ASCII may stand there as \xHH, and a backslash always as itself. So a
 * name that holds the text "\x1b" is taken for one that holds that byte.
 */
function unescaped(shown: string): string {
  return shown.replaceAll(/\\x([01][0-9a-f]|7f|[89a-f][0-9a-f])/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Reads the lines one after the other, one character a byte. */
export class DatabaseReader {
  readonly entries = new Map<string, Set<TripwireLetter>>();
  #present: Set<TripwireLetter> | undefined;

  line(text: string): void {
    if (text.startsWith(OBJECT)) {
      this.#present = new Set();
      this.entries.set(unescaped(text.slice(OBJECT.length)), this.#present);
      return;
    }
    const letter = letterOf.get(text.slice(0, LABEL_WIDTH).trimEnd());
    if (letter !== undefined) this.#present?.add(letter);
  }
}
