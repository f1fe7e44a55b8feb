/**
 * What `<directories>` of Wazuh and OSSEC checks, by its attributes, in their order. What is not named is checked, as
 * since Wazuh 4.
 * https://documentation.wazuh.com/current/user-manual/reference/ossec-conf/syscheck.html
 */
import { type AttributeName, isDigestName } from '../../../model/attributes.ts';
import { mistake, shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';
import { watchTerms } from '../watch-terms.ts';

const SUMS: readonly AttributeName[] = ['md5', 'sha1', 'sha256'];
const ALL: readonly AttributeName[] = [...SUMS, 'size', 'uid', 'gid', 'mode', 'mtime', 'inode'];

export const WAZUH_CHECKS: Readonly<Record<string, readonly AttributeName[]>> = {
  check_all: ALL,
  check_sum: SUMS,
  check_md5sum: ['md5'],
  check_sha1sum: ['sha1'],
  check_sha256sum: ['sha256'],
  check_size: ['size'],
  check_owner: ['uid'],
  check_group: ['gid'],
  check_perm: ['mode'],
  check_mtime: ['mtime'],
  check_inode: ['inode'],
  check_device: ['dev'],
};

/** Whether a value says yes. Throws a UserError for what is neither yes nor no. */
export function isYes(value: string, name: string, place: Place): boolean {
  if (value !== 'yes' && value !== 'no') throw mistake(place, `${name} is yes or no, not '${shown(value)}'`);
  return value === 'yes';
}

/** The terms of `watch`; undefined when nothing is checked. */
export function checkedBy(
  attributes: readonly (readonly [name: string, value: string])[],
  place: Place,
  notes: Notes,
): readonly string[] | undefined {
  const watched = new Set<AttributeName>(ALL);
  for (const [name, value] of attributes) {
    const checked = Object.hasOwn(WAZUH_CHECKS, name) ? WAZUH_CHECKS[name] : undefined;
    if (checked === undefined) continue;
    const isChecked = isYes(value, name, place);
    for (const attribute of checked) {
      if (isChecked) watched.add(attribute);
      else watched.delete(attribute);
    }
  }
  const isNamed = attributes.some(([name, value]) => Object.hasOwn(WAZUH_CHECKS, name) && value === 'yes');
  if (isNamed && !attributes.some(([name]) => name === 'check_all')) {
    notes.add('without check_all, Wazuh before 4 and OSSEC check what is named alone: here it is everything', place);
  }
  if (watched.size === 0) return undefined;
  // Of a link, what it leads to is its content.
  if ([...watched].some(isDigestName)) watched.add('target');
  return watchTerms(watched.add('type'));
}
