/** The progress line of a scan: what was done, how fast, and with a known total how much is left. */
import { formatBytes, formatCount, formatDuration } from '../report/quantities.ts';
import type { WalkCounters } from '../scan/walk.ts';
import { liveHost, milliseconds } from '../system/host.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds. */
const INTERVAL = 200;

/**
 * Reports the progress of a scan on the terminal; `total` is the number of objects of the baseline, where there is one.
 */
export function progressReporter(
  terminal: Terminal,
  total: number | undefined,
): ((counters: WalkCounters) => void) | undefined {
  if (!terminal.showsProgress) return undefined;
  const start = milliseconds(liveHost.now());
  let shown = 0;
  return ({ examined, bytes }) => {
    const now = milliseconds(liveHost.now());
    if (now - shown < INTERVAL) return;
    shown = now;
    const seconds = Math.max((now - start) / 1000, 0.001);
    const rate = `${formatCount(Math.round(examined / seconds))} objects/s, ${formatBytes(bytes / seconds)}/s`;
    terminal.progress(
      `${formatCount(examined)} objects, ${formatBytes(bytes)} read, ${rate}${left(examined, total, seconds)}`,
    );
  };
}

function left(examined: number, total: number | undefined, seconds: number): string {
  if (total === undefined || total === 0 || examined === 0) return '';
  const share = Math.min(1, examined / total);
  const remaining = seconds / share - seconds;
  return `, ${Math.floor(share * 100)} %, about ${formatDuration(remaining)} left`;
}
