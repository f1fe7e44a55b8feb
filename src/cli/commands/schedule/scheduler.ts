/**
 * What the commands about the nightly check share: which scheduler is meant, who may change it, how its files are
 * shown.
 */
import type { ScheduleFile, Scheduler } from '../../../app/schedule/places.ts';
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';

/** Undefined where neither of the two options says it. */
export function chosenScheduler({ systemd, cron }: Partial<Record<Scheduler, boolean>>): Scheduler | undefined {
  return systemd === true ? 'systemd' : cron === true ? 'cron' : undefined;
}

/** Throws UserError permission. */
export function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new UserError('permission', 'only root can schedule a check of the system', {
    hint: 'run as root; a check of your own files goes into your own crontab: crontab -e',
  });
}

export function filesText(files: readonly ScheduleFile[]): string {
  return files.map(({ path, text }) => `--- ${printableText(path)}\n${text}`).join('\n');
}
