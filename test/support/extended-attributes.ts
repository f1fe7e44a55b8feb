/** Extended attributes on a file system in memory, where a file may have many and large ones. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool, works } from './programs.ts';
import { scratchDirectory } from './scratch.ts';

export const MEMORY = '/dev/shm';

/** tmpfs keeps extended attributes of users since Linux 6.6. */
export const HAS_ATTRIBUTES = works(
  'sh',
  '-c',
  `f=$(mktemp -p ${MEMORY}) && setfattr -n user.x -v y "$f"; code=$?; rm -f "$f"; exit $code`,
);

export interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** Sets attributes on a file, many at once, from a dump as getfattr(1) writes it. */
export function setAttributes(path: string, list: readonly Attribute[]): void {
  const dump = join(scratchDirectory(), 'attributes.dump');
  writeFileSync(dump, [`# file: ${path}`, ...list.map(({ name, value }) => `${name}="${value}"`), ''].join('\n'));
  tool('setfattr', `--restore=${dump}`);
}
