/**
 * Files that integ writes into the directories of other programs. Each begins with a mark and the digest of the rest,
 * so that one which somebody else wrote, or edited since, is told apart and left alone.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { printableText } from '../../model/bytes.ts';
import { errorCode, SystemError, UserError } from '../../model/errors.ts';
import { readingProblem, readSmallFile } from '../../system/small-file.ts';

const LONGEST_FILE = 1024 * 1024;
const MARK = '# Written by integ schedule install, taken away by integ schedule remove. Edit it and it is yours:\n';
const DIGEST = /^# then integ leaves it alone\. sha256 ([0-9a-f]{64})\n/;

function digestOf(body: string): string {
  return createHash('sha256').update(body, 'utf8').digest('hex');
}

/** `body`: what the program that the file is for reads. */
export function markedFile(body: string): string {
  return `${MARK}# then integ leaves it alone. sha256 ${digestOf(body)}\n${body}`;
}

function isMarked(text: string): boolean {
  if (!text.startsWith(MARK)) return false;
  const rest = text.slice(MARK.length);
  const [line = '', digest] = DIGEST.exec(rest) ?? [];
  return digest === digestOf(rest.slice(line.length));
}

export type FoundFile =
  | { readonly kind: 'absent' }
  /** As integ wrote it. */
  | { readonly kind: 'own'; readonly text: string }
  /** Somebody else's, or edited; `text` where it is a file of the size of ours. */
  | { readonly kind: 'foreign'; readonly text?: string };

/** Throws UserError io or permission when it is there and cannot be read. */
export function findMarked(file: string): FoundFile {
  try {
    const text = readSmallFile(file, LONGEST_FILE, constants.O_NOFOLLOW).toString('utf8');
    return isMarked(text) ? { kind: 'own', text } : { kind: 'foreign', text };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    // Something else than a file, or one that is larger than any of ours.
    if (error instanceof SystemError) return { kind: 'foreign' };
    const { kind, reason } = readingProblem(error);
    throw new UserError(kind, `cannot read ${printableText(file)}: ${reason}`, { hint: 'run as root', cause: error });
  }
}
