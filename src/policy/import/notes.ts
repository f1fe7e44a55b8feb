/** What an import could not carry over exactly, with every place: nothing is dropped in silence. */

/** A line of an imported file; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A setting is not about what is watched: it is told, but nothing that the policy should do is lost by it. */
export type NoteKind = 'loss' | 'setting';

export interface Note {
  /** What is lost and what to do about it: one sentence without a full stop, one character a byte. */
  readonly text: string;
  readonly kind: NoteKind;
  readonly places: readonly Place[];
}

interface OpenNote {
  readonly kind: NoteKind;
  readonly places: Place[];
  /** The places, to tell one that is there already. */
  readonly known: Set<string>;
}

/** Collects remarks; the same one at many places is one note. */
export class Notes {
  readonly #notes = new Map<string, OpenNote>();

  add(text: string, place: Place, kind: NoteKind = 'loss'): void {
    const note = this.#notes.get(text) ?? { kind, places: [], known: new Set() };
    this.#notes.set(text, note);
    const key = `${place.line} ${place.file}`;
    if (note.known.has(key)) return;
    note.known.add(key);
    note.places.push(place);
  }

  addAll(others: Notes): void {
    for (const { text, kind, places } of others.all()) for (const place of places) this.add(text, place, kind);
  }

  all(): readonly Note[] {
    return [...this.#notes].map(([text, { kind, places }]) => ({ text, kind, places }));
  }

  /** How many places there are of what is lost. */
  get losses(): number {
    return this.all().reduce((sum, { kind, places }) => sum + (kind === 'loss' ? places.length : 0), 0);
  }
}

/** "a.conf:1,2,7; b.conf:3", of so many places at most: "a.conf:1,2 and 5 more". */
export function placesText(places: readonly Place[], most = places.length): string {
  const lines = new Map<string, number[]>();
  for (const { file, line } of places.slice(0, most)) lines.set(file, [...(lines.get(file) ?? []), line]);
  const text = [...lines].map(([file, numbers]) => `${file}:${numbers.join(',')}`).join('; ');
  return places.length > most ? `${text} and ${places.length - most} more` : text;
}
