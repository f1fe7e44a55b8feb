/**
 * What carries lines of syslog to a log, and how sure it is of them, so that an interrupted delivery repeats as little
 * as can be known.
 */

export interface Carrier {
  /** Lines that go at once. */
  readonly batch: number;
  /** Of all lines handed to it, how many from the first one on were taken, as far as that can be known. */
  readonly taken: number;
  /** Throws a DeliveryError when a line was not taken. */
  send(lines: readonly string[]): Promise<void>;
  /** After the last line; throws a DeliveryError when it turns out that lines were not taken. */
  close(): Promise<void>;
  /** Gives everything back, whatever happened. */
  abandon(): void;
}
