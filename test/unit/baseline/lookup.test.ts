import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BaselineReader } from '../../../src/baseline/reader.ts';
import { ROOT_DIRECTORY } from '../../../src/model/stored-entries.ts';
import { FILE, writeBaseline } from '../../support/baselines.ts';
import { scratchDirectory } from '../../support/scratch.ts';

// Around the number of entries up to which a directory is held, and far from it.
const SIZES = [1, 3, 4, 5, 100, 1022, 1023, 1024, 1025, 3000];

const name = (text: string): Buffer => Buffer.from(text, 'latin1');
const namesOf = (size: number): string[] =>
  Array.from({ length: size }, (_, at) => `f${String(at * 2).padStart(5, '0')}`);
const stored = SIZES.flatMap((size) => namesOf(size).map((text) => [`/d${size}/${text}`, FILE] as const));

function withDirectories(use: (reader: BaselineReader, directories: ReadonlyMap<number, number>) => void): void {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(file, stored);
  const reader = BaselineReader.open(file);
  const directories = new Map(
    SIZES.map((size) => [size, reader.directory(ROOT_DIRECTORY, name(`d${size}`)) ?? -1] as const),
  );
  use(reader, directories);
  reader.close();
}

/** Every name once, far from where it is in order. */
function shuffled(names: readonly string[]): string[] {
  return names.map((_, at) => names[(at * 7919) % names.length] ?? '');
}

test.each([
  ['in order', (names: readonly string[]) => [...names]],
  ['backwards', (names: readonly string[]) => names.toReversed()],
  ['in any order', shuffled],
])('every name of a directory is found %s, whatever its size', (_, order) => {
  withDirectories((reader, directories) => {
    const ids = new Set<number>();
    for (const [size, directory] of directories) {
      const names = order(namesOf(size));
      for (const text of names) {
        const found = reader.find(directory, name(text));
        const expected = `/d${size}/${text}`;
        expect(stored[found?.id ?? -1]?.[0], expected).toBe(expected);
        ids.add(found?.id ?? -1);
      }
    }
    expect(ids.size).toBe(stored.length);
  });
});

test('a name that is not stored is not found, before, between and after those that are', () => {
  withDirectories((reader, directories) => {
    for (const [size, directory] of directories) {
      for (let at = 0; at < size; at += 1) {
        const [known, unknown] = [at * 2, at * 2 + 1].map((number) => `f${String(number).padStart(5, '0')}`);
        expect(reader.find(directory, name('a'))).toBeUndefined();
        expect(reader.find(directory, name(known ?? ''))).toBeDefined();
        expect(reader.find(directory, name(unknown ?? ''))).toBeUndefined();
        expect(reader.find(directory, name('z'))).toBeUndefined();
      }
    }
  });
});

test('names of many directories are found in turn', () => {
  withDirectories((reader, directories) => {
    const places = [...Array(20).keys(), ...Array.from({ length: 10 }, (_, at) => at + 1018), 2999, 3000];
    for (const at of places) {
      for (const [size, directory] of directories) {
        const text = `f${String(at * 2).padStart(5, '0')}`;
        // Some so often in a row that the directory is held, others not.
        for (let again = 0; again < 1 + (at % 6); again += 1) {
          expect(reader.find(directory, name(text)) !== undefined, `/d${size}/${text}`).toBe(at < size);
        }
      }
    }
  });
});
