/** The tree that is examined, for the main thread. */
import type { Policy, StartLink } from '../model/rule.ts';
import type { MountScout } from '../scan/mount-scout.ts';
import { findStartLinks } from '../scan/start-links.ts';
import { Tree } from '../system/tree.ts';
import type { Context } from './context.ts';

type Place = Pick<Context, 'root' | 'portable'>;

/** Whoever opens it closes it. `scout`: who has asked which mounts answer. */
export function openTree({ root, portable }: Place, scout?: MountScout): Tree {
  return new Tree({ root, isWorker: false, portable, ...(scout === undefined ? {} : { avoided: scout.avoided }) });
}

/** Where the paths of a policy lead through symbolic links, looked at only in mounts that answer. */
export function startLinksNow(scout: MountScout, policy: Policy, tree: Tree): Promise<StartLink[]> {
  return scout.around(() => findStartLinks(policy, tree));
}
