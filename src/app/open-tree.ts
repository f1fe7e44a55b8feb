/** The tree that is examined, for the main thread. */
import { Tree } from '../system/tree.ts';
import type { Context } from './context.ts';

/** Whoever opens it closes it. */
export function openTree({ root, portable }: Pick<Context, 'root' | 'portable'>): Tree {
  return new Tree({ root, isWorker: false, portable });
}
