/** The lines that `sha256sum -c` reads: a name with a backslash, newline or carriage return is escaped as GNU does. */
import { recordType } from '../../../../model/record.ts';
import { digestOf, type EntryFormat, type LeftOut, type RecordedEntry } from './format.ts';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };

/** The SHA-256 of a file whose content must stay; undefined, and counted, for another object. */
export function lastingSha256({ record, mayGrow }: RecordedEntry, leftOut: LeftOut): string | undefined {
  const digest = digestOf(record, 'sha256');
  if (recordType(record) !== 'file') leftOut.add('of other types than file');
  else if (mayGrow) leftOut.add('that may grow');
  else if (digest === undefined) leftOut.add('without a recorded sha256');
  else return digest;
  return undefined;
}

/** `isForTerminal`: names that a terminal would obey are left out. */
export function sha256sumFormat(leftOut: LeftOut, isForTerminal: boolean): EntryFormat {
  return {
    head: '',
    write: (entry) => {
      const digest = lastingSha256(entry, leftOut);
      if (digest === undefined) return '';
      const name = entry.path.replaceAll(/[\\\n\r]/g, (character) => ESCAPES[character] ?? character);
      if (isForTerminal && /[^\x20-\x7e]/.test(name)) {
        leftOut.add('with a name that is for no terminal: write to a file');
        return '';
      }
      return `${name === entry.path ? '' : '\\'}${digest}  ${name}\n`;
    },
    tail: '',
  };
}
