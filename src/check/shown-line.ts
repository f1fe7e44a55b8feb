/**
 * The line that violates a requirement, for those who read the report: redacted as every text that is shown, and only
 * of a file that everybody may read, unless its rule keeps private texts too.
 */
import type { Path } from '../model/bytes.ts';
import { textStart } from '../model/excerpt.ts';
import { permissions, type RecordBytes } from '../model/record.ts';
import { isSecretFile } from '../model/secret-files.ts';
import { redact } from './content/redact.ts';
import { isFailure, type Surroundings } from './surroundings.ts';

interface JudgedLine {
  readonly path: Path;
  readonly record: RecordBytes;
  /** One character a byte, as the line. */
  readonly content: string;
  /** From 1. */
  readonly number: number;
  readonly showsPrivate: boolean;
}

/** Bytes of a file that is redacted for the sake of one line, and characters of a line that are shown. */
const LONGEST_TEXT = 1024 * 1024;
const LONGEST_LINE = 200;
const OTHERS_READ = 0o004;
const OTHERS_ENTER = 0o001;
const NOTHING = { digests: [], attributes: [] };

function isForEverybody({ path, record }: JudgedLine, { parents, examine }: Surroundings): boolean {
  if ((permissions(record) & OTHERS_READ) === 0) return false;
  return parents(path).every((directory) => {
    const above = examine(directory, NOTHING);
    return !isFailure(above) && (permissions(above) & OTHERS_ENTER) !== 0;
  });
}

/** As text on one line; undefined when it may not be shown, or nothing of it is left to be seen. */
export function shownLine(line: JudgedLine, surroundings: Surroundings): string | undefined {
  const { path, content, number, showsPrivate } = line;
  if (!surroundings.showsLines || isSecretFile(path) || content.length > LONGEST_TEXT) return undefined;
  if (!showsPrivate && !isForEverybody(line, surroundings)) return undefined;
  const redacted = redact(path, content).split('\n');
  // Where the redaction joined lines, a number does not name the same line.
  if (redacted.length !== content.split('\n').length) return undefined;
  const bytes = Buffer.from(redacted[number - 1] ?? '', 'latin1');
  const text = bytes.toString('utf8').replace(/\s+/g, ' ').trim();
  return text === '' ? undefined : textStart(text, LONGEST_LINE);
}
