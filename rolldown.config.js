/**
 * How src becomes dist: four programs, each bundled by itself. The command line is split where it imports dynamically,
 * so that a command loads what it needs in few files; the threads of a scan and what the package exports are one file
 * each. Nothing is minified. Beside each lie the licences of the packages whose code it holds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { defineConfig } from 'rolldown';

// Packages with native code load it from their own folders.
const NATIVE = ['better-sqlite3', 'koffi'];
const PACKAGES = `${sep}node_modules${sep}`;

/** The folder of the package that a module comes from; undefined for one of src. */
function packageOf(module) {
  const at = module.lastIndexOf(PACKAGES) + PACKAGES.length;
  if (at < PACKAGES.length) return undefined;
  const names = module.slice(at).split(sep);
  return module.slice(0, at) + names.slice(0, names[0].startsWith('@') ? 2 : 1).join(sep);
}

function licenseOf(folder) {
  const { name, version, license, homepage = '' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${name} comes without the text of its licence`);
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${[`${name} ${version} (${license}) ${homepage}`.trimEnd(), ...texts].join('\n\n')}\n`;
}

/** Writes down, beside a program, whose code is in it. */
function licenses(name) {
  return {
    name: 'licenses',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
      const folders = new Set(modules.flatMap((module) => packageOf(module) ?? []));
      if (folders.size === 0) return;
      const source = [...folders]
        .sort()
        .map(licenseOf)
        .join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: `${dirname(name)}/THIRD-PARTY-LICENSES`, source });
    },
  };
}

/** One of the programs; `name` is the path of its source in src and of its file in dist. */
function program(name, codeSplitting) {
  return {
    input: { [name]: `src/${name}.ts` },
    platform: 'node',
    external: NATIVE,
    plugins: [licenses(name)],
    output: {
      dir: 'dist',
      // One folder deep like every folder of src, so that a module finds the files of the package from either place.
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name].js',
      codeSplitting,
      minifyInternalExports: false,
    },
  };
}

export default defineConfig([
  program('cli/main', {
    groups: [
      { name: 'model', test: /src\/model\// },
      { name: 'system', test: /src\/system\// },
    ],
  }),
  program('scan/worker', false),
  program('scan/mount-probe', false),
  program('report/public', false),
]);
