/** File flags as stx_attributes of statx(2) shows them: names and bits (linux/stat.h, STATX_ATTR_*). */

const FLAG_BITS = {
  compressed: 0x4,
  immutable: 0x10,
  'append-only': 0x20,
  nodump: 0x40,
  encrypted: 0x800,
  verity: 0x100000,
  dax: 0x200000,
} as const;

export type FlagName = keyof typeof FLAG_BITS;

// Object.keys loses the key type; the object above is closed.
export const FLAG_NAMES: readonly FlagName[] = Object.keys(FLAG_BITS) as FlagName[];

/** The bits that a record keeps. The others tell of the mount or of this kernel, not of the file. */
export const FLAG_MASK: number = FLAG_NAMES.reduce((mask, name) => mask | FLAG_BITS[name], 0);

export function isFlagName(text: string): text is FlagName {
  return Object.hasOwn(FLAG_BITS, text);
}

export function flagBit(name: FlagName): number {
  return FLAG_BITS[name];
}

/** The names of the bits that are set, comma-separated, `none` for none; bits without a name in hexadecimal. */
export function formatFlags(bits: number): string {
  const words: string[] = FLAG_NAMES.filter((name) => (bits & FLAG_BITS[name]) !== 0);
  const unnamed = (bits & ~FLAG_MASK) >>> 0;
  if (unnamed !== 0) words.push(`0x${unnamed.toString(16)}`);
  return words.length === 0 ? 'none' : words.join(',');
}
