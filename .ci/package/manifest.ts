/** The list of digests by which an installed integ is compared with what was packed: sha256sum -c reads it too. */
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { MANIFEST } from '../../src/app/installation/files.ts';
import type { Stage } from './stage.ts';

/**
 * Of all that is staged so far but configuration, which is for others to change, and documentation, which hosts may be
 * told to leave out; names are relative to the tree.
 */
export function stageManifest(stage: Stage, tree: string): void {
  const listed = stage.files().filter((path) => !/^(?:etc|usr\/share\/doc)\//.test(path));
  const lines = listed.map((path) => {
    const digest = createHash('sha256').update(stage.read(path)).digest('hex');
    return `${digest}  ${relative(tree, path)}\n`;
  });
  stage.text(join(tree, MANIFEST), lines.join(''));
}
