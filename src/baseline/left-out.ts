/** Reads back what a history keeps of objects that a check left out: pairs of a path, one character a byte, and a count. */
import { pathFromLatin1 } from '../model/bytes.ts';
import { type LeftOut, MOST_TIMES } from '../model/left-out.ts';

/** What cannot be understood is left away: it would be examined anyway, only later. */
export function leftOutOf(text: string): readonly LeftOut[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.flatMap((pair: unknown) => leftOutOfPair(pair)) : [];
}

function leftOutOfPair(pair: unknown): readonly LeftOut[] {
  if (!Array.isArray(pair)) return [];
  const [path, times]: readonly unknown[] = pair;
  if (typeof path !== 'string' || !/^\/[\x01-\xff]*$/.test(path)) return [];
  if (typeof times !== 'number' || !Number.isSafeInteger(times) || times < 1) return [];
  return [{ path: pathFromLatin1(path), times: Math.min(times, MOST_TIMES) }];
}
