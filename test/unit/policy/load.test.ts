import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPolicyFile } from '../../../src/app/policy/file.ts';
import { builtinPolicyNames } from '../../../src/policy/builtin.ts';
import { compilePolicy, loadPolicy } from '../../../src/policy/load.ts';
import { compile, readerOf } from '../../support/compiled-policies.ts';
import { errorOf } from '../../support/errors.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const rule = (path: string): string => `  - paths: [${path}]\n`;

describe('a whole policy', () => {
  test('is compiled as it is written', () => {
    const policy = compile(`version: 1
name: mail-gateway
digests: [sha256]
templates:
  config: [read-only, -ctime, +sha512]
ignore: [/proc, '/var/cache/**']
rules:
  - name: System binaries
    severity: critical
    paths: [/usr/bin, '/usr/lib/**/*.so*']
    exclude: ['**/*.pyc']
    watch: read-only
    depth: 5
    types: [symlink, file]
    mounts: cross
  - paths: [/var/spool/clientmqueue]
    watch: dynamic
    require: { type: directory, owner: smmsp, group: 51, mode: '0770' }
  - paths: [/etc/mail]
    watch: config
    require: { exists: true, mode: { max: '755' }, flags: [immutable], sha256: '${'AB'.repeat(32)}' }
`);
    expect(policy).toMatchObject({ name: 'mail-gateway', digests: ['sha256'] });
    expect(policy.ignore.map(({ text, literal }) => [text, literal])).toEqual([
      ['/proc', '/proc'],
      ['/var/cache/**', undefined],
    ]);
    const [binaries, queue, mail] = policy.rules;
    expect(binaries).toMatchObject({
      index: 0,
      name: 'System binaries',
      severity: 'critical',
      depth: 5,
      match: [],
      crossMounts: true,
    });
    expect(binaries?.types).toEqual(['file', 'symlink']);
    expect(queue).toMatchObject({
      index: 1,
      name: '/var/spool/clientmqueue',
      severity: 'medium',
      depth: Infinity,
      match: [],
      crossMounts: false,
    });
    expect(queue?.require).toEqual({ type: 'directory', owner: 'smmsp', group: '51', mode: { exact: 0o770 } });
    expect(mail?.require).toEqual({
      exists: true,
      mode: { max: 0o755 },
      flags: ['immutable'],
      sha256: 'ab'.repeat(32),
    });
    expect(mail?.watch.attributes).not.toContain('ctime');
    expect(mail?.watch.digests).toEqual(['sha256', 'sha512']);
  });

  test('is plain data that a worker can receive', () => {
    const policy = compile(`version: 1\nrules:\n${rule('/')}`);
    expect(structuredClone(policy)).toEqual(policy);
  });

  test('without a name is called as its file', () => {
    expect(
      loadPolicy('/etc/integ/web.yaml', readerOf({ '/etc/integ/web.yaml': `version: 1\nrules:\n${rule('/')}` })).policy
        .name,
    ).toBe('web');
  });
});

describe('includes', () => {
  const paths = (files: Record<string, string>, main = 'etc/p.yaml'): string[] =>
    loadPolicy(main, readerOf(files)).policy.rules.map(({ paths: [path] }) => path?.text ?? '');

  test('count as written at their place, relative to the including file', () => {
    const files = {
      'etc/p.yaml': `version: 1\ninclude: [sub/a.yaml, sub/b.yaml]\nrules:\n${rule('/p')}`,
      'etc/sub/a.yaml': `version: 1\nrules:\n${rule('/a')}include: [../c.yaml]\n`,
      'etc/sub/b.yaml': `version: 1\nrules:\n${rule('/b')}`,
      'etc/c.yaml': `version: 1\nrules:\n${rule('/c')}`,
    };
    expect(paths(files)).toEqual(['/a', '/c', '/b', '/p']);
    const { sources, policy } = loadPolicy('etc/p.yaml', readerOf(files));
    expect(sources.map(({ name }) => name)).toEqual(['etc/p.yaml', 'etc/sub/a.yaml', 'etc/c.yaml', 'etc/sub/b.yaml']);
    expect(policy.rules.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  test('bring templates and ignored paths along, and the outermost digests count for all', () => {
    const files = {
      'p.yaml': `version: 1\ninclude: [a.yaml]\ndigests: [sha1]\nrules:\n${rule('/p')}    watch: own\n`,
      'a.yaml': `version: 1\ndigests: [md5]\nignore: [/proc]\ntemplates: { own: [read-only, -mtime] }\nrules:\n${rule('/a')}`,
    };
    const { policy } = loadPolicy('p.yaml', readerOf(files));
    expect(policy.ignore).toHaveLength(1);
    expect(policy.rules.map(({ watch }) => watch.digests)).toEqual([['sha1'], ['sha1']]);
    expect(policy.rules[1]?.watch.attributes).not.toContain('mtime');
  });

  const failure = (files: Record<string, string>): string => errorOf(() => paths(files, 'p.yaml')).message;

  test.each([
    [{ 'p.yaml': 'version: 1\ninclude: [p.yaml]\n' }, 'p.yaml:2:11: this policy includes itself: p.yaml -> p.yaml'],
    [
      { 'p.yaml': 'version: 1\ninclude: [a.yaml]\n', 'a.yaml': 'version: 1\ninclude:\n  - ./p.yaml\n' },
      'a.yaml:3:5: this policy includes itself: p.yaml -> a.yaml -> p.yaml',
    ],
    [
      { 'p.yaml': 'version: 1\ninclude: [no.yaml]\n' },
      "p.yaml:2:11: cannot include 'no.yaml': policy no.yaml: no such file",
    ],
    [
      { 'p.yaml': 'version: 1\ninclude: [builtin:debian-bas]\n' },
      `p.yaml:2:11: cannot include 'builtin:debian-bas': no shipped policy 'debian-bas' (did you mean 'debian-base'?); shipped: ${builtinPolicyNames().join(', ')}`,
    ],
    [
      { 'p.yaml': 'version: 1\ninclude: [a.yaml, a.yaml]\n', 'a.yaml': 'version: 1\nrules: [{ paths: [x] }]\n' },
      "a.yaml:2:19: 'x': a pattern must be absolute, with '/' at the start",
    ],
  ])('%j', (files, expected) => {
    expect(failure(files)).toBe(expected);
  });

  test('end at a depth of 16 and at 256 in all', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        index === 0 ? 'p.yaml' : `${index}.yaml`,
        `version: 1\ninclude: [${index + 1}.yaml]\n`,
      ]),
    );
    expect(failure(chain)).toBe('15.yaml:2:11: policies include one another more than 16 deep');
    const pairs = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [
        index === 0 ? 'p.yaml' : `${index}.yaml`,
        index === 14
          ? `version: 1\nrules:\n${rule('/')}`
          : `version: 1\ninclude: [${index + 1}.yaml, ${index + 1}.yaml]\n`,
      ]),
    );
    expect(failure(pairs)).toContain('more than 256 includes in all');
  });
});

describe('what is stored', () => {
  const files = {
    'p.yaml': `version: 1\ninclude: [builtin:default, ./a.yaml]\nrules:\n${rule('/p')}`,
    'a.yaml': `version: 1\nrules:\n${rule('/a')}`,
  };

  test('gives the same policy again without a file or a look at the system', () => {
    const loaded = loadPolicy('p.yaml', readerOf(files, { id: 'rocky', idLike: ['rhel'] }));
    const again = compilePolicy(structuredClone(loaded.sources));
    expect(again).toEqual(loaded);
    expect(loaded.sources.map(({ name }) => name)).toEqual([
      'p.yaml',
      'builtin:default',
      'builtin:linux-base',
      'a.yaml',
    ]);
    expect(() => compilePolicy(loaded.sources.slice(0, 2))).toThrow('not among the stored policy files');
  });

  test('has a digest that anyone can compute from the texts', () => {
    const loaded = loadPolicy('a.yaml', readerOf(files));
    const text = files['a.yaml'];
    const expected = createHash('sha256').update(`integ-policy/1\n${text.length}:${text},`).digest('hex');
    expect(loaded.sha256).toBe(expected);
    expect(loadPolicy('moved.yaml', readerOf({ 'moved.yaml': text })).sha256).toBe(expected);
    expect(loadPolicy('p.yaml', readerOf(files)).sha256).not.toBe(expected);
  });

  test('the default fits the system', () => {
    const name = (id: string, idLike: string[] = []): string =>
      loadPolicy('builtin:default', readerOf({}, { id, idLike })).policy.name;
    expect(name('ubuntu', ['debian'])).toBe('debian-base');
    expect(name('rocky', ['rhel', 'centos', 'fedora'])).toBe('rhel-base');
    expect(name('unheard-of')).toBe('linux-base');
  });
});

describe('policy files of the host', () => {
  const reader = { read: readPolicyFile, osFamily: () => ({ id: 'debian', idLike: [] }) };

  test('are read, and one that is not there is an error of its own', () => {
    const folder = scratchDirectory();
    const file = join(folder, 'p.yaml');
    writeFileSync(file, `version: 1\nrules:\n${rule('/etc')}`);
    expect(loadPolicy(file, reader).policy.rules).toHaveLength(1);
    expect(errorOf(() => loadPolicy(join(folder, 'no.yaml'), reader))).toMatchObject({ code: 'missing' });
    expect(errorOf(() => loadPolicy(folder, reader))).toMatchObject({ code: 'policy' });
  });
});
