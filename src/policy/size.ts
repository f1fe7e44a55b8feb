/** Sizes as policies have them; the schema has let nothing else through. */

/** 65536, '65536', '64K' or '1M' in bytes: K and M are powers of 1024. */
export function bytesOf(size: number | string): number {
  const unit = typeof size === 'string' ? { K: 1024, M: 1024 * 1024 }[size.slice(-1)] : undefined;
  return Number.parseInt(String(size), 10) * (unit ?? 1);
}
