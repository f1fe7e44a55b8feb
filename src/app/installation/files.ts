/**
 * Which files an installed integ consists of, and where they lie in its tree: the one table by which packages and
 * rescue kits are made. It copies nothing. The scripts that make packages import it as it is, so it needs no build.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { printableText } from '../../model/bytes.ts';
import { errorCode, UserError } from '../../model/errors.ts';

export interface Platform {
  readonly arch: 'x64' | 'arm64';
}

export interface InstalledFile {
  /** Absolute. */
  readonly from: string;
  /** Relative to the tree, with / between names. */
  readonly to: string;
  readonly mode: 0o644 | 0o755;
}

/** Where the runtime lies in the tree; what its files come from is for the caller to say. */
export const RUNTIME = {
  node: 'runtime/bin/node',
  libatomic: 'runtime/lib/libatomic.so.1',
  license: 'runtime/LICENSE',
} as const;

/** The list of digests in the tree, of which it is the last file to be made. */
export const MANIFEST = 'manifest.sha256';

/** Folders that are installed whole. */
const FOLDERS = ['bin', 'dist', 'policies'];
/** Of better-sqlite3, koffi and its binary, what is loaded: no sources, and nothing for other platforms. */
const FILES = (arch: Platform['arch']): readonly string[] => [
  'package.json',
  'LICENSE',
  ...[
    'package.json',
    'LICENSE',
    'lib/index.js',
    'lib/binding.js',
    'lib/database.js',
    'lib/sqlite-error.js',
    'lib/util.js',
    ...['aggregate', 'backup', 'explain', 'function', 'inspect', 'pragma', 'serialize', 'table', 'transaction'].map(
      (name) => `lib/methods/${name}.js`,
    ),
    'lib/methods/wrappers.js',
    `prebuilds/linux-${arch}.node`,
  ].map((name) => `node_modules/better-sqlite3/${name}`),
  ...['package.json', 'LICENSE.txt', 'index.cjs', 'src/koffi/index.cjs', 'src/koffi/src/static.cjs'].map(
    (name) => `node_modules/koffi/${name}`,
  ),
  ...['package.json', 'index.js', `linux_${arch}/koffi.node`].map(
    (name) => `node_modules/@koromix/koffi-linux-${arch}/${name}`,
  ),
];
/** Started as programs. */
const PROGRAMS: ReadonlySet<string> = new Set(['bin/integ.js']);

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((found) => !found.isDirectory())
    .map((found) => join(found.parentPath, found.name).slice(join(root, '/').length));
}

function requireFile(file: string): void {
  if (!lstatSync(file).isFile()) throw new UserError('missing', `${printableText(file)} is not a regular file`);
}

/**
 * The files of integ without the runtime, in byte order of their names in the tree. `packageRoot` is a built checkout
 * with its node_modules, an installation by npm, or an installed tree. Throws a UserError `missing` when a file is not
 * there.
 */
export function installedFiles(packageRoot: string, { arch }: Platform): readonly InstalledFile[] {
  try {
    const names = [...FILES(arch), ...FOLDERS.flatMap((folder) => filesBelow(packageRoot, folder))];
    return names.sort().map((to) => {
      const from = join(packageRoot, to);
      requireFile(from);
      return { from, to, mode: PROGRAMS.has(to) ? 0o755 : 0o644 };
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const path = error instanceof Error && 'path' in error ? String(error.path) : packageRoot;
    throw new UserError('missing', `integ is not whole: cannot read ${printableText(path)}: ${errorCode(error)}`, {
      hint: 'install it anew; in a checkout, npm ci && npm run build',
      cause: error,
    });
  }
}
