/** Which mounts a scan by a policy comes by and does not enter. */
import { baseName, type Path, parentPath, ROOT } from '../../model/bytes.ts';
import type { Policy } from '../../model/rule.ts';
import { Selector } from '../../policy/select.ts';
import { type Mount, mountOf, readMounts } from '../../system/mounts.ts';

/** Mounts that lie where a rule selects and that no rule enters. */
export function mountsNotEntered(root: Path, policy: Policy): readonly Mount[] {
  const selector = new Selector(policy);
  const mounts = readMounts(root);
  return mounts
    .filter(({ path }) => path !== ROOT)
    .filter(({ path }) => {
      const outer = mountOf(
        mounts.filter((mount) => mount.path !== path),
        path,
      );
      const selection = selector.enter(parentPath(path), outer?.path ?? ROOT);
      return selection.descend(baseName(path), false) && !selection.descend(baseName(path), true);
    });
}
