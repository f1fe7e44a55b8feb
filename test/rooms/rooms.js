/**
 * The rooms of the code, which are the folders of `src`, as its imports connect them; and as the architecture page has
 * it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCE = join(ROOT, 'src');
// Statements begin a line, as the formatter has them.
const STATEMENT = /^(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*'(\.{1,2}\/[^']+)'/gm;
const DYNAMIC = /\bimport\('(\.{1,2}\/[^']+)'\)/g;

/** The files below `src` that a pattern finds in the text of one. */
function importsOf(file, text, pattern) {
  return new Set([...text.matchAll(pattern)].map(([, path]) => relative(SOURCE, join(SOURCE, dirname(file), path))));
}

/** Every file by its path below `src`, with its lines and the files that it imports, at once or when it needs them. */
export function readFiles() {
  const names = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(
    names.sort().map((name) => {
      const text = readFileSync(join(SOURCE, name), 'utf8');
      const lines = text.split('\n').length - 1;
      return [name, { lines, imports: importsOf(name, text, STATEMENT), later: importsOf(name, text, DYNAMIC) }];
    }),
  );
}

/** The topmost folder that holds a file. @param {string} file */
function roomOf(file) {
  return file.split('/', 1)[0] ?? '';
}

/** For each room the others that its files import. */
export function roomArrows(files) {
  const arrows = new Map([...files.keys()].map((file) => [roomOf(file), new Set()]));
  for (const [file, { imports, later }] of files) {
    for (const other of [...imports, ...later])
      if (roomOf(other) !== roomOf(file)) arrows.get(roomOf(file)).add(roomOf(other));
  }
  return arrows;
}

/** The rooms and what each may import, as docs/architecture.md has it. */
export function documentedArrows() {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const rows = [...page.matchAll(/^\| \[src\/(\w+)\].*\| ([^|]+) \|$/gm)];
  return new Map(rows.map(([, room = '', may = '']) => [room, may.split(', ')]));
}

/** Circles of rooms, and of files that cannot be loaded one after the other: what is loaded later closes none. */
export function importCircles(files) {
  const imports = new Map([...files].map(([file, source]) => [file, source.imports]));
  return [...circles(roomArrows(files)), ...circles(imports)];
}

/** Ways from a place through others back to itself, one for each place that was come back to. */
function circles(arrows) {
  const found = [];
  const done = new Set();
  const way = [];
  const visit = (place) => {
    if (way.includes(place)) found.push([...way.slice(way.indexOf(place)), place]);
    if (done.has(place) || way.includes(place)) return;
    way.push(place);
    for (const next of arrows.get(place) ?? []) visit(next);
    way.pop();
    done.add(place);
  };
  for (const place of arrows.keys()) visit(place);
  return found;
}
