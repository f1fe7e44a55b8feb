/**
 * Lists of SHA-256 digests of files as sha256sum(1) writes and checks them: one line for each file, the digest in hex,
 * two characters, the name. What is read may have been written by anybody.
 */
import { comparePaths, type Path, pathBytes, pathFromBytes, pathFromLatin1, printable } from './bytes.ts';
import { UserError } from './errors.ts';

/** Far more than an installation has. */
const MOST_FILES = 20_000;
const LONGEST_NAME = 4096;
export const LARGEST_DIGEST_LIST = 4 * 1024 * 1024;

/** Name, relative to the folder of the list, and digest. */
export type DigestList = ReadonlyMap<Path, string>;

/** sha256sum writes names with a backslash or the end of a line in them in a form of its own: none of ours has one. */
const LINE = /^([0-9a-f]{64}) [ *]([^\\\0-\x1f\x7f]+)$/;

/** Why a name is none of a list whose files lie in its folder, or in one that is up to `above` folders above it. */
function nameProblem(name: string, above: number): string | undefined {
  if (name.length > LONGEST_NAME) return 'its name is too long';
  if (name.startsWith('/')) return 'its name is absolute';
  const components = name.split('/');
  const ups = components.findIndex((component) => component !== '..');
  if (ups < 0 || ups > above) return 'its name leads out of the folder';
  const rest = components.slice(ups);
  return rest.some((component) => ['', '.', '..'].includes(component))
    ? 'its name is not in its plain form'
    : undefined;
}

/**
 * Reads a list; `name` is for messages. Throws a UserError `untrusted` for anything but a list of that form, so that
 * none is read in part.
 */
export function parseDigestList(bytes: Uint8Array, { name, above }: { name: string; above: number }): DigestList {
  const refuse = (line: number, problem: string): never => {
    throw new UserError('untrusted', `${name}:${line}: ${problem}`, {
      hint: 'this is no list that integ wrote; take it from where it was made',
    });
  };
  const text = pathFromBytes(bytes);
  const lines = text.split('\n');
  if (lines.pop() !== '') refuse(lines.length + 1, 'the last line has no end');
  if (lines.length === 0) refuse(1, 'it lists no file');
  if (lines.length > MOST_FILES) refuse(MOST_FILES + 1, `it lists more than ${MOST_FILES} files`);
  const list = new Map<Path, string>();
  for (const [index, line] of lines.entries()) {
    const [, digest, file] = LINE.exec(line) ?? refuse(index + 1, 'it is not a digest and a name');
    // Both groups take part in every match.
    const path = pathFromLatin1(file ?? '');
    const problem = nameProblem(path, above) ?? (list.has(path) ? `${printable(path)} is there twice` : undefined);
    if (problem !== undefined) refuse(index + 1, problem);
    list.set(path, digest ?? '');
  }
  return list;
}

/** In byte order of names. */
export function formatDigestList(list: DigestList): Buffer {
  const lines = [...list].sort(([left], [right]) => comparePaths(left, right));
  return Buffer.concat(
    lines.flatMap(([path, digest]) => [Buffer.from(`${digest}  `), pathBytes(path), Buffer.from('\n')]),
  );
}
