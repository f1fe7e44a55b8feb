/**
 * THE table of attributes: everything integ can record of an object, each declared once. Watch arithmetic, the record
 * layout, comparison, labels, JSON, the SQL views and the documentation are derived from it. It knows no file system.
 */

export const OBJECT_TYPES = ['file', 'directory', 'symlink', 'fifo', 'socket', 'block', 'char'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/**
 * How the value is held in a record (see record.ts): `fixed` lies at the same place in every record, `optional` follows
 * when the record's field bits say so and has a known length, `variable` carries its own length.
 */
type Storage = 'fixed' | 'optional' | 'variable';

/** How the bytes of a value are to be read and printed. */
type ValueKind =
  | 'type'
  | 'mode'
  | 'unsigned'
  | 'time'
  | 'device'
  | 'flags'
  | 'digest'
  | 'target'
  | 'acl'
  | 'xattrs'
  | 'selinux'
  | 'capabilities';

/**
 * `strong`: nobody can make two contents with the same digest. `broken`: collisions can be made (RFC 6151 and RFC 6194
 * for MD5 and SHA-1; Wang et al. 2004 for HAVAL). `checksum`: anybody can make a content for a given one.
 */
type DigestStrength = 'strong' | 'broken' | 'checksum';

interface AttributeDefinition {
  readonly kind: ValueKind;
  readonly storage: Storage;
  /** Length of the value in bytes; absent for variable ones. */
  readonly length?: number;
  /**
   * Field bit in a record (record.ts); a variable one takes the next bit too, and a fixed one has none. Baselines hold
   * these numbers: a new attribute takes the next free one, and none is ever changed or given again.
   */
  readonly bit?: number;
  /** How much equal values of a digest prove. */
  readonly strength?: DigestStrength;
  readonly types: readonly ObjectType[];
  readonly templates: readonly TemplateName[];
  readonly description: string;
}

export const TEMPLATE_NAMES = [
  'read-only',
  'config',
  'dynamic',
  'growing',
  'append-only',
  'device',
  'existence',
  'all',
] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

const ANY: readonly ObjectType[] = OBJECT_TYPES;
const NOT_LINK: readonly ObjectType[] = OBJECT_TYPES.filter((type) => type !== 'symlink');
const FILE: readonly ObjectType[] = ['file'];

const EVERY: readonly TemplateName[] = TEMPLATE_NAMES;
const RIGHTS: readonly TemplateName[] = ['read-only', 'config', 'dynamic', 'growing', 'append-only', 'device', 'all'];
const CONTENT: readonly TemplateName[] = ['read-only', 'config', 'all'];
const STRICT: readonly TemplateName[] = ['read-only', 'all'];
const ALL: readonly TemplateName[] = ['all'];

interface DigestDefinition extends AttributeDefinition {
  readonly length: number;
  readonly strength: DigestStrength;
}

function digest(bit: number, length: number, strength: DigestStrength, description: string): DigestDefinition {
  return { kind: 'digest', storage: 'optional', bit, length, strength, types: FILE, templates: [], description };
}

const DIGESTS = {
  crc32: digest(4, 4, 'checksum', 'CRC-32 of IEEE 802.3, as gzip'),
  cksum: digest(5, 4, 'checksum', 'CRC of POSIX 1003.2, as cksum(1) and the CRC-32 of Tripwire'),
  md5: digest(6, 16, 'broken', 'MD5 (RFC 1321)'),
  sha1: digest(7, 20, 'broken', 'SHA-1 (FIPS 180-4)'),
  sha256: digest(8, 32, 'strong', 'SHA-256 (FIPS 180-4)'),
  sha384: digest(9, 48, 'strong', 'SHA-384 (FIPS 180-4)'),
  sha512: digest(10, 64, 'strong', 'SHA-512 (FIPS 180-4)'),
  'sha3-256': digest(11, 32, 'strong', 'SHA3-256 (FIPS 202)'),
  'sha3-512': digest(12, 64, 'strong', 'SHA3-512 (FIPS 202)'),
  blake2b512: digest(13, 64, 'strong', 'BLAKE2b with 512 bits (RFC 7693)'),
  haval: digest(14, 16, 'broken', 'HAVAL as in Tripwire: 128 bits, 3 passes'),
  xxh64: digest(15, 8, 'checksum', 'XXH64: finds corruption, is no protection against an attacker'),
};

const DEFINITIONS = {
  type: {
    kind: 'type',
    storage: 'fixed',
    length: 2,
    types: ANY,
    templates: EVERY,
    description: 'file, directory, symlink, fifo, socket, block or char',
  },
  mode: {
    kind: 'mode',
    storage: 'fixed',
    length: 2,
    types: ANY,
    templates: RIGHTS,
    description: 'permission bits with setuid, setgid and sticky, in octal',
  },
  uid: {
    kind: 'unsigned',
    storage: 'fixed',
    length: 4,
    types: ANY,
    templates: RIGHTS,
    description: 'numeric id of the owner',
  },
  gid: {
    kind: 'unsigned',
    storage: 'fixed',
    length: 4,
    types: ANY,
    templates: RIGHTS,
    description: 'numeric id of the group',
  },
  nlink: {
    kind: 'unsigned',
    storage: 'fixed',
    length: 4,
    types: ANY,
    templates: CONTENT,
    description: 'number of hard links',
  },
  size: {
    kind: 'unsigned',
    storage: 'fixed',
    length: 8,
    types: ANY,
    templates: CONTENT,
    description: 'size in bytes',
  },
  blocks: {
    kind: 'unsigned',
    storage: 'fixed',
    length: 8,
    types: ANY,
    templates: STRICT,
    description: 'allocated blocks of 512 bytes',
  },
  inode: {
    kind: 'unsigned',
    storage: 'fixed',
    length: 8,
    types: ANY,
    templates: STRICT,
    description: 'inode number',
  },
  dev: {
    kind: 'device',
    storage: 'fixed',
    length: 8,
    types: ANY,
    templates: ALL,
    description: 'device that holds the object, major:minor',
  },
  mtime: {
    kind: 'time',
    storage: 'fixed',
    length: 12,
    types: ANY,
    templates: CONTENT,
    description: 'time of the last change of content, in nanoseconds',
  },
  ctime: {
    kind: 'time',
    storage: 'fixed',
    length: 12,
    types: ANY,
    templates: STRICT,
    description: 'time of the last change of the inode, in nanoseconds',
  },
  flags: {
    kind: 'flags',
    storage: 'fixed',
    length: 4,
    types: ANY,
    templates: RIGHTS,
    description: 'file flags that statx(2) shows: immutable, append-only, nodump, compressed, encrypted, verity, dax',
  },
  rdev: {
    kind: 'device',
    storage: 'optional',
    bit: 1,
    length: 8,
    types: ['block', 'char'],
    templates: RIGHTS,
    description: 'device that a device node stands for, major:minor',
  },
  btime: {
    kind: 'time',
    storage: 'optional',
    bit: 2,
    length: 12,
    types: ANY,
    templates: ALL,
    description: 'time of creation (birth), in nanoseconds',
  },
  atime: {
    kind: 'time',
    storage: 'optional',
    bit: 3,
    length: 12,
    types: ANY,
    templates: ALL,
    description: 'time of the last access, in nanoseconds',
  },
  ...DIGESTS,
  target: {
    kind: 'target',
    storage: 'variable',
    bit: 16,
    types: ['symlink'],
    templates: CONTENT,
    description: 'what a symbolic link points to',
  },
  acl: {
    kind: 'acl',
    storage: 'variable',
    bit: 18,
    types: NOT_LINK,
    templates: RIGHTS,
    description: 'POSIX access and default ACL',
  },
  xattrs: {
    kind: 'xattrs',
    storage: 'variable',
    bit: 20,
    types: ANY,
    templates: CONTENT,
    description: 'extended attributes other than ACL, SELinux context and capabilities',
  },
  selinux: {
    kind: 'selinux',
    storage: 'variable',
    bit: 22,
    types: ANY,
    templates: RIGHTS,
    description: 'SELinux security context',
  },
  caps: {
    kind: 'capabilities',
    storage: 'variable',
    bit: 24,
    types: FILE,
    templates: RIGHTS,
    description: 'file capabilities',
  },
} as const satisfies Record<string, AttributeDefinition>;

export type AttributeName = keyof typeof DEFINITIONS;
export const ATTRIBUTES: Readonly<Record<AttributeName, AttributeDefinition>> = DEFINITIONS;

// Object.keys loses the key type; the object above is closed, so its keys are exactly the names, in table order.
export const ATTRIBUTE_NAMES: readonly AttributeName[] = Object.keys(DEFINITIONS) as AttributeName[];

export type DigestName = keyof typeof DIGESTS;

export const DIGEST_NAMES: readonly DigestName[] = ATTRIBUTE_NAMES.filter(isDigestName);
export const DEFAULT_DIGESTS: readonly DigestName[] = ['crc32', 'md5', 'sha256'];

export function isAttributeName(text: string): text is AttributeName {
  return Object.hasOwn(DEFINITIONS, text);
}

export function isDigestName(text: string): text is DigestName {
  return isAttributeName(text) && ATTRIBUTES[text].kind === 'digest';
}

/** Whether objects of a type can have the attribute at all; a watched attribute that does not apply is not missing. */
export function appliesTo(attribute: AttributeName, type: ObjectType): boolean {
  return ATTRIBUTES[attribute].types.includes(type);
}

/** Length of a digest in bytes. */
export function digestLength(name: DigestName): number {
  return DIGESTS[name].length;
}

/** Whether equal digests mean equal content, whoever made it. */
export function isStrong(name: DigestName): boolean {
  return DIGESTS[name].strength === 'strong';
}

/** Whether it was made against people, be it that collisions are known by now. */
export function isCryptographic(name: DigestName): boolean {
  return DIGESTS[name].strength !== 'checksum';
}

const STRENGTHS: readonly DigestStrength[] = ['strong', 'broken', 'checksum'];

/** The strongest first and among equals the longest; but before all SHA-256, which every reader can compute. */
export const DIGESTS_BY_STRENGTH: readonly DigestName[] = [...DIGEST_NAMES].sort(
  (left, right) => rank(left) - rank(right),
);

function rank(name: DigestName): number {
  const { strength, length } = DIGESTS[name];
  return name === 'sha256' ? -1000 : STRENGTHS.indexOf(strength) * 1000 - length;
}
