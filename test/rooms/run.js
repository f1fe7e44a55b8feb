/**
 * `npm run rooms`: prints the folders of `src` with their files and lines, and which room imports which. It ends with 1
 * when rooms or files import each other in a circle.
 */
import { dirname } from 'node:path';
import { importCircles, readFiles, roomArrows } from './rooms.js';

/** What lies in each folder and below it. */
function sizes(files) {
  const folders = new Map();
  for (const [file, { lines }] of files) {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      const size = folders.get(folder) ?? { files: 0, lines: 0 };
      folders.set(folder, { files: size.files + 1, lines: size.lines + lines });
      if (folder === '.') break;
    }
  }
  return new Map([...folders].sort(([left], [right]) => (left < right ? -1 : 1)));
}

const files = readFiles();
const arrows = roomArrows(files);
for (const [folder, size] of sizes(files)) {
  const depth = folder === '.' ? 0 : folder.split('/').length;
  const name = '  '.repeat(depth) + (folder === '.' ? 'src' : folder.split('/').at(-1));
  const others = depth === 1 ? [...(arrows.get(folder) ?? [])].sort().join(', ') : '';
  const row = `${name.padEnd(26)}${String(size.files).padStart(5)} files${String(size.lines).padStart(7)} lines`;
  console.log(others === '' ? row : `${row}  -> ${others}`);
}

const circles = importCircles(files);
for (const circle of circles) console.error(`circle: ${circle.join(' -> ')}`);
if (circles.length > 0) process.exitCode = 1;
