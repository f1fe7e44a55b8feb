/** Names and texts that somebody could choose to mislead whoever reads them, and reports that hold them. */
import fc from 'fast-check';
import { pathFromLatin1 } from '../../src/model/bytes.ts';
import type { Report } from '../../src/model/report.ts';
import type { Facts } from './compared-trees.ts';
import { sampleReport } from './sample-reports.ts';

const MISCHIEF = [
  ...[
    'a\nb',
    '\x1b[2J',
    '\u202egpj.exe',
    '<script>alert(1)</script>',
    '"]',
    '\\',
    '|',
    '=1+1',
    '@x',
    ' ',
    'x=y z=',
    '%s',
  ],
  ...['a"b\\c]d', '\ufeff', '\r\n<13>1 - - - - - - x', "'; DROP TABLE", `${'long'.repeat(62)}`, 'é'.repeat(120), ','],
].map((text) => Buffer.from(text, 'utf8').toString('latin1'));

/** Names of any bytes that a name can have, one character a byte. */
export const hostileName = fc
  .oneof(
    fc.constantFrom(...MISCHIEF),
    fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  )
  .map((text) => text.replace(/[/\0]/g, '\x1b'))
  .filter((text) => text !== '.' && text !== '..' && text !== '__proto__');

/** Any text at all, lone surrogates and controls included. */
export const hostileText = fc.oneof(fc.constantFrom(...MISCHIEF), fc.string({ unit: 'binary', maxLength: 30 }));

/** A report about these names; each is the name of a file that is new, and of one that could not be examined. */
export function reportAbout(names: readonly string[], target: string, text: string): Report {
  const tree = Object.fromEntries(names.map((part, index) => [`/${part}`, { content: `${index}`, inode: index + 1 }]));
  const link = (to: string): Facts => ({ type: 'symlink', size: 1, values: { target: Buffer.from(to, 'latin1') } });
  return sampleReport({
    before: { '/was': { content: 'moved', inode: 99 }, '/link': link('a') },
    now: {
      tree: { ...tree, [`/to/${target}`]: { content: 'moved', mode: 0o6777, inode: 99 }, '/link': link(target) },
      failures: names.map((part) => ({ path: `/${part}/x`, code: text })),
    },
    input: {
      violations: [
        {
          path: pathFromLatin1(`/${target}`),
          rule: text,
          severity: 'low',
          expected: { owner: text },
          actual: { owner: text },
        },
      ],
    },
  });
}
