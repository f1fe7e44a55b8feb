/** The list of digests in a package or a kit, which whoever changed that may have written. */
import { comparePaths, pathFromLatin1, printable } from '../../../src/model/bytes.ts';
import { formatDigestList, parseDigestList } from '../../../src/model/digest-list.ts';
import { requirePrintable, type Target } from '../engine/target.ts';

const LIST = new Map(
  ['bin/integ.js', '../../bin/integ', 'dist/cli/main.js', 'node_modules/@koromix/koffi-linux-x64/index.js'].map(
    (name, index) => [pathFromLatin1(name), String(index).repeat(64)],
  ),
);

export const digestList: Target = {
  name: 'digest-list',
  seeds: () => [formatDigestList(LIST)],
  words: ['../', '/', './', '//', ' *', '  ', '\\', '\r', '\n', '\0', '\x1b', '..', 'a'.repeat(64)],
  read: (input) => {
    const list = parseDigestList(input, { name: 'list', above: 2 });
    const names = [...list.keys()];
    if (names.some((name) => name.startsWith('/') || /^(?:\.\.\/){3}|[^./]\/\.\.(?:\/|$)/.test(name))) {
      throw new Error('a name leads elsewhere');
    }
    requirePrintable(names.map(printable).join(''), 'a name');
    const again = [...parseDigestList(formatDigestList(list), { name: 'list', above: 2 })];
    const sorted = [...list].sort(([left], [right]) => comparePaths(left, right));
    if (JSON.stringify(again) !== JSON.stringify(sorted)) throw new Error('a list does not come back');
    return `${names.length} ${names.filter((name) => name.startsWith('..')).length}`;
  },
  shortRuns: 2000,
};
