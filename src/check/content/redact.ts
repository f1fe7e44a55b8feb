/**
 * Takes the secrets out of a text before it is kept or shown. What stands in their place is said in
 * redaction/placeholder.ts. Every pass takes time linear in the length of the text, whatever the text is, and
 * redacting twice changes nothing more.
 *
 * It knows secrets by their form, their place or their name. A secret that has none of these, such as a password in
 * prose, is not found: who keeps texts must still ask who may read the file, and secret-files.ts. A line of more than
 * 64 KiB is redacted as a whole.
 */
import type { Path } from '../../model/bytes.ts';
import { formatOfPath } from './format-of-path.ts';
import { redactTokens } from './redaction/access-tokens.ts';
import { enterAlphabet, leaveAlphabet } from './redaction/alphabet.ts';
import { redactBlobs } from './redaction/blobs.ts';
import { redactCommandLines } from './redaction/command-lines.ts';
import { redactContainers, redactInline } from './redaction/containers.ts';
import { redactDirectives } from './redaction/directives.ts';
import { redactAssignments } from './redaction/following-lines.ts';
import { redactKeyBlocks } from './redaction/key-blocks.ts';
import { redactMarkup } from './redaction/markup.ts';
import { redactPasswordHashes } from './redaction/password-hashes.ts';
import { contractPlaceholders, expandPlaceholders, REDACTED } from './redaction/placeholder.ts';
import { type Reading, readingOf } from './redaction/reading.ts';
import { redactColumns } from './redaction/secret-columns.ts';

const MOST_ROUNDS = 8;
/** Characters. */
const LONGEST_LINE = 64 * 1024;

function redactNamed(path: Path, text: string, reading: Reading): string {
  // The name of an alias is an address: mail to password-reset must stay visible.
  if (formatOfPath(path) === 'aliases') {
    return text.replace(/^([^\s:#|"][^:\n]*:)?(.*)$/gm, (_, name: string | undefined, rest: string) => {
      return (name ?? '') + redactAssignments(rest, reading);
    });
  }
  if (reading.operators === 'equals') return redactAssignments(text, reading);
  const directives = redactDirectives(text);
  const containers = reading.below === 'never' ? directives : redactInline(redactContainers(directives));
  return redactAssignments(redactMarkup(containers, reading.below), reading);
}

/** A line that no person wrote is not looked through: patterns have only so much memory. */
function redactEndless(text: string): string {
  if (text.length <= LONGEST_LINE) return text;
  return text
    .split('\n')
    .map((line) => (line.length > LONGEST_LINE ? REDACTED : line))
    .join('\n');
}

function redactOnce(path: Path, text: string): string {
  const reading = readingOf(path, text);
  const joined = enterAlphabet(contractPlaceholders(text), reading.joins);
  const withoutHashes = redactPasswordHashes(redactColumns(path, redactKeyBlocks(joined)));
  const withoutNamed = redactNamed(path, withoutHashes, reading);
  return expandPlaceholders(leaveAlphabet(redactBlobs(redactCommandLines(redactTokens(withoutNamed)))));
}

/** Replaces what is secret in the bytes of a file, given and returned as one character a byte. */
export function redact(path: Path, text: string): string {
  // A replacement can move what a later look at the line takes for a column or a value. Texts that people write are
  // done after the first round; none that a generator of hostile ones made needed more than three.
  let before = '';
  let after = redactEndless(text);
  for (let round = 0; round < MOST_ROUNDS && after !== before; round++) {
    before = after;
    after = redactOnce(path, before);
  }
  return after;
}
