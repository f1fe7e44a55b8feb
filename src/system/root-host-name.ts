/** What the system in a directory calls itself (hostname(5)). */
import { type Path, pathFromLatin1 } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { readRootedFile } from './rooted-file.ts';

const HOSTNAME = pathFromLatin1('/etc/hostname');
const LONGEST_FILE = 64 * 1024;
/** In the DNS (RFC 1035): what is longer is no name. */
const LONGEST_NAME = 253;

/** What no name of a host has; it may be there to mislead who reads the name. */
const NOT_IN_NAMES = /[^!-~]|\\/g;

/** Printable ASCII; undefined where the system names itself nowhere, or nobody can read it. */
export function rootHostName(root: Path): string | undefined {
  let text: string;
  try {
    text = readRootedFile(root, HOSTNAME, LONGEST_FILE)?.toString('latin1') ?? '';
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
  const line = text.split('\n').find((each) => !/^\s*(?:#|$)/.test(each)) ?? '';
  const name = line.trim().split(/\s/, 1)[0] ?? '';
  return name === '' || name.length > LONGEST_NAME ? undefined : name.replaceAll(NOT_IN_NAMES, '?');
}
