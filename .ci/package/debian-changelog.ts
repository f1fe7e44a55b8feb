/** The changelog in Debian's form, which tools of Debian read: a pointer to the one that people read. */
import { DISTRIBUTION_VERSION, PACKAGE } from './checkout.ts';

/** Nobody's address: reports go where the source came from (SECURITY.md). */
export const MAINTAINER = 'integ maintainers <integ@integ.invalid>';

/** In the form of RFC 5322, as Debian wants it, whatever the time zone is. */
function mailDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
}

export function debianChangelog(seconds: number): string {
  return `integ (${DISTRIBUTION_VERSION}) unstable; urgency=medium

  * Release ${PACKAGE.version}. What is new: /usr/share/doc/integ/CHANGELOG.md

 -- ${MAINTAINER}  ${mailDate(seconds)}
`;
}
