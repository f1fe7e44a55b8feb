import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** The formatter wraps code and leaves comments as they are. */
test('no comment is wider than what the formatter gives to code', () => {
  const { formatter }: { formatter: { lineWidth: number } } = JSON.parse(
    readFileSync(join(ROOT, 'biome.json'), 'utf8'),
  );
  const wide = ['src', 'test', '.ci/package'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|js)$/.test(name))
      .flatMap((name) =>
        readFileSync(join(ROOT, folder, name), 'utf8')
          .split('\n')
          .filter((line) => /^\s*(?:\/\*|\*|\/\/)/.test(line) && line.length > formatter.lineWidth)
          .map((line) => `${folder}/${name}: ${line}`),
      ),
  );
  expect(wide).toEqual([]);
});
