/**
 * POSIX ACLs. The value of the attribute is two length-prefixed fields: the bytes of system.posix_acl_access and of
 * system.posix_acl_default (linux/posix_acl_xattr.h), or nothing at all when the object has neither. Whoever owns a
 * file may give it thousands of entries, so a long list is kept as its digest (docs/baseline-format.md, "Extended").
 */
import { createHash } from 'node:crypto';
import {
  DIGESTED_LENGTH,
  decodeFields,
  digestValue,
  encodeFields,
  invalidValue,
  joinShown,
  readDigested,
} from './fields.ts';

const NONE = new Uint8Array(0);
/** Five hundred entries; longer lists are kept as length and SHA-256. */
const LONGEST_LIST = 4096;
/** Before a digest in the place of a list, which would begin with its version. */
const DIGEST_MARK = Buffer.from('sha256\0', 'latin1');

function encodeList(list: Uint8Array): Uint8Array {
  if (list.length <= LONGEST_LIST) return list;
  return Buffer.concat([DIGEST_MARK, digestValue(list.length, createHash('sha256').update(list).digest())]);
}

/** Packs the two extended attributes as the kernel gave them. */
export function encodeAcl(access: Uint8Array = NONE, defaults: Uint8Array = NONE): Uint8Array {
  if (access.length === 0 && defaults.length === 0) return NONE;
  return encodeFields([encodeList(access), encodeList(defaults)]);
}

/** The value as it is recorded today; earlier versions kept everything whole. */
export function currentAcl(value: Uint8Array): Uint8Array {
  const parts = decodeFields(value);
  return parts === undefined ? value : encodeFields(parts.map(encodeList));
}

const VERSION = 2;
const HEADER_LENGTH = 4;
const ENTRY_LENGTH = 8;

// Tags of an entry (linux/posix_acl.h): its word in the text form of acl(5), and whether an id belongs to it.
const TAGS: ReadonlyMap<number, { readonly word: string; readonly named: boolean }> = new Map([
  [0x01, { word: 'user', named: false }],
  [0x02, { word: 'user', named: true }],
  [0x04, { word: 'group', named: false }],
  [0x08, { word: 'group', named: true }],
  [0x10, { word: 'mask', named: false }],
  [0x20, { word: 'other', named: false }],
]);

function rights(bits: number): string {
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
}

function digestIn(list: Uint8Array): ReturnType<typeof readDigested> {
  const isMarked =
    list.length === DIGEST_MARK.length + DIGESTED_LENGTH && DIGEST_MARK.equals(list.subarray(0, DIGEST_MARK.length));
  return isMarked ? readDigested(list.subarray(DIGEST_MARK.length)) : undefined;
}

function formatEntries(bytes: Uint8Array, prefix: string): string[] | undefined {
  if (bytes.length === 0) return [];
  const digested = digestIn(bytes);
  if (digested !== undefined) return [`${prefix}… (${digested.count} bytes, sha256 ${digested.sha256})`];
  if (bytes.length < HEADER_LENGTH || (bytes.length - HEADER_LENGTH) % ENTRY_LENGTH !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== VERSION) return undefined;
  const entries: string[] = [];
  for (let offset = HEADER_LENGTH; offset < bytes.length; offset += ENTRY_LENGTH) {
    const tag = TAGS.get(view.getUint16(offset, true));
    const bits = view.getUint16(offset + 2, true);
    if (tag === undefined || bits > 7) return undefined;
    const id = tag.named ? String(view.getUint32(offset + 4, true)) : '';
    entries.push(`${prefix}${tag.word}:${id}:${rights(bits)}`);
  }
  return entries;
}

/**
 * The short text form of acl(5) with numeric ids, default entries prefixed `default:`, cut and identified by length and
 * SHA-256 when it is too long; `none` without an ACL; `invalid: HEX` for anything else.
 */
export function formatAcl(value: Uint8Array): string {
  if (value.length === 0) return 'none';
  const current = currentAcl(value);
  const [access, defaults, ...more] = decodeFields(current) ?? [];
  if (access === undefined || defaults === undefined || more.length > 0) return invalidValue(value);
  const ofAccess = formatEntries(access, '');
  const ofDefaults = formatEntries(defaults, 'default:');
  if (ofAccess === undefined || ofDefaults === undefined) return invalidValue(value);
  return joinShown([...ofAccess, ...ofDefaults], ',', current) || invalidValue(value);
}
