/** The files of the dpkg database: what they tell, printable and bounded, whatever somebody wrote into them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathFromLatin1, pathFromText, printable } from '../../../src/model/bytes.ts';
import { SystemError } from '../../../src/model/errors.ts';
import { unpackPaths } from '../../../src/model/packages.ts';
import { DpkgDatabase } from '../../../src/system/packages/dpkg/database.ts';
import { parseDiversions, parseList, parseOverrides, parseSums } from '../../../src/system/packages/dpkg/lines.ts';
import { parseStatus } from '../../../src/system/packages/dpkg/status.ts';
import { refusing, requirePrintable, type Target } from '../engine/target.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

const STATUS = `Package: hello
Status: install ok installed
Priority: optional
Architecture: amd64
Multi-Arch: same
Version: 2.10-3
Conffiles:
 /etc/hello.conf ${MD5}
 /etc/hello.old ${MD5} obsolete
Description: an example
 with a second line

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1:1.0~rc1
`;
const WORDS = [
  ...[
    'Package: ',
    'Status: install ok installed',
    'Status: purge ok not-installed',
    'Version: ',
    'Multi-Arch: same',
    'Architecture: ',
  ],
  ...[
    'Conffiles:\n /a ',
    MD5,
    ' obsolete',
    '\n\n',
    '\n ',
    '../../',
    '/../',
    '/./',
    '//',
    '\0',
    '\t',
    ':',
    '\u001b[2J',
    ' - ',
    '4755 ',
  ],
];

export const dpkgStatus: Target = {
  name: 'dpkg-status',
  seeds: () => [Buffer.from(STATUS), Buffer.from(STATUS.repeat(3).replaceAll('hello', 'other'))],
  words: WORDS,
  read: (input) => {
    const { packages, malformed } = parseStatus(input.toString('latin1'));
    for (const { name, version, conffiles } of packages) {
      requirePrintable(name + version, 'a package');
      if (/[/\0]/.test(name)) throw new Error('the name of a package leads elsewhere');
      for (const path of conffiles.keys()) if (/\/\.\.?(\/|$)/.test(path)) throw new Error('a path is not plain');
    }
    return `${packages.length} ${Math.min(malformed, 9)} ${packages.map(({ conffiles }) => conffiles.size).join()}`;
  },
  shortRuns: 1000,
};

const LINES = [
  '/.\n/usr\n/usr/bin\n/usr/bin/hello\n/etc/hello.conf\n',
  `${MD5}  usr/bin/hello\n${MD5}  usr/share/doc/a b\n`,
  '/usr/bin/x\n/usr/bin/x.real\nhello\n/bin/y\n/bin/y.z\n:\n',
  'root #4 4755 /usr/bin/hello\nnobody root 644 /etc/hello.conf\n',
];

export const dpkgLines: Target = {
  name: 'dpkg-lines',
  seeds: () => LINES.map((text) => Buffer.from(text)),
  words: WORDS,
  read: (input) => {
    const text = input.toString('latin1');
    const paths = [...parseList(text), ...parseSums(text).keys()];
    const [diversions, overrides] = [parseDiversions(text), parseOverrides(text)];
    paths.push(...diversions.flatMap(({ from, to }) => [from, to]), ...overrides.map(({ path }) => path));
    for (const path of paths) {
      if (!path.startsWith('/') || /\/\.{0,2}(\/|$)/.test(path) || path.includes('\0'))
        throw new Error('a path is not plain');
      requirePrintable(printable(path), 'a path');
    }
    if (overrides.some(({ mode }) => !(mode >= 0 && mode <= 0o7777))) throw new Error('a mode is none');
    return `${Math.min(paths.length, 9)} ${Math.min(diversions.length, 3)} ${Math.min(overrides.length, 3)}`;
  },
  shortRuns: 1000,
};

const FILES = ['status', 'diversions', 'statoverride', 'info/hello:amd64.list', 'info/hello:amd64.md5sums'];
const SEPARATOR = '\n%%\n';

/** All files of a database in one input, so that they are changed together. */
export const dpkgDatabase: Target = {
  name: 'dpkg-database',
  seeds: () => [Buffer.from([STATUS, LINES[2], LINES[3], LINES[0], LINES[1]].join(SEPARATOR))],
  words: [...WORDS, SEPARATOR],
  read: (input, scratch) => {
    const directory = join(scratch, 'var/lib/dpkg');
    mkdirSync(join(directory, 'info'), { recursive: true });
    const texts = input.toString('latin1').split(SEPARATOR);
    for (const [at, name] of FILES.entries())
      writeFileSync(join(directory, name), Buffer.from(texts[at] ?? '', 'latin1'));
    const database = refusing([SystemError], () => DpkgDatabase.open(pathFromText(scratch)));
    if (database === undefined) return 'none';
    const wanted = new Set(['/usr/bin/hello', '/etc/hello.conf', '/usr/bin/x.real'].map(pathFromLatin1));
    const known = refusing([SystemError], () => database.knowledge(wanted, new Set(['hello', 'none'])));
    const recorded = [...database.recorded({ has: () => true, mayHaveName: () => true })].map(
      ({ files }) => unpackPaths(files)?.length ?? -1,
    );
    if (recorded.includes(-1)) throw new Error('the paths of a package cannot be read back');
    return `${[...wanted].map((path) => known.claims(path).length).join()} ${recorded.length}`;
  },
  shortRuns: 100,
};
