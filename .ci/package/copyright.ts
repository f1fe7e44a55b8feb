/**
 * Whose work is in a package, and under which licences: one file in the form of Debian (DEP-5) with the identifiers of
 * SPDX. It is made from what the packages themselves say.
 */
import { join } from 'node:path';
import { type Platform, RUNTIME } from '../../src/app/installation/files.ts';
import { readCheckout } from './checkout.ts';
import type { Libatomic } from './runtime.ts';
import type { Stage } from './stage.ts';

/** What the bundler writes down of a package whose code is in a program (rolldown.config.js). */
interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

const RULE = `\n${'-'.repeat(80)}\n\n`;

/** The packages whose code is in dist, by name. */
export function bundledPackages(): readonly Bundled[] {
  const sections = ['cli', 'scan'].flatMap((part) => readCheckout(`dist/${part}/THIRD-PARTY-LICENSES`).split(RULE));
  const found = sections.map((section): Bundled => {
    const [head = '', name = '', version = '', license = ''] = /^(\S+) (\S+) \(([^)]+)\).*\n/.exec(section) ?? [];
    if (head === '') throw new Error(`no package in THIRD-PARTY-LICENSES: ${section.slice(0, 80)}`);
    return { name, version, license, text: section.slice(head.length).trim() };
  });
  const byName = new Map(found.map((bundled) => [`${bundled.name}@${bundled.version}`, bundled]));
  return [...byName.keys()].sort().flatMap((key) => byName.get(key) ?? []);
}

/** Says whose work it is, and is not a line of the terms that begins with the word. */
const isCopyright = (line: string): boolean =>
  /^\s*copyright\b/i.test(line) && !/^\s*copyright (?:notice|holder|owner|license)/i.test(line);

function copyrightLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter(isCopyright)
    .map((line) => line.trim());
}

/** The text of a licence without whose work it is for. */
function terms(text: string): string {
  const lines = text.split('\n').filter((line) => !isCopyright(line) && !/^#* *\(?the\)? .*licen[cs]e.*$/i.test(line));
  return lines.join('\n').trim();
}

/** A value of more than one line. */
function field(name: string, first: string, lines: readonly string[]): string {
  const rest = lines.map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`));
  return [`${name}:${first === '' ? '' : ` ${first}`}`, ...rest].join('\n');
}

interface Part {
  readonly files: readonly string[];
  readonly copyright: readonly string[];
  readonly license: string;
  readonly comment?: string;
}

function partText({ files, copyright, license, comment }: Part): string {
  return [
    field('Files', '', files),
    field('Copyright', '', copyright),
    `License: ${license}`,
    ...(comment === undefined ? [] : [field('Comment', '', comment.split('\n'))]),
  ].join('\n');
}

const licenseText = (name: string, text: string): string => field('License', name, text.split('\n'));

const GCC = 'GPL-3.0-or-later-with-GCC-exception-3.1';
const NODE = 'Node.js';

export function copyright(stage: Stage, tree: string, libatomic: Libatomic, { arch }: Platform): string {
  const text = (path: string): string => stage.read(join(tree, path)).toString('utf8');
  const own = text('LICENSE');
  const bundled = bundledPackages();
  const sqlite = text('node_modules/better-sqlite3/LICENSE');
  const koffi = text('node_modules/koffi/LICENSE.txt');
  const texts = new Map(bundled.map(({ license, text: whole }) => [license, terms(whole)]));
  texts.set('MIT', terms(own));
  const parts: readonly Part[] = [
    { files: ['*'], copyright: copyrightLines(own), license: 'MIT' },
    {
      files: [join(tree, 'dist/*')],
      copyright: [
        ...copyrightLines(own),
        ...bundled.flatMap(({ name, text: whole }) => copyrightLines(whole).map((line) => `${line} (${name})`)),
      ],
      license: [...texts.keys()].sort().join(' and '),
      comment: [
        'The programs hold the code of these packages, whose whole texts are in THIRD-PARTY-LICENSES beside them:',
        ...bundled.map(({ name, version, license }) => `${name} ${version}: ${license}`),
      ].join('\n'),
    },
    {
      files: [join(tree, 'node_modules/better-sqlite3/*')],
      copyright: copyrightLines(sqlite),
      license: 'MIT',
      comment: 'Its native file holds SQLite, which is in the public domain (SPDX: blessing).',
    },
    {
      files: ['koffi', `@koromix/koffi-linux-${arch}`].map((name) => join(tree, 'node_modules', name, '*')),
      copyright: copyrightLines(koffi),
      license: 'MIT',
    },
    {
      files: [join(tree, RUNTIME.node), join(tree, RUNTIME.license)],
      copyright: ['Copyright Node.js contributors, and those whom the licence names for each part.'],
      license: NODE,
      comment: 'As Node.js is published, but for the place where it looks for libatomic first (patchelf --set-rpath).',
    },
    {
      files: [join(tree, RUNTIME.libatomic)],
      copyright: ['Copyright Free Software Foundation, Inc.'],
      license: GCC,
      comment: `Unchanged from Debian, where its source is: ${libatomic.source}.`,
    },
  ];
  const header = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: integ';
  const licenses = [
    ...[...texts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, whole]) => licenseText(name, whole)),
    licenseText(
      NODE,
      `SPDX-License-Identifier: MIT, and those of the parts that are named below\n\n${text(RUNTIME.license)}`,
    ),
    licenseText(
      GCC,
      `SPDX-License-Identifier: GPL-3.0-or-later WITH GCC-exception-3.1

The GNU General Public License, version 3 or later, with the GCC Runtime Library Exception, version 3.1:
https://www.gnu.org/licenses/gcc-exception-3.1.html. On Debian the text of the licence is in
/usr/share/common-licenses/GPL-3.`,
    ),
  ];
  return `${[header, ...parts.map(partText), ...licenses].join('\n\n')}\n`;
}
