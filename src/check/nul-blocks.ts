/**
 * Whether a file is damaged as crashes and full disks leave it: its length was kept and its bytes were not, so that it
 * begins with NUL bytes, or a text has whole blocks of them. Programs, images and records of fixed length hold NUL
 * bytes by their nature and are none of it. Reads nothing itself.
 */
import { baseName, type Path } from '../model/bytes.ts';

/** A run that is no accident of a format. */
const RUN = 16;
const BLOCK = 4096;
/** Read of every file; and of one that is text so far. */
const FIRST = 64 * 1024;
const MOST = 16 * 1024 * 1024;

/** Records by user number, of which most are empty (lastlog(8), faillog(5), pam_tally2(8)). */
const RECORDS = /^(?:lastlog|faillog|tallylog)(?:$|[.-])/;

/** What tells file systems, disks and swap space, which begin with NUL bytes. */
const IMAGES: readonly (readonly [offset: number, magic: string])[] = [
  [510, '\x55\xaa'],
  [512, 'EFI PART'],
  [512, 'LABELONE'],
  [1080, '\x53\xef'],
  [4086, 'SWAPSPACE2'],
  [4086, 'SWAP-SPACE'],
  [32769, 'CD001'],
];

const EMPTY_BLOCK = Buffer.alloc(BLOCK);

/** `first`: the first bytes of the file, as many as are asked for or as it has. */
export function hasNulBlocks(path: Path, first: (bytes: number) => Buffer): boolean {
  if (RECORDS.test(baseName(path))) return false;
  const start = first(FIRST);
  const run = leadingNuls(start);
  if (run > 0) return run >= Math.min(RUN, start.length) && !isImage(start);
  if (!isTextBut(start)) return false;
  return hasEmptyBlock(start.length < FIRST ? start : first(MOST));
}

function leadingNuls(bytes: Buffer): number {
  const end = bytes.findIndex((byte) => byte !== 0);
  return end < 0 ? bytes.length : end;
}

function isImage(bytes: Buffer): boolean {
  return IMAGES.some(([offset, magic]) => bytes.toString('latin1', offset, offset + magic.length) === magic);
}

/** Control characters that no text holds. ESC, form feed and backspace occur in some. */
const NO_TEXT = /[\x01-\x07\x0e-\x1a\x1c-\x1f\x7f]/;

/** Whether it is text where it is not NUL, and is NUL in long runs only. */
function isTextBut(bytes: Buffer): boolean {
  const text = bytes.toString('latin1').replace(/\0{16,}/g, '');
  // At the end a run may be cut short by what was read.
  return !/\0[^\0]/.test(text) && !NO_TEXT.test(text);
}

/** Blocks as the file system has them, from the start of the file. */
function hasEmptyBlock(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(EMPTY_BLOCK); at >= 0; at = bytes.indexOf(EMPTY_BLOCK, at + 1)) {
    const start = Math.ceil(at / BLOCK) * BLOCK;
    if (start + BLOCK > bytes.length) return false;
    if (bytes.subarray(start, start + BLOCK).equals(EMPTY_BLOCK)) return isTextBut(bytes);
    at = start;
  }
  return false;
}
