/**
 * The attributes of AIDE and what integ watches for each; the table in docs/import.md is this one. What they mean is
 * from aide.conf(5) of 0.16 to 0.19.
 */
import type { AttributeName } from '../../../model/attributes.ts';
import type { AideVersion } from './version.ts';

export interface AideAttribute {
  /** What integ watches instead. */
  readonly to?: AttributeName;
  /** Another digest would do as well. */
  readonly isDigest?: boolean;
  /** Name of a digest that integ does not have. */
  readonly missing?: string;
  /** What is lost, for the reader of the import. */
  readonly loss?: string;
}

const digest = (to: AttributeName): AideAttribute => ({ to, isDigest: true });
const lostDigest = (name: string): AideAttribute => ({ isDigest: true, missing: name });

export const AIDE_ATTRIBUTES = {
  ftype: { to: 'type' },
  p: { to: 'mode' },
  u: { to: 'uid' },
  g: { to: 'gid' },
  i: { to: 'inode' },
  n: { to: 'nlink' },
  l: { to: 'target' },
  s: { to: 'size' },
  S: {},
  b: { to: 'blocks' },
  m: { to: 'mtime' },
  c: { to: 'ctime' },
  a: { to: 'atime' },
  acl: { to: 'acl' },
  selinux: { to: 'selinux' },
  xattrs: { to: 'xattrs' },
  e2fsattrs: { to: 'flags' },
  caps: { to: 'caps' },
  md5: digest('md5'),
  sha1: digest('sha1'),
  sha256: digest('sha256'),
  sha512: digest('sha512'),
  sha3_256: digest('sha3-256'),
  sha3_512: digest('sha3-512'),
  crc32b: digest('crc32'),
  crc32: { ...digest('crc32'), loss: 'the crc32 of AIDE is that of Ethernet; the one of integ is its crc32b' },
  rmd160: lostDigest('RIPEMD-160'),
  gost: lostDigest('GOST R 34.11-94'),
  tiger: lostDigest('Tiger'),
  haval: lostDigest('HAVAL with 256 bits'),
  whirlpool: lostDigest('Whirlpool'),
  stribog256: lostDigest('Streebog'),
  stribog512: lostDigest('Streebog'),
  sha512_256: lostDigest('SHA-512/256'),
  blake3: lostDigest('BLAKE3'),
  fstype: { loss: 'fstype: integ does not record the type of the file system' },
  growing: {},
  compressed: { loss: 'compressed: a log that is compressed as it is rotated is reported' },
  I: { loss: 'I: a file that was renamed is reported, as moved' },
  ANF: { loss: 'ANF: a new file with a flag, such as setuid or executable, or a device is reported all the same' },
  ARF: {},
} as const satisfies Record<string, AideAttribute>;

export type AideAttributeName = keyof typeof AIDE_ATTRIBUTES;

export function isAideAttribute(name: string): name is AideAttributeName {
  return Object.hasOwn(AIDE_ATTRIBUTES, name);
}

/** One attribute of the table, with what only some of them have. */
export function aideAttribute(name: AideAttributeName): AideAttribute {
  return AIDE_ATTRIBUTES[name];
}

const EXTRAS = 'acl+selinux+xattrs+e2fsattrs+caps';
const LINK = `p+ftype+i+l+n+u+g+${EXTRAS}`;
const OLD_HASHES = 'md5+sha1+rmd160+tiger+crc32+haval+gost+crc32b+sha256+sha512+whirlpool';
const HASHES = 'sha256+sha512+sha512_256+sha3_256+sha3_512+stribog256+stribog512';

/** The groups that need no definition, as sums of attributes. */
export function defaultGroups(version: AideVersion): ReadonlyMap<string, string> {
  return new Map([
    ['R', `${LINK}+s+m+c+${version === '0.19' ? 'sha3_256' : 'md5'}`],
    ['L', LINK],
    ['>', version === '0.16' ? `${LINK}+S` : `${LINK}+s+growing`],
    ['H', version === '0.19' ? HASHES : OLD_HASHES],
    ['X', EXTRAS],
    ['E', ''],
  ]);
}
