/**
 * A specification for mtree(8), with paths from the root directory on, as NetBSD's mtree and libarchive read it. It
 * says what is watched of each object, as far as mtree has a word for it.
 * https://man.netbsd.org/mtree.8
 */
import type { DigestName, ObjectType } from '../../../../model/attributes.ts';
import { type Path, parentPath, ROOT } from '../../../../model/bytes.ts';
import { attributeBytes, decodeTime, type RecordBytes, recordType } from '../../../../model/record.ts';
import { formatAttribute } from '../../../../model/values.ts';
import { digestOf, type EntryFormat, type RecordedEntry } from './format.ts';

const TYPES: Readonly<Record<ObjectType, string>> = {
  file: 'file',
  directory: 'dir',
  symlink: 'link',
  fifo: 'fifo',
  socket: 'socket',
  block: 'block',
  char: 'char',
};

const DIGESTS: readonly DigestName[] = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];

/** What lasts when the content grows. */
const NUMBERS = ['mode', 'uid', 'gid', 'nlink'] as const;

/** Bytes that are no plain characters of a name there are written as octal digits. */
function escaped(bytes: string): string {
  return bytes.replaceAll(
    /[^\x21-\x7e]|[\\#*?[\]=]/g,
    (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

function nameOf(path: Path): string {
  return path === ROOT ? '.' : `.${escaped(path)}`;
}

function contentWords({ record, watched, mayGrow }: RecordedEntry): string[] {
  if (recordType(record) !== 'file' || mayGrow) return [];
  return [
    ...(watched.has('size') ? [`size=${formatAttribute(record, 'size')}`] : []),
    ...DIGESTS.flatMap((name) => {
      const digest = digestOf(record, name);
      return digest === undefined ? [] : [`${name}digest=${digest}`];
    }),
  ];
}

function timeWords({ record, watched, mayGrow }: RecordedEntry): string[] {
  const bytes = attributeBytes(record, 'mtime');
  if (!watched.has('mtime') || mayGrow || bytes === undefined) return [];
  const { seconds, nanoseconds } = decodeTime(bytes);
  return [`time=${seconds}.${String(nanoseconds).padStart(9, '0')}`];
}

function targetWords(record: RecordBytes): string[] {
  const target = attributeBytes(record, 'target');
  return target === undefined ? [] : [`link=${escaped(Buffer.from(target).toString('latin1'))}`];
}

function deviceWords({ record, watched }: RecordedEntry): string[] {
  const device = formatAttribute(record, 'rdev');
  return device === undefined || !watched.has('rdev') ? [] : [`device=native,${device.replace(':', ',')}`];
}

function line(entry: RecordedEntry): string {
  const { path, record, watched } = entry;
  const type = recordType(record);
  // The mode of a link says nothing, and mtree asks for that of what it leads to.
  const numbers = NUMBERS.filter((name) => watched.has(name) && !(type === 'symlink' && name === 'mode'));
  const words = [
    `type=${TYPES[type]}`,
    ...numbers.map((name) => `${name}=${formatAttribute(record, name)}`),
    ...contentWords(entry),
    ...timeWords(entry),
    ...targetWords(record),
    ...deviceWords(entry),
  ];
  return `${nameOf(path)} ${words.join(' ')}\n`;
}

/** Every object can be written. Directories on the way that are not recorded have to be there, and nothing more. */
export function mtreeFormat(): EntryFormat {
  const known = new Set<Path>();
  const unrecorded = (path: Path): string => {
    if (known.has(path)) return '';
    known.add(path);
    const above = path === ROOT ? '' : unrecorded(parentPath(path));
    return `${above}${nameOf(path)} type=dir\n`;
  };
  return {
    head: '#mtree\n',
    write: (entry) => {
      const above = entry.path === ROOT ? '' : unrecorded(parentPath(entry.path));
      if (recordType(entry.record) === 'directory') known.add(entry.path);
      return above + line(entry);
    },
    tail: '',
  };
}
