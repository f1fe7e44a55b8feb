/** What lies at a path of the examined tree. */
import type { ObjectType } from '../../model/attributes.ts';
import { baseName, type Path, parentPath, pathFromLatin1, ROOT } from '../../model/bytes.ts';
import { objectTypeOf } from '../../model/record.ts';
import { Stat } from '../../system/kernel.ts';
import type { Tree } from '../../system/tree.ts';

/** Undefined where nothing is there or can be seen. */
export function typeAt(tree: Tree, path: Path): ObjectType | undefined {
  const stat = new Stat();
  let descriptor = -1;
  try {
    const name = path === ROOT ? pathFromLatin1('') : baseName(path);
    descriptor = tree.openParent(parentPath(path), name);
    tree.kernel.stat(descriptor, name, stat);
    return objectTypeOf(stat.mode);
  } catch {
    return undefined;
  } finally {
    if (descriptor >= 0) tree.kernel.close(descriptor);
  }
}
