/** From the bytes of a file to the text that may be kept and shown of it. */
import type { Path } from '../../model/bytes.ts';
import { LONGEST_CONTENT } from '../../model/content.ts';
import { redact } from './redact.ts';

/**
 * The text with its secrets redacted, or undefined when it is none: it holds a NUL byte, or is longer than any text
 * that is kept. Lines end in a newline; whatever the encoding is, bytes stay as they are.
 */
export function redactedText(path: Path, bytes: Buffer): Buffer | undefined {
  if (bytes.includes(0)) return undefined;
  // One character a byte, so that what is not UTF-8 comes out as it went in.
  const text = Buffer.from(redact(path, bytes.toString('latin1')), 'latin1');
  return text.length > LONGEST_CONTENT ? undefined : text;
}
