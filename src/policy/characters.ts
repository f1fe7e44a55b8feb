/**
 * Bytes as characters, for the parts of a pattern that stand for one character. What is well-formed UTF-8 becomes its
 * code point; every other byte becomes U+DC00 plus the byte, a lone surrogate that no well-formed text can hold, so the
 * mapping loses nothing. It knows no patterns.
 */

const NOT_ASCII = /[^\x00-\x7f]/;

export function isAscii(bytes: string): boolean {
  return !NOT_ASCII.test(bytes);
}

function continuation(bytes: string, index: number): number {
  const byte = bytes.charCodeAt(index);
  return byte >= 0x80 && byte <= 0xbf ? byte & 0x3f : -1;
}

/**
 * Decodes a string with one character a byte. Well-formed is what RFC 3629 allows: no overlong forms, no surrogates.
 */
export function characters(bytes: string): readonly number[] {
  const points: number[] = [];
  for (let index = 0; index < bytes.length; ) {
    const first = bytes.charCodeAt(index);
    if (first < 0x80) {
      points.push(first);
      index += 1;
      continue;
    }
    const length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const point = length === 0 || first > 0xf4 ? -1 : sequence(bytes, index, first, length);
    points.push(point < 0 ? 0xdc00 + first : point);
    index += point < 0 ? 1 : length;
  }
  return points;
}

/** Code point of the sequence of `length` bytes at `index`, or -1 when it is not well-formed. */
function sequence(bytes: string, index: number, first: number, length: number): number {
  let point = first & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset += 1) {
    // Past the end charCodeAt gives NaN, which is no continuation either.
    const bits = continuation(bytes, index + offset);
    if (bits < 0) return -1;
    point = (point << 6) | bits;
  }
  if (length === 3 && (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))) return -1;
  if (length === 4 && (point < 0x10000 || point > 0x10ffff)) return -1;
  return point;
}
