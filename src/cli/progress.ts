/** The progress line of a scan: what was done, how fast, and with a known total how much is left. */
import type { WalkCounters } from '../scan/walk.ts';
import type { Terminal } from './terminal.ts';

const INTERVAL = 200;

/** Reports the progress of a scan on the terminal; `total` is the number of objects of the baseline, where there is one. */
export function progressReporter(
  terminal: Terminal,
  total: number | undefined,
): ((counters: WalkCounters) => void) | undefined {
  if (!terminal.showsProgress) return undefined;
  const start = Date.now();
  let shown = 0;
  return ({ examined, bytes }) => {
    const now = Date.now();
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

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Bytes in decimal units with three digits: '1.23 GB'. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${Math.round(value)} bytes` : `${value.toPrecision(3)} ${UNITS[unit]}`;
}

/** Seconds as a person says them: '4.2 s', '3 min 20 s', '2 h 5 min'. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
