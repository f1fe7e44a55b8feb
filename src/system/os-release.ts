/**
 * Which operating system the examined root holds, from its os-release file (os-release(5) of freedesktop.org). The file
 * is data of that system: it is parsed as assignments and never handed to a shell.
 */
import { type Path, pathFromLatin1, printableText } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { readRootedFile } from './rooted-file.ts';

export interface OsRelease {
  /** Such as debian; `linux` where the file does not say, as os-release(5) has it. */
  readonly id: string;
  /** Ids of the systems that this one is close to, nearest first. */
  readonly idLike: readonly string[];
  readonly versionId: string | undefined;
  /** Name for people, printable. */
  readonly prettyName: string;
}

const SIZE_LIMIT = 1024 * 1024;
const PLACES: readonly Path[] = [pathFromLatin1('/etc/os-release'), pathFromLatin1('/usr/lib/os-release')];

const ASSIGNMENT =
  /^(?<key>[A-Za-z_][A-Za-z0-9_]*)=(?:"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>[^']*)'|(?<plain>(?:[^\s"'\\]|\\.)*))$/u;

/** The values by key; of several with one key the last, as for a shell. Lines of another form are skipped. */
function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const groups = ASSIGNMENT.exec(line.trim())?.groups;
    const key = groups?.['key'];
    if (groups === undefined || key === undefined) continue;
    // Within double quotes a backslash takes the meaning from $ ` " and itself, and stands for itself before others.
    const double = groups['double']?.replace(/\\([$`"\\])/g, '$1');
    const plain = groups['plain']?.replace(/\\(.)/gu, '$1');
    values.set(key, double ?? groups['single'] ?? plain ?? '');
  }
  return values;
}

/** Ids are lower-case words (os-release(5)); another word names no system that a policy could be made for. */
function isId(word: string): boolean {
  return /^[a-z0-9._-]+$/.test(word);
}

export function parseOsRelease(text: string): OsRelease {
  const values = parseAssignments(text);
  const id = values.get('ID') ?? '';
  const versionId = values.get('VERSION_ID') ?? '';
  return {
    id: isId(id) ? id : 'linux',
    idLike: (values.get('ID_LIKE') ?? '').split(/\s+/).filter(isId),
    versionId: versionId === '' ? undefined : printableText(versionId),
    prettyName: printableText(values.get('PRETTY_NAME') || 'Linux'),
  };
}

/** Reads os-release of the system under `rootDirectory`; without one, or with one that cannot be read, `linux`. */
export function readOsRelease(rootDirectory: Path): OsRelease {
  for (const place of PLACES) {
    try {
      const bytes = readRootedFile(rootDirectory, place, SIZE_LIMIT);
      if (bytes !== undefined) return parseOsRelease(bytes.toString('utf8'));
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
  return parseOsRelease('');
}
