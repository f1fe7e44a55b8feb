/**
 * Follows names and the symbolic links among them as the kernel would (path_resolution(7)), without ever leaving the
 * root of the examined system. What stands at a path it only asks; it looks at nothing itself.
 */
import { joinPath, type Path, parentPath, pathFromLatin1, ROOT } from '../model/bytes.ts';

/** As many as the kernel follows in one path. */
const MOST_LINKS = 40;

/** What stands at a path. */
export type MaybeLink = { readonly link: Path } | 'no link' | 'nothing';

type Followed = { readonly path: Path } | { readonly code: 'ENOENT' | 'ELOOP' };

/**
 * Where a way leads that begins in `from`, a directory without links on the way to it. An absolute link counts from the
 * root of the examined system; dots above the root stay there.
 */
export function follow(from: Path, way: Path, linkAt: (path: Path) => MaybeLink): Followed {
  let path = from;
  let links = 0;
  const ahead = namesOf(way).reverse();
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '..') {
      path = parentPath(path);
      continue;
    }
    const next = joinPath(path, name);
    const found = linkAt(next);
    if (found === 'nothing') return { code: 'ENOENT' };
    if (found === 'no link') {
      path = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return { code: 'ELOOP' };
    if (found.link.startsWith('/')) path = ROOT;
    ahead.push(...namesOf(found.link).reverse());
  }
  return { path };
}

function namesOf(path: Path): Path[] {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map((name) => pathFromLatin1(name));
}
