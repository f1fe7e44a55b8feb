/**
 * What stands in the place of a secret. A secret that was drawn at random (a key, a salted hash) leaves 8 hex digits of
 * its SHA-256: enough to see that it changed, useless to find it. One that a person may have chosen, or a hash without
 * a good salt, leaves none, since whoever reads a report could try a word list against even a few digits.
 *
 * While a text is redacted a placeholder is a few characters that are no bytes (private use, U+E000 and U+E100 to
 * U+E1FF). So no pass can take one for a part of something else or cut it in two, and doing all again changes nothing.
 */
import { createHash } from 'node:crypto';

/** A secret that leaves no digits. */
export const REDACTED = '\ue000';
const DIGIT_PAIRS = 4;
const PAIR = 0xe100;
const INTERNAL = /\ue000([\ue100-\ue1ff]{4})?/g;
const WHOLE = /^\ue000(?:[\ue100-\ue1ff]{4})?$/;

export function isPlaceholder(text: string): boolean {
  return WHOLE.test(text);
}

/** For secrets that no person chose, with at least some 60 random bits. The secret is one character a byte. */
export function taggedPlaceholder(secret: string): string {
  return REDACTED + pairs(createHash('sha256').update(secret, 'latin1').digest().subarray(0, DIGIT_PAIRS));
}

function pairs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(PAIR + byte)).join('');
}

/** Placeholders that a text has already become what they are while it is redacted. */
export function contractPlaceholders(text: string): string {
  return text.replace(/<redacted(?: ([0-9a-f]{8}))?>/g, (_, digits: string | undefined) => {
    return REDACTED + pairs(Buffer.from(digits ?? '', 'hex'));
  });
}

/** Placeholders as a reader sees them: `<redacted>`, `<redacted 01234567>`. */
export function expandPlaceholders(text: string): string {
  return text.replace(INTERNAL, (_, tag: string | undefined) => {
    if (tag === undefined) return '<redacted>';
    const digits = Array.from(tag, (pair) => (pair.charCodeAt(0) - PAIR).toString(16).padStart(2, '0'));
    return `<redacted ${digits.join('')}>`;
  });
}
