/** Runs a piece of a test as an ordinary user, which only root can. */
const NOBODY = 65534;

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
