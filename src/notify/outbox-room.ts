/** How much an outbox holds, and what has to go so that one more message finds room. Removes nothing itself. */
import { UserError } from '../model/errors.ts';

const MOST_MESSAGES = 1000;
export const MOST_BYTES = 1024 * 1024 * 1024;

/**
 * The files that have to go, the oldest of what was refused for good. `sizes` are those of all messages; `refused` is
 * asked only where there is no room. Throws a UserError when even then there is none.
 */
export function roomFor(
  added: number,
  sizes: ReadonlyMap<string, number>,
  refused: () => readonly string[],
  outbox: string,
): readonly string[] {
  const gone: string[] = [];
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, added);
  const isFull = (): boolean => sizes.size - gone.length >= MOST_MESSAGES || bytes > MOST_BYTES;
  if (!isFull()) return [];
  for (const file of refused()) {
    gone.push(file);
    bytes -= sizes.get(file) ?? 0;
    if (!isFull()) return gone;
  }
  throw new UserError('cannotCreate', `outbox ${outbox} is full: ${sizes.size} messages wait`, {
    hint: 'mend what keeps them from being delivered, or remove them; integ notify queue lists them',
  });
}
