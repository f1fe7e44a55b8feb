/** The command by which an installed integ is started, when it is one that a package or an archive brought. */
import { existsSync } from 'node:fs';
import { OWN_PACKAGE } from '../../system/own-code.ts';

/** Where packages of distributions put the tree, and the command that starts it. */
export const SYSTEM_TREE = '/usr/lib/integ/';
export const SYSTEM_LAUNCHER = '/usr/bin/integ';
/** The command in a tree that was unpacked anywhere. */
export const ARCHIVE_LAUNCHER = 'integ';

/**
 * Absolute path; undefined in a checkout or an installation by npm. What is written down for later, say in a schedule,
 * names this, so that it outlives an upgrade that changes what the tree is made of.
 */
export function ownLauncher(): string | undefined {
  const inTree = OWN_PACKAGE + ARCHIVE_LAUNCHER;
  const launcher = OWN_PACKAGE === SYSTEM_TREE ? SYSTEM_LAUNCHER : inTree;
  return existsSync(launcher) ? launcher : undefined;
}
