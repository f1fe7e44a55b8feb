/** What an import could not carry over exactly, with every place: nothing is dropped in silence. */

/** A line of an imported file; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Note {
  /** What is lost and what to do about it: one sentence without a full stop, one character a byte. */
  readonly text: string;
  readonly places: readonly Place[];
}

/** Collects remarks; the same one at many places is one note. */
export class Notes {
  readonly #places = new Map<string, Place[]>();

  add(text: string, place: Place): void {
    const places = this.#places.get(text) ?? [];
    this.#places.set(text, places);
    if (!places.some(({ file, line }) => file === place.file && line === place.line)) places.push(place);
  }

  all(): readonly Note[] {
    return [...this.#places].map(([text, places]) => ({ text, places }));
  }
}

/** "a.conf:1,2,7; b.conf:3". */
export function placesText(places: readonly Place[]): string {
  const lines = new Map<string, number[]>();
  for (const { file, line } of places) lines.set(file, [...(lines.get(file) ?? []), line]);
  return [...lines].map(([file, numbers]) => `${file}:${numbers.join(',')}`).join('; ');
}
