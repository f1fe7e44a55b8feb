/** The one place where a file that integ is to believe is refused because others could have changed it. */
import { UserError } from '../model/errors.ts';
import { findUnsafePermissions } from '../system/safe-permissions.ts';
import type { Context, Log } from './context.ts';

/** A file is refused since others could have changed it. */
export class UnsafeFileError extends UserError {}

const said = new WeakMap<Log, Set<string>>();

/** A command looks at its files more than once. */
function warnOnce(log: Log, text: string): void {
  const before = said.get(log) ?? new Set();
  if (!before.has(text)) log.warn(text);
  said.set(log, before.add(text));
}

/**
 * Refuses a file that others than root and the caller may write, directly or through a directory on its path, or warns
 * where --allow-unsafe-permissions was given. `kind` is what the file is: baseline, policy. Throws a UserError
 * `permission` that names the commands that mend it.
 */
export function requireSafeFile(context: Context, file: string, kind: string): void {
  const found = findUnsafePermissions(file);
  if (found.length === 0) return;
  const problems = found.map(({ problem }) => problem).join(', ');
  const message = `${kind} can be changed by others: ${problems}`;
  if (context.allowsUnsafePermissions) {
    warnOnce(context.log, `${message} (allowed by --allow-unsafe-permissions)`);
    return;
  }
  const commands = found.map(({ mend }) => mend).join(' && ');
  throw new UnsafeFileError('permission', message, { hint: `${commands}; or give --allow-unsafe-permissions` });
}
