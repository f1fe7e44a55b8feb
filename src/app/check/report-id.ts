/** Ids of reports: they sort by time and are unique. */
import { isoTime, liveHost } from '../../system/host.ts';

/** The time in seconds and eight random digits, such as 20260102T030405Z-1f2e3d4c. */
export function reportId(started: bigint): string {
  const time = isoTime(started).replace(/[-:]|\..*$/g, '');
  return `${time}Z-${liveHost.randomId().slice(0, 8)}`;
}
