/** Text as a part of an expression that stands for itself; one character a byte. */
import type { Path } from '../../model/bytes.ts';

/** The text with what means something in an expression escaped. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** Bytes as `\xHH`, whatever they are. */
export function hexEscaped(bytes: string): string {
  return bytes.replaceAll(/[\s\S]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The expression of `match` that stands for one path, whatever its bytes, in characters that any file takes. */
export function exactExpression(path: Path): string {
  return path.replaceAll(/[^A-Za-z0-9/_-]/g, hexEscaped);
}
