/** A time of day, and when it comes next. */

/** Local time. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

export const DEFAULT_TIME: TimeOfDay = { hour: 2, minute: 30 };

/** '2:30' or '02:30'; undefined for anything else. */
export function timeOfDay(text: string): TimeOfDay | undefined {
  const [, hour = '', minute = ''] = /^([0-9]{1,2}):([0-9]{2})$/.exec(text) ?? [];
  const time = { hour: Number(hour), minute: Number(minute) };
  return hour !== '' && time.hour < 24 && time.minute < 60 ? time : undefined;
}

export function clockText({ hour, minute }: TimeOfDay): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** When a job of this time runs next. */
export function nextRun({ hour, minute }: TimeOfDay, now: Date): Date {
  const next = new Date(now);
  next.setHours(hour, minute, 0, 0);
  if (next <= now) next.setDate(next.getDate() + 1);
  return next;
}
