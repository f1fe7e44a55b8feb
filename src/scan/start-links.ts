/** Paths of rules that lead through symbolic links, such as /bin on a system with merged /usr. */

import { pathFromLatin1 } from '../model/bytes.ts';
import type { Policy, Rule, StartLink } from '../model/rule.ts';
import { resolveLinks } from '../system/resolve.ts';
import type { Tree } from '../system/tree.ts';

/** Looks at every path without glob characters. A link that leads nowhere is an object like any other. */
export function findStartLinks(policy: Policy, tree: Tree): StartLink[] {
  const found: StartLink[] = [];
  for (const rule of policy.rules) {
    for (const { literal } of rule.paths) {
      if (literal === undefined) continue;
      const path = pathFromLatin1(literal);
      const target = resolveLinks(tree, path);
      if (target !== undefined) found.push({ rule: rule.index, path, target });
    }
  }
  return found;
}

/**
 * The policy with the targets of its start links watched too: rules put before all others, so that any rule which
 * selects such an object by its real path governs it.
 */
export function withStartLinks(policy: Policy, links: readonly StartLink[]): Policy {
  const fallbacks = links.flatMap(({ rule: index, target }) => {
    const rule = policy.rules[index];
    return rule === undefined ? [] : [{ ...rule, paths: [literalPattern(target)], require: undefined }];
  });
  const rules: Rule[] = [...fallbacks, ...policy.rules].map((rule, index) => ({ ...rule, index }));
  return { ...policy, rules };
}

function literalPattern(path: string) {
  // Glob characters of the real name stand for themselves.
  return { text: path.replace(/[*?[\]{}\\,]/g, '\\$&'), literal: path };
}
