/** Ids of reports: they sort by time and are unique. */
import { isoTime } from '../../system/host.ts';
import type { Context } from '../context.ts';

/** The time in seconds and eight random digits, such as 20260102T030405Z-1f2e3d4c. */
export function reportId({ host }: Pick<Context, 'host'>, started: bigint): string {
  const time = isoTime(started).replace(/[-:]|\..*$/g, '');
  return `${time}Z-${host.randomId().slice(0, 8)}`;
}
