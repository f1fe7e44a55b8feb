/** What must be collected of an object, worked out once for each rule from what the rule watches. */
import { type AttributeName, type DigestName, digestLength, isDigestName } from '../model/attributes.ts';
import { fieldBit, OPTIONAL_FIELDS } from '../model/record.ts';
import type { Watch } from '../model/rule.ts';

export interface Shape {
  /** In the order of their field bits, which is the order in a record. */
  readonly digests: readonly DigestName[];
  /** Total length of the digests in bytes, and their field bits. */
  readonly digestsLength: number;
  readonly digestBits: number;
  readonly btime: boolean;
  readonly atime: boolean;
  readonly acl: boolean;
  readonly xattrs: boolean;
  readonly selinux: boolean;
  readonly caps: boolean;
  /** One of the four above. */
  readonly extended: boolean;
  /** The file may grow while it is read: what it held when it was looked at is digested. */
  readonly growing: boolean;
}

export function shapeOf(watch: Watch): Shape {
  const watched = new Set<AttributeName>(watch.attributes);
  const wanted = new Set<AttributeName>(watch.digests);
  const digests = OPTIONAL_FIELDS.map(({ name }) => name).filter(
    (name): name is DigestName => isDigestName(name) && wanted.has(name),
  );
  const [acl, xattrs, selinux, caps] = [
    watched.has('acl'),
    watched.has('xattrs'),
    watched.has('selinux'),
    watched.has('caps'),
  ];
  return {
    digests,
    digestsLength: digests.reduce((sum, name) => sum + digestLength(name), 0),
    digestBits: digests.reduce((sum, name) => sum + fieldBit(name), 0),
    btime: watched.has('btime'),
    atime: watched.has('atime'),
    acl,
    xattrs,
    selinux,
    caps,
    extended: acl || xattrs || selinux || caps,
    growing: watch.growing || watch.appendOnly,
  };
}
