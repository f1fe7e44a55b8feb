/** A directory on disk with names that break programs, made for a test and removed after it. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Path, pathBytes, pathFromLatin1, pathFromText } from '../../src/model/bytes.ts';

const ODD_NAMES: readonly Path[] = [
  ...[
    'plain',
    '.hidden',
    'a*b',
    'a?b',
    '[ab]',
    '{a,b}',
    '!(a)',
    '+(x)',
    '@',
    '"quoted"',
    "'single'",
    '$x^',
    '#',
    '(',
    '|',
  ],
  ...['new\nline', 'cr\rcr', 'back\\slash', '\\', ' space ', 'é', '€', '😀', 'x\u202ey', '-', '~', ';'],
].map(pathFromText);

const NOT_UTF8: readonly Path[] = ['bad\xff', '\xfe', '\xc3(', '\xed\xa0\x80', '\x85'].map(pathFromLatin1);

/** Calls the action with the directory and the paths of all objects in it, from the directory on. */
export async function withOddTree(action: (root: string, paths: readonly Path[]) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'integ-odd-'));
  const onDisk = (path: Path): Buffer => Buffer.concat([Buffer.from(root), pathBytes(path)]);
  const paths: Path[] = [];
  try {
    for (const [index, name] of [...ODD_NAMES, ...NOT_UTF8].entries()) {
      const directory = pathFromLatin1(`/${name}`);
      const file = pathFromLatin1(
        `${directory}/${[...ODD_NAMES, ...NOT_UTF8][(index + 7) % (ODD_NAMES.length + NOT_UTF8.length)]}`,
      );
      const deep = pathFromLatin1(`${directory}/d`);
      const leaf = pathFromLatin1(`${deep}/${name}`);
      mkdirSync(onDisk(directory));
      mkdirSync(onDisk(deep));
      writeFileSync(onDisk(file), '');
      writeFileSync(onDisk(leaf), '');
      paths.push(directory, file, deep, leaf);
    }
    const link = pathFromText('/link');
    symlinkSync('plain', onDisk(link));
    paths.push(link);
    await action(root, paths);
  } finally {
    rmSync(root, { recursive: true });
  }
}
