import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathFromText } from '../../../src/model/bytes.ts';
import { followLinks } from '../../../src/system/resolve.ts';
import { Tree } from '../../../src/system/tree.ts';
import { scratchDirectory } from '../../support/scratch.ts';

function follow(directory: string, path: string) {
  const tree = new Tree({ root: directory, isWorker: false, portable: false });
  try {
    return followLinks(tree, pathFromText(path));
  } finally {
    tree.close();
  }
}

test('links are followed within the root, whatever they lead to is called', () => {
  const directory = scratchDirectory();
  for (const name of ['nothing', 'no link']) {
    mkdirSync(join(directory, name, 'below'), { recursive: true });
    symlinkSync(name, join(directory, `to ${name}`));
    expect(follow(directory, `/to ${name}/below`)).toEqual({ links: [`/to ${name}`], target: `/${name}/below` });
  }
  symlinkSync('/nothing/../../..//no link/.', join(directory, 'absolute'));
  symlinkSync('absolute/below', join(directory, 'twice'));
  expect(follow(directory, '/twice')).toEqual({ links: ['/twice', '/absolute'], target: '/no link/below' });
  expect(follow(directory, '/nothing/below')).toBeUndefined();
});

test('links that lead nowhere, or round and round, lead nowhere', () => {
  const directory = scratchDirectory();
  symlinkSync('absent', join(directory, 'dangling'));
  symlinkSync('round', join(directory, 'round'));
  expect(follow(directory, '/dangling')).toBeUndefined();
  expect(follow(directory, '/round')).toBeUndefined();
});
