/** Points of time as text: ISO 8601 in UTC with nanoseconds, and a form that can tell any 64-bit number of seconds. */
import type { Timestamp } from '../record.ts';

// The first and the last second of the years 0000 to 9999, which ISO 8601 writes with four digits.
const FIRST_SECOND = -62_167_219_200n;
const LAST_SECOND = 253_402_300_799n;
const NANOSECONDS_PER_SECOND = 1_000_000_000;

/**
 * '2026-01-02T03:04:05.678901234Z'; outside the years 0000 to 9999, or with more nanoseconds than a second has,
 * '@SECONDS.NANOSECONDS' with the seconds since 1970.
 */
export function formatTime({ seconds, nanoseconds }: Timestamp): string {
  const fraction = String(nanoseconds).padStart(9, '0');
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanoseconds >= NANOSECONDS_PER_SECOND) {
    return `@${seconds}.${fraction}`;
  }
  // Exact: milliseconds of these years are below 2^53.
  const date = new Date(Number(seconds) * 1000).toISOString();
  return `${date.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}.${fraction}Z`;
}
