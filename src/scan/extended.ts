/** Reads what the kernel keeps of an object outside stat: link target, ACLs, capabilities, SELinux context, xattrs. */
import type { AttributeName, ObjectType } from '../model/attributes.ts';
import { appliesTo } from '../model/attributes.ts';
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import { encodeAcl } from '../model/values/acl.ts';
import { encodeXattrs } from '../model/values/xattrs.ts';
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
  const values = new Map<Path, Uint8Array>();
  for (const attribute of names) {
    if (!isWanted(attribute, wants)) continue;
    const value = kernel.readXattr(directory, name, attribute);
    if (value !== undefined) values.set(attribute, value);
  }
  return {
    acl: wants('acl') ? encodeAcl(values.get(ACL_ACCESS), values.get(ACL_DEFAULT)) : undefined,
    selinux: wants('selinux') ? withoutFinalNul(values.get(SELINUX) ?? EMPTY) : undefined,
    caps: wants('caps') ? (values.get(CAPABILITY) ?? EMPTY) : undefined,
    xattrs: wants('xattrs') ? encodePlain(values) : undefined,
  };
}

function encodePlain(values: ReadonlyMap<Path, Uint8Array>): Uint8Array {
  if (values.size === 0) return EMPTY;
  const pairs = [...values].map(([name, value]) => ({ name, value }));
  return encodeXattrs(pairs.filter((pair) => isPlain(pair.name)));
}

function isPlain(attribute: Path): boolean {
  return attribute !== ACL_ACCESS && attribute !== ACL_DEFAULT && attribute !== SELINUX && attribute !== CAPABILITY;
}

function isWanted(attribute: Path, wants: (name: ExtendedName) => boolean): boolean {
  if (attribute === ACL_ACCESS || attribute === ACL_DEFAULT) return wants('acl');
  if (attribute === SELINUX) return wants('selinux');
  if (attribute === CAPABILITY) return wants('caps');
  return wants('xattrs');
}

function withoutFinalNul(value: Uint8Array): Uint8Array {
  return value.at(-1) === 0 ? value.subarray(0, -1) : value;
}
