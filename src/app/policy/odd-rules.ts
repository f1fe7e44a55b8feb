/** Rules that are not what their author must think: names that nobody has, and one name for two rules. */
import type { ObjectType } from '../../model/attributes.ts';
import { type Path, printable, printableText } from '../../model/bytes.ts';
import { andMore } from '../../model/excerpt.ts';
import type { LoadedPolicy } from '../../policy/load.ts';
import type { Starts } from '../../policy/starts.ts';
import { Users } from '../../system/users.ts';

const LISTED = 5;

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** A sentence for each rule that is odd on the system below `root`. */
export function oddRuleLines(
  { policy, places }: Pick<LoadedPolicy, 'policy' | 'places'>,
  starts: Starts,
  typeOf: (path: Path) => ObjectType | undefined,
  root: Path,
): readonly string[] {
  const users = new Users(root);
  const lines: string[] = [];
  const first = new Map<string, string>();
  const exists = (path: Path): boolean => typeOf(path) !== undefined;
  for (const { index, name, require, requireFollows } of policy.rules) {
    const place = places.rules[index] ?? '';
    const before = first.get(name);
    const shown = printableText(name);
    if (before !== undefined)
      lines.push(`Two rules have the name "${shown}": ${before} and ${place}: reports tell them apart by it`);
    first.set(name, before ?? place);
    const objects = starts.byRule.get(index) ?? [];
    if (require === undefined || !objects.some(exists)) continue;
    const links = objects.filter((path) => typeOf(path) === 'symlink');
    if (links.length > 0 && requireFollows !== true && require.type !== 'symlink') {
      lines.push(
        `Rule "${shown}" (${place}): is a symbolic link, which require judges, not what it leads to: ` +
          `${andMore(links.map(printable), LISTED).join(', ')}: write follow: true in require`,
      );
    }
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
