/** Rules that are not what their author must think: names that nobody has, and one name for two rules. */
import { type Path, printableText } from '../../model/bytes.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import type { Starts } from '../../policy/starts.ts';
import { Users } from '../../system/users.ts';

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** A sentence for each rule that is odd on the system below `root`. */
export function oddRuleLines(
  { policy, places }: Pick<LoadedPolicy, 'policy' | 'places'>,
  starts: Starts,
  exists: (path: Path) => boolean,
  root: Path,
): readonly string[] {
  const users = new Users(root);
  const lines: string[] = [];
  const first = new Map<string, string>();
  for (const { index, name, require } of policy.rules) {
    const place = places.rules[index] ?? '';
    const before = first.get(name);
    const shown = printableText(name);
    if (before !== undefined)
      lines.push(`Two rules have the name "${shown}": ${before} and ${place}: reports tell them apart by it`);
    first.set(name, before ?? place);
    if (require === undefined || !(starts.byRule.get(index) ?? []).some(exists)) continue;
    const { owner, group } = require;
    const isUser = (who: string): boolean => isNumber(who) || users.uidOf(who) !== undefined;
    const isGroup = (who: string): boolean => isNumber(who) || users.gidOf(who) !== undefined;
    for (const [what, names, isKnown] of [
      ['owner', owner, isUser],
      ['group', group, isGroup],
    ] as const) {
      const wanted = names === undefined ? [] : [names].flat();
      if (wanted.length === 0 || wanted.some(isKnown)) continue;
      lines.push(
        `Rule "${shown}" (${place}): nobody here has the ${what} it requires: ${wanted.map(printableText).join(', ')}`,
      );
    }
  }
  return lines;
}
