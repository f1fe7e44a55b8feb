import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, test } from 'vitest';
import configuration from '../../rolldown.config.js';
import { sharedDirectory } from '../support/scratch.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly dev?: boolean; readonly devOptional?: boolean }>
  >;
}

/**
 * Installs a package as `npm install --global --prefix PREFIX` does: its files in lib/node_modules, what it depends on
 * below, its command in bin. The dependencies are copied, without those for development, from where they are installed
 * already: npm would need the network and compile better-sqlite3 anew.
 */
function installGlobally(packed: string, prefix: string): void {
  const home = join(prefix, 'lib/node_modules/integ');
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', packed, '-C', home, '--strip-components=1']);
  const lockfile: Lockfile = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8'));
  const wanted = Object.entries(lockfile.packages).filter(([path, entry]) => path !== '' && entry.dev !== true);
  for (const [path] of wanted) {
    // What is for another platform is in the lockfile and not on the disk.
    const installed = spawnSync('test', ['-d', join(REPOSITORY, path)]).status === 0;
    // Packages within packages come with the outer ones.
    if (installed && path.lastIndexOf('node_modules/') === 0) {
      cpSync(join(REPOSITORY, path), join(home, path), { recursive: true });
    }
  }
  const { bin }: { bin: { integ: string } } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  chmodSync(join(home, bin.integ), 0o755);
  mkdirSync(join(prefix, 'bin'));
  symlinkSync(join('../lib/node_modules/integ', bin.integ), join(prefix, 'bin/integ'));
}

const folder = sharedDirectory();
const prefix = join(folder, 'prefix');
const tree = join(folder, 'tree');
const baseline = join(folder, 'state', 'baseline.db');

let tarball = '';

beforeAll(() => {
  // Without scripts: `prepack` would write dist anew under the feet of other tests. `npm test` builds before it runs.
  const options = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const packed: { filename: string }[] = JSON.parse(
    execFileSync('npm', options, { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  tarball = join(folder, packed[0]?.filename ?? '');
  installGlobally(tarball, prefix);
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(join(tree, 'etc/motd'), 'welcome\n');
  writeFileSync(join(tree, 'etc/os-release'), 'ID=debian\n');
});

/** Runs the installed command from a directory that is not the repository, as a login would. */
function integ(...operands: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('integ', operands, {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: `${join(prefix, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder, LC_ALL: 'C' },
  });
  return { status, stdout, stderr };
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

describe('the package, installed globally', () => {
  const home = join(prefix, 'lib/node_modules/integ');

  test('holds the program, the policies and the documentation, and neither sources nor tests', () => {
    const names = readdirSync(home).sort();
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'];
    expect(names).toEqual([...documents, 'bin', 'dist', 'docs', 'node_modules', 'package.json', 'policies'].sort());
    const typed = filesOf(join(home, 'dist')).filter((file) => file.endsWith('.ts'));
    expect(typed.filter((file) => !file.endsWith('.d.ts'))).toEqual([]);
    // Declarations of what the package exports, and of nothing else.
    expect(typed).toContain('report/public.d.ts');
    expect(typed.filter((file) => !/^(?:report|model)\//.test(file))).toEqual([]);
    expect(filesOf(join(home, 'policies'))).toContain('debian-base.yaml');
  });

  test('knows nothing of the place where it was built', () => {
    const found = filesOf(join(home, 'dist')).filter(
      (file) => file.endsWith('.js') && readFileSync(join(home, 'dist', file), 'utf8').includes(REPOSITORY),
    );
    expect(found).toEqual([]);
  });

  test('is what its sources give, byte for byte, whenever it is built', async () => {
    for (const { output, ...input } of [configuration].flat()) {
      const built = await rolldown(input);
      for (const made of (await built.generate([output].flat()[0])).output) {
        const content = made.type === 'chunk' ? made.code : made.source;
        expect(readFileSync(join(home, 'dist', made.fileName), 'utf8'), made.fileName).toBe(content);
      }
      await built.close();
    }
  });

  test('names the packages whose code is in it with their licences, and those with native code are beside it', () => {
    const { packages }: Lockfile = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8'));
    const licenses = readFileSync(join(home, 'dist/cli/THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of ['commander', 'diff', 'fast-glob', 'nodemailer', 'xxhash-wasm', 'yaml', 'zod']) {
      expect(licenses).toContain(`\n${name} ${packages[`node_modules/${name}`]?.version} (`);
    }
    expect(licenses).toContain('WITHOUT WARRANTY OF ANY KIND');
    const installed = readdirSync(join(home, 'node_modules'));
    expect(installed).toEqual(expect.arrayContaining(['better-sqlite3', 'koffi']));
    expect(installed).not.toContain('zod');
  });

  test('tells its version', () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(integ('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('makes a baseline by a shipped policy, finds nothing, and then what was changed', () => {
    const where = ['--root', tree, '--baseline', baseline, '--policy', 'builtin:default'];
    const made = integ('init', ...where);
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain('debian-base');
    expect(made.status).toBe(0);

    const first = integ('check', '--format', 'json', ...where);
    expect(JSON.parse(first.stdout).changes).toEqual([]);

    writeFileSync(join(tree, 'etc/motd'), 'goodbye\n');
    const second = integ('check', '--format', 'json', ...where);
    const { changes }: { changes: { path: string }[] } = JSON.parse(second.stdout);
    expect(changes.map(({ path }) => path)).toEqual(['/etc/motd']);
    expect((second.status ?? 0) & 4).toBe(4);
  });

  test('computes digests in WebAssembly and by the packages it depends on', () => {
    const { stdout } = integ('hash', '-a', 'md5,xxh64', join(tree, 'etc/os-release'));
    expect(stdout).toMatch(/^md5 +: [0-9a-f]{32}\nxxh64 : [0-9a-f]{16}\n$/);
  });
});

describe('the package, imported by another program', () => {
  const project = join(folder, 'project');
  const library = join(project, 'node_modules/integ');
  let document = '';

  /** Runs node in the project, where nothing but the package is installed: none of what the package depends on. */
  function node(operands: readonly string[], input = '') {
    const { status, stdout, stderr } = spawnSync(process.execPath, operands, { cwd: project, input, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  beforeAll(() => {
    mkdirSync(library, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', library, '--strip-components=1']);
    const policy = join(folder, 'policy.yaml');
    const rule = '{ name: Messages, severity: high, paths: [/etc], watch: config }';
    writeFileSync(policy, `version: 1\nrules:\n  - ${rule}\n`);
    const where = ['--root', tree, '--baseline', join(folder, 'state/imported.db'), '--policy', policy];
    writeFileSync(join(tree, 'etc/motd'), 'welcome\n');
    expect(integ('init', ...where).status).toBe(0);
    writeFileSync(join(tree, 'etc/motd'), 'goodbye\n');
    document = integ('check', '--format', 'json', ...where).stdout;
  });

  test('reads a report, and refuses what is none', () => {
    const script = `
      import { parseReport } from 'integ';
      import { text } from 'node:stream/consumers';
      const report = parseReport(await text(process.stdin));
      console.log(report.changes.map(({ kind, path }) => kind + ' ' + path).join());
      try { parseReport('{}'); } catch (error) { console.log(error.message); }`;
    expect(node(['--input-type=module', '-e', script], document)).toEqual({
      status: 0,
      stdout: 'changed /etc/motd\nthis is not a report of integ-report/1: schema is missing\n',
      stderr: '',
    });
  });

  test('has the schema as an object and as a file, the one that integ prints', () => {
    const script = `
      import { reportSchema } from 'integ';
      import { createRequire } from 'node:module';
      const file = createRequire(process.cwd() + '/').resolve('integ/report.schema.json');
      console.log(JSON.stringify([reportSchema, file]));`;
    const [schema, file]: [unknown, string] = JSON.parse(node(['--input-type=module', '-e', script]).stdout);
    const printed = integ('report', 'schema').stdout;
    expect(readFileSync(file, 'utf8')).toBe(printed);
    expect(schema).toEqual(JSON.parse(printed));
  });

  test('has types by which a wrong use of a report does not compile', () => {
    const source = (use: string) => `import { parseReport, type Report, type ReportChange, reportSchema } from 'integ';
      const report: Report = parseReport('');
      const first: ReportChange | undefined = report.changes[0];
      const title: 'integ-report/1' = reportSchema.title;
      export const said: readonly string[] = [title, first?.attributes.sha256?.after ?? '', report.${use}];\n`;
    writeFileSync(join(project, 'right.mts'), source('host'));
    writeFileSync(join(project, 'wrong.mts'), source('hostname'));
    // Strict, the declarations themselves included, and without the types of Node.js.
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', ''];
    const compile = (file: string) => {
      const { stdout, stderr } = spawnSync(join(REPOSITORY, 'node_modules/.bin/tsc'), [...options, file], {
        cwd: project,
        encoding: 'utf8',
      });
      return stdout + stderr;
    };
    expect(compile('right.mts')).toBe('');
    expect(compile('wrong.mts')).toMatch(/^wrong\.mts.*Property 'hostname' does not exist on type 'Report'/);
  });

  test('brings an example that reads a report from a file or a pipe and ends as the check did', () => {
    const example = join(library, 'docs/examples/read-report.mjs');
    const host: string = JSON.parse(document).host;
    const said = `${host}: changed, 3 objects examined\nhigh: changed /etc/motd\n`;
    expect(node([example], document)).toEqual({ status: 4, stdout: said, stderr: '' });
    writeFileSync(join(project, 'report.json'), document);
    expect(node([example, 'report.json'])).toEqual({ status: 4, stdout: said, stderr: '' });
    expect(node([example], document.slice(0, 100))).toMatchObject({ status: 65, stdout: '' });
    expect(node([example], '{}').stderr).toBe(
      'read-report: this is not a report of integ-report/1: schema is missing\n',
    );
  });
});
