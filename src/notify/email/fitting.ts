/** Sends a mail as large as its receiver takes it: where a server refuses one for its size, the next smaller one. */
import { DeliveryError, type Message } from '../channel.ts';

/** Throws the DeliveryError of the smallest, or the first that is about something else than the size. */
export async function sendFitting(message: Message, send: (fitting: Message) => Promise<void>): Promise<void> {
  const { smaller = [] } = message;
  // Some recipients may have it already: then the smaller one is for the others alone.
  let left = message;
  for (const [index, body] of [message.body, ...smaller].entries()) {
    try {
      await send({ ...left, body });
      return;
    } catch (error) {
      if (!(error instanceof DeliveryError && error.isTooLarge) || index === smaller.length) throw error;
      left = error.rest ?? left;
    }
  }
}
