/** Which host a command is about: with --root the one whose system lies there, and not the one that looks at it. */
import { pathFromText } from '../model/bytes.ts';
import { rootHostName } from '../system/root-host-name.ts';
import type { Context } from './context.ts';

export interface ExaminedHost {
  /** Its printable name; that of the host that looks where the system in the root has none. */
  readonly host: string;
  /** The host that looked, where the examined system is not its own. */
  readonly by?: string;
}

export function examinedHost({ host: own, root }: Pick<Context, 'host' | 'root'>): ExaminedHost {
  const by = own.hostName();
  return root === '/' ? { host: by } : { host: rootHostName(pathFromText(root)) ?? by, by };
}

/**
 * Whether a baseline of this root was made of the host in it. Older versions of integ gave it the name of the host that
 * looked.
 */
export function isOfExaminedHost({ host, by }: ExaminedHost, recorded: string): boolean {
  return recorded === host || recorded === by;
}
