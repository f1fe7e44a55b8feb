/** Waiting for what another process does. Nothing that can be seen is waited for by a time. */

/** Waits until something holds that another process brings about. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
