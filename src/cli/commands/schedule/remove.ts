/** `integ schedule remove`: ends the nightly check. */
import { removeSchedule, requireOwn } from '../../../app/schedule/change.ts';
import { filesInForce, findSchedule, requireInside, SCHEDULERS } from '../../../app/schedule/places.ts';
import { printableText } from '../../../model/bytes.ts';
import type { CommandContext } from '../../context.ts';
import type { ScheduleRemoveOptions } from './define.ts';
import { chosenScheduler, requireRoot } from './scheduler.ts';

export async function runScheduleRemove(context: CommandContext, options: ScheduleRemoveOptions): Promise<number> {
  requireRoot();
  const { root, terminal } = context;
  requireInside(root);
  const force = options.force === true;
  const only = chosenScheduler(options);
  const schedules = SCHEDULERS.filter((scheduler) => only === undefined || scheduler === only).map((scheduler) =>
    findSchedule(scheduler, root, options.name),
  );
  const isOurs = schedules.some((schedule) => filesInForce(schedule).length > 0);
  // Where there is nothing of ours, somebody means the file that is not ours.
  if (!isOurs) for (const schedule of schedules) requireOwn(schedule, force);
  let removed = 0;
  for (const schedule of schedules) {
    for (const problem of removeSchedule(schedule, root, force)) terminal.warn(problem);
    if (schedule.shipped.length > 0) {
      terminal.print('Disabled: the timer that the package brought\n');
      removed += 1;
    }
    for (const { path, found } of schedule.files) {
      if (found.kind === 'own' || (force && found.kind === 'foreign')) {
        terminal.print(`Removed: ${printableText(path)}\n`);
        removed += 1;
      } else if (found.kind === 'foreign') {
        terminal.warn(`${printableText(path)} stays: it was not written by integ, or was edited since`);
      }
    }
  }
  if (removed === 0) terminal.print('Nothing to do: no check is scheduled.\n');
  return 0;
}
