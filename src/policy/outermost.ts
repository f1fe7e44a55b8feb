/** Settings of the whole policy, of which one file decides. */
import type { PolicyDocument } from './document.ts';
import type { DocumentTree } from './includes.ts';
import type { PolicyFile } from './schema.ts';

/** That of the outermost file that names one, as its author decides. */
export function outermost<Value>(
  tree: DocumentTree,
  read: (file: PolicyFile, document: PolicyDocument) => Value | undefined,
): Value | undefined {
  const own = read(tree.document.content, tree.document);
  if (own !== undefined) return own;
  for (const included of tree.includes) {
    const value = outermost(included, read);
    if (value !== undefined) return value;
  }
  return undefined;
}
