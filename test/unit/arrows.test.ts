import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { documentedArrows, importCircles, readFiles, roomArrows } from '../rooms/rooms.js';
import { sharedDirectory } from '../support/scratch.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BIOME = join(ROOT, 'node_modules/.bin/biome');
const folder = sharedDirectory();

function plant(path: string, code: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), code);
}

/** The planted files that a rule refuses, once for each complaint. */
function complaints(category: string): readonly string[] {
  for (const rules of ['biome.json', '.ci/lint']) cpSync(join(ROOT, rules), join(folder, rules), { recursive: true });
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  const { stdout } = spawnSync(BIOME, [...options, `--config-path=${folder}`, folder], { encoding: 'utf8' });
  const result: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  return result.diagnostics.filter((found) => found.category === category).map(({ location }) => location.path);
}

test('an import against the documented arrows fails the lint, and no other does', () => {
  const arrows = documentedArrows();
  const rooms = [...arrows.keys()];
  expect(rooms).toEqual([
    'model',
    'system',
    'digest',
    'policy',
    'scan',
    'wire',
    'baseline',
    'check',
    'report',
    'notify',
    'app',
    'cli',
  ]);
  for (const room of rooms) {
    for (const other of rooms.filter((name) => name !== room)) {
      plant(
        `src/${room}/${room}-${other}.ts`,
        `import { thing } from '../${other}/thing.ts';\n\nexport const planted = thing;\n`,
      );
    }
  }
  const refused = complaints('lint/style/noRestrictedImports').map((path) => basename(path, '.ts'));
  const wrong = rooms.flatMap((room) => {
    const may = arrows.get(room) ?? [];
    return rooms
      .filter((other) => other !== room && !may.includes('all') && !may.includes(other))
      .map((other) => `${room}-${other}`);
  });
  expect(refused.sort()).toEqual(wrong.sort());
});

const SYSTEM_ONLY: readonly (readonly [string, string])[] = [
  ['import', "import { spawn } from 'node:child_process';\n\nexport const planted = spawn;\n"],
  ['import-short', "import * as programs from 'child_process';\n\nexport const planted = programs;\n"],
  ['import-dynamic', "export const planted = await import('node:child_process');\n"],
  ['export', "export { spawn } from 'node:child_process';\n"],
  ['clock', 'export const planted = [Date.now()];\n'],
  ['clock-function', 'export const planted = Date.now;\n'],
  ['date', 'export const planted = new Date();\n'],
  ['host', "import { hostname } from 'node:os';\n\nexport const planted = hostname();\n"],
  ['host-of', "import * as os from 'node:os';\n\nexport const planted = os.hostname();\n"],
  ['bytes', "import { randomBytes } from 'node:crypto';\n\nexport const planted = randomBytes(8);\n"],
  ['uuid', 'export const planted = crypto.randomUUID();\n'],
];

test('only system starts programs, and reads the clock, the name of the host and random bytes', () => {
  const rooms = [...documentedArrows().keys()];
  for (const room of rooms) {
    plant(`src/${room}/given-time.ts`, 'export const planted = new Date(0);\n');
    for (const [name, code] of SYSTEM_ONLY) plant(`src/${room}/${room}+${name}.ts`, code);
  }
  const refused = new Set(complaints('plugin').map((path) => basename(path, '.ts')));
  const wrong = rooms
    .filter((room) => room !== 'system')
    .flatMap((room) => SYSTEM_ONLY.map(([name]) => `${room}+${name}`));
  expect([...refused].sort()).toEqual(wrong.sort());
});

test('the code keeps to the arrows, and nothing imports itself by way of others', () => {
  const files = readFiles();
  const documented = documentedArrows();
  for (const [room, others] of roomArrows(files)) {
    const may = documented.get(room) ?? [];
    if (!may.includes('all')) expect(may, room).toEqual(expect.arrayContaining([...others]));
  }
  expect(importCircles(files)).toEqual([]);
});

test('a module that looks for files of the package lies as deep as what it is bundled into', () => {
  const looking = [...readFiles().keys()].filter((file) =>
    readFileSync(join(ROOT, 'src', file), 'utf8').includes('import.meta.url'),
  );
  expect(looking).toContain('policy/builtin.ts');
  expect(looking.filter((file) => file.split('/').length !== 2)).toEqual([]);
});
