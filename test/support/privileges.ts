/** Who runs the tests, and an ordinary user for a part of one, whom only root can become. */
export const NOBODY = 65534;

/** Before a command: starts it as an ordinary user. */
export const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'];

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** Only for a test that `isRoot` allows. */
export function asOrdinaryUser<Result>(run: () => Result): Result {
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
