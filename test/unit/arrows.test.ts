import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDirectory } from '../support/scratch.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BIOME = join(ROOT, 'node_modules/.bin/biome');
const folder = sharedDirectory();

/** The rooms and what each may import, as docs/architecture.md has it. */
function documentedArrows(): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const rows = [...page.matchAll(/^\| \[src\/(\w+)\].*\| ([^|]+) \|$/gm)];
  return new Map(rows.map(([, room = '', may = '']) => [room, may.split(', ')]));
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
  copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  for (const room of rooms) {
    mkdirSync(join(folder, 'src', room), { recursive: true });
    for (const other of rooms.filter((name) => name !== room)) {
      const code = `import { thing } from '../${other}/thing.ts';\n\nexport const planted = thing;\n`;
      writeFileSync(join(folder, 'src', room, `${room}-${other}.ts`), code);
    }
  }
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  const { stdout } = spawnSync(BIOME, [...options, `--config-path=${folder}`, folder], { encoding: 'utf8' });
  const result: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  const refused = result.diagnostics
    .filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ location }) => basename(location.path, '.ts'));
  const wrong = rooms.flatMap((room) => {
    const may = arrows.get(room) ?? [];
    return rooms
      .filter((other) => other !== room && !may.includes('all') && !may.includes(other))
      .map((other) => `${room}-${other}`);
  });
  expect(refused.sort()).toEqual(wrong.sort());
});

test('the code keeps to the arrows', () => {
  execFileSync(BIOME, ['lint', '--only=style/noRestrictedImports', 'src'], { cwd: ROOT, stdio: 'pipe' });
});
