/** Copies that tools keep beside a file, or in /var/backups: passwd-, shadow.bak, main.cf.dpkg-old. */
import { type Path, pathFromLatin1 } from './bytes.ts';

/** The end of a regular expression for a name that may be that of a copy. */
export const COPY = '(?:-|~|\\.bak|\\.old|\\.orig|\\.dpkg-\\w{1,8}|\\.rpm\\w{1,4}|\\.ucf-\\w{1,8})?$';
const MARK = new RegExp(COPY);

/** The name without what marks a copy: passwd for passwd-, shadow for shadow.bak. */
export function originalName(name: Path): Path {
  return pathFromLatin1(name.replace(MARK, ''));
}
