/**
 * How much the answer and the request of a scan of another host may hold. Both sides keep to it: who sends tells what
 * it had to leave out, and who receives takes nothing beyond, since the sender may be hostile.
 */
import { type Path, ROOT } from '../model/bytes.ts';

/** Characters of a line: the longest path, escaped and in base64, with the longest record. */
export const LONGEST_LINE = 1 << 24;
/** Bytes of a path: far more than PATH_MAX, for a tree of 5,000 directories with the longest names is one. */
const LONGEST_PATH = 1 << 21;
/** Directories of a path. */
const DEEPEST_PATH = 1 << 16;
/** Bytes of one name in a path: sixteen times NAME_MAX, as no system call takes more. */
const LONGEST_NAME = 4096;
/** Bytes of a record: what is long in it are extended attributes. */
export const LONGEST_RECORD = 1 << 22;
/** Characters of messages, values and other texts for people. */
export const LONGEST_TEXT = 4096;
/** Characters of what is mounted: file systems that lie over each other list all of them in the options. */
export const LONGEST_MOUNT_TEXT = 1 << 16;
/** Mounts, and attributes that cannot be had: as many as Linux allows mounts (fs.mount-max). */
export const MOST_LISTED = 100_000;
/** Bytes of an answer beside those of each recorded object. */
const BYTES_OF_ANSWER = 2 ** 32;
const BYTES_OF_OBJECT = 1 << 16;
/** Bytes of a request: mostly the logs whose first bytes are asked for, a few hundred bytes each. */
export const LONGEST_REQUEST = 1 << 26;
/** Values in the JSON of a line, most of them in a list of mounts, and of a request. */
export const MOST_VALUES_OF_LINE = 1_000_000;
export const MOST_VALUES_OF_REQUEST = 4_000_000;

/** Bytes of a whole answer to a check of a baseline with so many objects. */
export function longestAnswer(recorded: number): number {
  return BYTES_OF_ANSWER + recorded * BYTES_OF_OBJECT;
}

const CUT = '…';

/** A text for people, cut where it is too long for an answer. */
export function bounded(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - CUT.length)}${CUT}`;
}

/** The path, or where it is too long for an answer, the deepest directory above that is not. */
export function tellable(path: Path): Path {
  let depth = 0;
  for (let slash = 0; slash >= 0; depth += 1) {
    const next = path.indexOf('/', slash + 1);
    const end = next < 0 ? path.length : next;
    if (end > LONGEST_PATH || end - slash - 1 > LONGEST_NAME || depth >= DEEPEST_PATH) {
      // A part of bytes is bytes.
      return slash === 0 ? ROOT : (path.slice(0, slash) as Path);
    }
    slash = next;
  }
  return path;
}
