/** Reads what the kernel keeps of an object outside stat: link target, ACLs, capabilities, SELinux context, xattrs. */
import type { AttributeName, ObjectType } from '../model/attributes.ts';
import { appliesTo } from '../model/attributes.ts';
import { comparePaths, type Path, pathFromLatin1, printable } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { encodeAcl } from '../model/values/acl.ts';
import { type ExtendedAttribute, packXattrs } from '../model/values/xattrs.ts';
import type { Kernel } from '../system/kernel.ts';
import type { Shape } from './shape.ts';

/** Values as a record holds them: undefined was not read, empty is known to be empty. */
export interface Extended {
  readonly target?: Uint8Array | undefined;
  readonly acl?: Uint8Array | undefined;
  readonly xattrs?: Uint8Array | undefined;
  readonly selinux?: Uint8Array | undefined;
  readonly caps?: Uint8Array | undefined;
}

const EMPTY = new Uint8Array(0);
/** The longest SELinux context or set of capabilities that is recorded; real ones have a tenth of it. */
const LONGEST_LABEL = 4096;
const ACL_ACCESS = pathFromLatin1('system.posix_acl_access');
const ACL_DEFAULT = pathFromLatin1('system.posix_acl_default');
const SELINUX = pathFromLatin1('security.selinux');
const CAPABILITY = pathFromLatin1('security.capability');

type ExtendedName = 'acl' | 'xattrs' | 'selinux' | 'caps';
const EXTENDED_NAMES: readonly ExtendedName[] = ['acl', 'xattrs', 'selinux', 'caps'];

/** The extended attributes that the shape asks for and that an object of this type can have. */
export function wantedExtended(shape: Shape, type: ObjectType): readonly AttributeName[] {
  return EXTENDED_NAMES.filter((name) => shape[name] && appliesTo(name, type));
}

/**
 * Reads the extended attributes of an object. Returns undefined when the file system has none at all; throws
 * SystemError when they are there and cannot be read.
 */
export function readExtended(
  kernel: Kernel,
  directory: number,
  name: Path,
  type: ObjectType,
  shape: Shape,
): Extended | undefined {
  const names = kernel.listXattrs(directory, name);
  if (names === undefined) return undefined;
  const wants = (attribute: ExtendedName): boolean => shape[attribute] && appliesTo(attribute, type);
  const has = new Set(names);
  const read = (attribute: Path): Uint8Array | undefined =>
    has.has(attribute) ? kernel.readXattr(directory, name, attribute) : undefined;
  const short = (attribute: Path): Uint8Array => {
    const value = read(attribute) ?? EMPTY;
    if (value.length <= LONGEST_LABEL) return value;
    const detail = `its ${printable(attribute)} has ${value.length} bytes and cannot be recorded: such values are shorter`;
    throw new SystemError('getxattr', 'LIMIT', detail);
  };
  return {
    acl: wants('acl') ? encodeAcl(read(ACL_ACCESS), read(ACL_DEFAULT)) : undefined,
    selinux: wants('selinux') ? withoutFinalNul(short(SELINUX)) : undefined,
    caps: wants('caps') ? short(CAPABILITY) : undefined,
    xattrs: wants('xattrs') ? packXattrs(plainXattrs(names, read)) : undefined,
  };
}

/** One after the other, since together the values of a file may have hundreds of megabytes. */
function* plainXattrs(
  names: readonly Path[],
  read: (attribute: Path) => Uint8Array | undefined,
): Generator<ExtendedAttribute, void, undefined> {
  for (const name of names.filter(isPlain).sort(comparePaths)) {
    const value = read(name);
    if (value !== undefined) yield { name, value };
  }
}

function isPlain(attribute: Path): boolean {
  return attribute !== ACL_ACCESS && attribute !== ACL_DEFAULT && attribute !== SELINUX && attribute !== CAPABILITY;
}

function withoutFinalNul(value: Uint8Array): Uint8Array {
  return value.at(-1) === 0 ? value.subarray(0, -1) : value;
}
