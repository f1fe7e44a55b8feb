/** What `baseline entries` writes for other programs, read back by them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';
import { works } from '../support/programs.ts';

/** Names that a format must escape, as bytes. */
const NAMES = ['plain', 'b c#*[x]=', 'back\\slash', 'new\nline', 'cr\rx', 'caf\u00e9'];

function grown(): Box {
  const home = box();
  for (const name of NAMES) home.file(name);
  home.file('sub/deep');
  home.file('log/a.log');
  writeFileSync(Buffer.from(`${home.tree}/\xff\x1b`, 'latin1'), 'bytes');
  symlinkSync('no where', home.path('link'));
  spawnSync('mkfifo', [home.path('fifo')]);
  home.policyText(`version: 1
name: test
rules:
  - name: tree
    paths: ['${home.tree}']
  - name: logs
    paths: ['${home.path('log/a.log')}']
    watch: growing
  - name: rights
    paths: ['${home.path('sub')}']
    watch: [mode]
`);
  home.init();
  return home;
}

/** Writes the entries to a file, as a user would. */
function written(home: Box, format: string): { readonly file: string; readonly stderr: string; readonly text: string } {
  const file = home.beside(`entries.${format}`);
  const [program = '', ...args] = home.command(['baseline', 'entries', '--format', format]);
  const { status, stdout, stderr } = spawnSync(program, args, { env: home.environment() });
  expect(status, String(stderr)).toBe(0);
  writeFileSync(file, stdout);
  return { file, stderr: String(stderr), text: stdout.toString('latin1') };
}

describe('baseline entries', () => {
  test('as sha256sum are read back by it, whatever the names', () => {
    const home = grown();
    const { file, stderr, text } = written(home, 'sha256sum');
    expect(text.split('\n')).toHaveLength(NAMES.length + 2);
    expect(text).toMatch(/^\\[0-9a-f]{64} {2}\/.*\/new\\nline$/m);
    // The tree, its two directories, the link and the fifo; the log; what has only a mode.
    expect(stderr).toBe(
      'integ: warning: left out 7 objects: 5 of other types than file, 1 that may grow, 1 without a recorded sha256\n',
    );
    const check = () => spawnSync('sha256sum', ['--quiet', '--strict', '-c', file], { encoding: 'utf8' });
    expect(check()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    home.append('new\nline', 'x');
    expect(check().stdout).toBe(`\\${home.tree}/new\\nline: FAILED\n`);
  });

  test.skipIf(!works('sh', '-c', 'command -v mtree'))('as mtree are read back by it (needs mtree-netbsd)', () => {
    const home = grown();
    const { file, stderr } = written(home, 'mtree');
    expect(stderr).toBe('');
    const check = () => spawnSync('mtree', ['-e', '-p', '/', '-f', file], { encoding: 'latin1' });
    expect(check()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    home.append('log/a.log', 'more');
    home.append('sub/deep', 'more');
    expect(check()).toMatchObject({ status: 0, stdout: '' });
    home.append('new\nline', 'x');
    chmodSync(home.path('b c#*[x]='), 0o600);
    chmodSync(home.path('sub/deep'), 0o600);
    rmSync(home.path('fifo'));
    const { status, stdout } = check();
    expect(status).toBe(2);
    expect(stdout).toMatch(/new\nline: \n\tsize \(9, 10\)/);
    expect(stdout).toMatch(/b c#\*\[x\]=: \n\tpermissions \(0644, 0600\)/);
    expect(stdout).toMatch(/sub\/deep: \n\tpermissions \(0644, 0600\)/);
    expect(stdout).toMatch(/missing: .*\/fifo/);
  });

  test.skipIf(!works('bsdtar', '--version'))('as mtree are read by libarchive (needs libarchive-tools)', () => {
    const home = grown();
    const { file } = written(home, 'mtree');
    const list = spawnSync('bsdtar', ['-tf', file], { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } });
    expect(list).toMatchObject({ status: 0, stderr: '' });
    const names = list.stdout.split('\n');
    for (const name of ['plain', 'b c#*[x]=', 'new\\nline', 'café', 'sub/deep', 'link', 'fifo']) {
      expect(names).toContain(`.${home.tree}/${name}`);
    }
  });

  test('as keylime are a runtime policy by its schema', () => {
    const home = grown();
    const { stderr, text } = written(home, 'keylime');
    expect(stderr).toMatch(/left out 8 objects: .*, 1 with a name that is not UTF-8\n$/);
    const { meta, digests, ...others } = JSON.parse(text);
    expect(meta).toEqual({ version: 1, generator: 0, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(others).toEqual({
      release: 0,
      excludes: [],
      keyrings: {},
      ima: { ignored_keyrings: [], log_hash_alg: 'sha1', dm_policy: null },
      'ima-buf': {},
      'verification-keys': '',
    });
    expect(Object.keys(digests).toSorted()).toEqual(NAMES.map((name) => home.path(name)).toSorted());
    for (const list of Object.values(digests)) expect(list).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test('that a pattern does not cover are neither written nor counted', () => {
    const home = grown();
    mkdirSync(home.path('later'));
    const plain = home.run(['baseline', 'entries', '--format', 'sha256sum', home.path('plain')]);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^[0-9a-f]{64} {2}\/.*\/plain\n$/);
    const nothing = home.run(['baseline', 'entries', '--format', 'keylime', home.path('later')]);
    expect(nothing).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(nothing.stdout).digests).toEqual({});
  });

  test('of a damaged baseline are not written', () => {
    const home = grown();
    writeFileSync(home.baseline, 'x', { flag: 'a' });
    const { code, stdout } = home.run(['baseline', 'entries', '--format', 'keylime']);
    expect([code, stdout]).toEqual([65, '']);
  });
});
