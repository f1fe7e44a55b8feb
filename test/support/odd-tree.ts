/** A directory on disk with names that break programs. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type Path, pathBytes, pathFromLatin1, pathFromText } from '../../src/model/bytes.ts';
import { scratchDirectory } from './scratch.ts';

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

export interface OddTree {
  readonly root: string;
  /** Of all objects in it, from the root on. */
  readonly paths: readonly Path[];
}

export function oddTree(): OddTree {
  const root = scratchDirectory();
  const onDisk = (path: Path): Buffer => Buffer.concat([Buffer.from(root), pathBytes(path)]);
  const paths: Path[] = [];
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
  return { root, paths };
}
