import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '../..');

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/**
 * Installs a package as `npm install --global --prefix PREFIX` does: its files in lib/node_modules, what it depends on
 * below, its command in bin. The dependencies are copied, without those for development, from where they are installed
 * already: npm would need the network and compile better-sqlite3 anew.
 */
function installGlobally(tarball: string, prefix: string): void {
  const home = join(prefix, 'lib/node_modules/integ');
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', home, '--strip-components=1']);
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

const folder = mkdtempSync(join(tmpdir(), 'integ-package-'));
const prefix = join(folder, 'prefix');
const tree = join(folder, 'tree');
const baseline = join(folder, 'state', 'baseline.db');

beforeAll(() => {
  // Without scripts: `prepack` would write dist anew under the feet of other tests. `npm test` builds before it runs.
  const options = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const packed: { filename: string }[] = JSON.parse(
    execFileSync('npm', options, { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  installGlobally(join(folder, packed[0]?.filename ?? ''), prefix);
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(join(tree, 'etc/motd'), 'welcome\n');
  writeFileSync(join(tree, 'etc/os-release'), 'ID=debian\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
    expect(filesOf(join(home, 'dist')).filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
    expect(filesOf(join(home, 'policies'))).toContain('debian-base.yaml');
  });

  test('knows nothing of the place where it was built', () => {
    const found = filesOf(join(home, 'dist')).filter(
      (file) => file.endsWith('.js') && readFileSync(join(home, 'dist', file), 'utf8').includes(REPOSITORY),
    );
    expect(found).toEqual([]);
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

  test('reads reports for other programs, with types', () => {
    const user = join(folder, 'user');
    mkdirSync(join(user, 'node_modules'), { recursive: true });
    symlinkSync(home, join(user, 'node_modules/integ'));
    writeFileSync(join(user, 'package.json'), '{ "type": "module" }');
    cpSync(join(home, 'docs/examples/read-report.mjs'), join(user, 'read-report.mjs'));
    const options = { cwd: user, encoding: 'utf8' } as const;
    const run = (input: string) => spawnSync(process.execPath, ['read-report.mjs'], { ...options, input });

    const policy = join(user, 'policy.yaml');
    writeFileSync(policy, 'version: 1\nrules: [{ name: all, paths: [/etc], severity: high }]\n');
    const where = ['--root', tree, '--baseline', join(folder, 'state', 'read.db'), '--policy', policy];
    expect(integ('init', ...where).status).toBe(0);
    const clean = integ('check', '--format', 'json', ...where).stdout;
    expect(run(clean)).toMatchObject({ status: 0, stdout: expect.stringMatching(/: clean, \d+ objects examined\n$/) });
    // As a collector may have laid it out anew.
    expect(run(JSON.stringify(JSON.parse(clean))).status).toBe(0);
    writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
    const changed = integ('check', '--format', 'json', ...where).stdout;
    expect(run(changed)).toMatchObject({ status: 1, stdout: expect.stringContaining('added /etc/passwd') });
    expect(run(changed.replace('"kind":"added"', '"kind":"odd"')).stderr).toMatch(/its changes\.\d\.kind is not/);
    expect(run('{}').stderr).toContain('this is not a report of schema integ-report/1');

    const program = `import { parseReport, type Report, reportSchema } from 'integ';
import schema from 'integ/report.schema.json' with { type: 'json' };
const report: Report = parseReport('');
const kinds: readonly ('added' | 'removed' | 'changed' | 'moved')[] = report.changes.map(({ kind }) => kind);
export const all = [kinds, schema.title, reportSchema.title];
`;
    writeFileSync(join(user, 'program.ts'), program);
    const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', '', 'program.ts'];
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    expect(spawnSync(process.execPath, [tsc, ...strict], options)).toMatchObject({ status: 0, stdout: '' });
    const schema: unknown = JSON.parse(readFileSync(join(home, 'dist/report.schema.json'), 'utf8'));
    expect(schema).toEqual(JSON.parse(integ('report', 'schema').stdout));
  });

  test('computes digests in WebAssembly and by the packages it depends on', () => {
    const { stdout } = integ('hash', '-a', 'md5,xxh64', join(tree, 'etc/os-release'));
    expect(stdout).toMatch(/^md5 +: [0-9a-f]{32}\nxxh64 : [0-9a-f]{16}\n$/);
  });
});
