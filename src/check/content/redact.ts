/**
 * Takes the secrets out of a text before it is kept or shown. What stands in their place is said in
 * redaction/placeholder.ts. Every pass takes time linear in the length of the text, whatever the text is, and
 * redacting twice changes nothing more.
 *
 * It knows secrets by their form, their place or their name. A secret that has none of these, such as a password in
 * prose or one that goes on in the next line, is not found: who keeps texts must still ask who may read the file. A line
 * of more than 1 MiB is redacted as a whole.
 */
import type { Path } from '../../model/bytes.ts';
import { type FormatName, formatOfPath } from './format-of-path.ts';
import { redactAssignments } from './redaction/assignments.ts';
import { redactKeyBlocks } from './redaction/key-blocks.ts';
import { redactPasswordHashes } from './redaction/password-hashes.ts';
import { contractPlaceholders, expandPlaceholders, REDACTED } from './redaction/placeholder.ts';
import { redactColumns } from './redaction/secret-columns.ts';
import { redactTokens } from './redaction/tokens.ts';

/** Formats whose own words sound like names of secrets: `passwd: files`, `NOPASSWD: ALL`, a user called token. */
const WITHOUT_ASSIGNMENTS: ReadonlySet<FormatName> = new Set([
  'passwd',
  'group',
  'shadow',
  'gshadow',
  'sudoers',
  'hosts',
]);
const MOST_ROUNDS = 8;
/** Characters. */
const LONGEST_LINE = 1024 * 1024;
const OWN_WORDS = /\/nsswitch\.conf$|\/pam\.d\/[^/]+$|\/pam\.conf$/;

function redactNamed(path: Path, text: string): string {
  const format = formatOfPath(path);
  if ((format !== undefined && WITHOUT_ASSIGNMENTS.has(format)) || OWN_WORDS.test(path)) return text;
  // The name of an alias is an address: mail to password-reset must stay visible.
  if (format === 'aliases') {
    return text.replace(/^([^\s:#|"][^:\n]*:)?(.*)$/gm, (_, name: string | undefined, rest: string) => {
      return (name ?? '') + redactAssignments(path, rest);
    });
  }
  return redactAssignments(path, text);
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
  const withoutHashes = redactPasswordHashes(redactColumns(path, redactKeyBlocks(text)));
  return redactTokens(redactNamed(path, withoutHashes));
}

/** Replaces what is secret in the bytes of a file, given and returned as one character a byte. */
export function redact(path: Path, text: string): string {
  // A replacement can move what a later look at the line takes for a column or a value. Texts that people write are
  // done after the first round; none that a generator of hostile ones made needed more than three.
  let before = '';
  let after = redactEndless(contractPlaceholders(text));
  for (let round = 0; round < MOST_ROUNDS && after !== before; round++) {
    before = after;
    after = redactOnce(path, before);
  }
  return expandPlaceholders(after);
}
