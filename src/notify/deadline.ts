/**
 * The time that one delivery may take, whatever the other side does: a server that answers now and then is cut off as
 * one that is silent.
 */

/** Milliseconds of a whole delivery: names, connecting, TLS, every answer. */
export const LONGEST_DELIVERY = 120_000;

function outOfTime(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}

/**
 * What an action gives, or an error ETIMEDOUT as soon as the time is up, also where the action itself cannot be ended,
 * as the look-up of a name. Whoever began it gives it up then.
 */
export async function within<Result>(signal: AbortSignal, action: Promise<Result>): Promise<Result> {
  let stop: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(outOfTime());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([action, late]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
    // What comes of it later is nobody's affair any more.
    action.catch(() => undefined);
  }
}

/** The same for one step of a delivery, which may take no longer than this even if the delivery may. */
export async function withPatience<Result>(
  signal: AbortSignal,
  milliseconds: number,
  action: Promise<Result>,
): Promise<Result> {
  const step = new AbortController();
  const timer = setTimeout(() => step.abort(), milliseconds);
  try {
    return await within(AbortSignal.any([signal, step.signal]), action);
  } finally {
    clearTimeout(timer);
  }
}
