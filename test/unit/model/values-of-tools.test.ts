/** The decoders against the programs that administrators use, on real files. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { pathFromText } from '../../../src/model/bytes.ts';
import { encodeAcl, formatAcl } from '../../../src/model/values/acl.ts';
import { formatCapabilities } from '../../../src/model/values/capabilities.ts';
import { FLAG_MASK, formatFlags } from '../../../src/model/values/flags.ts';
import { encodeXattrs, formatXattrs } from '../../../src/model/values/xattrs.ts';
import { Stat } from '../../../src/system/kernel.ts';
import { openLibcKernel } from '../../../src/system/libc-kernel.ts';
import { sharedDirectory } from '../../support/scratch.ts';

// Not in /tmp: a tmpfs there may hold no user attributes.
const directory = sharedDirectory('/var/tmp');
const file = join(directory, 'file');
const folder = join(directory, 'folder');

beforeAll(() => {
  writeFileSync(file, 'x');
  chmodSync(file, 0o640);
  mkdirSync(folder, { mode: 0o750 });
});

/** Runs a program of the system, or skips the test with the reason why it cannot. */
function run(context: TestContext, program: string, ...args: string[]): string {
  const result = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  if (result.error !== undefined) context.skip(`${program} is not installed`);
  if (result.status !== 0) context.skip(`${program}: ${result.stderr.trim()}`);
  return result.stdout;
}

function xattr(context: TestContext, name: string, path: string): Buffer {
  const value = /=0x([0-9a-f]*)$/m.exec(run(context, 'getfattr', '--absolute-names', '-e', 'hex', '-n', name, path));
  return Buffer.from(value?.[1] ?? '', 'hex');
}

/** The entries that getfacl prints, with numeric ids. */
function getfacl(context: TestContext, path: string): string[] {
  const text = run(context, 'getfacl', '--absolute-names', '--numeric', '--omit-header', '--no-effective', path);
  return text.split('\n').filter((line) => line !== '');
}

describe('compared with the programs of the system', () => {
  test('an access ACL reads as getfacl shows it', (context) => {
    run(context, 'setfacl', '-m', 'u:1000:r,u:4294967294:rwx,g:27:-,m:rx', file);
    const text = formatAcl(encodeAcl(xattr(context, 'system.posix_acl_access', file)));
    expect(text.split(',')).toEqual(getfacl(context, file));
    expect(text).toContain('user:4294967294:rwx');
  });

  test('a default ACL reads as getfacl shows it', (context) => {
    run(context, 'setfacl', '-m', 'u:33:x,d:u:1000:rw,d:g::r', folder);
    const access = xattr(context, 'system.posix_acl_access', folder);
    const text = formatAcl(encodeAcl(access, xattr(context, 'system.posix_acl_default', folder)));
    expect(text.split(',')).toEqual(getfacl(context, folder));
  });

  test('an extended attribute reads as it was set', (context) => {
    run(context, 'setfattr', '-n', 'user.comment', '-v', 'über allen Gipfeln', file);
    run(context, 'setfattr', '-n', 'user.raw', '-v', '0x00ff10', file);
    const pairs = ['user.raw', 'user.comment'].map((name) => ({
      name: pathFromText(name),
      value: xattr(context, name, file),
    }));
    const raw = run(context, 'getfattr', '--absolute-names', '-e', 'base64', '-n', 'user.raw', file);
    expect(formatXattrs(encodeXattrs(pairs))).toBe(
      `user.comment="über allen Gipfeln", ${raw.split('\n').find((line) => line.startsWith('user.raw='))}`,
    );
  });

  test.for([
    'cap_net_bind_service=ep',
    'cap_chown=p cap_kill=i',
    'cap_chown,cap_net_raw=eip',
    'cap_sys_admin,cap_bpf,cap_checkpoint_restore=p',
    '=',
    '=i cap_chown+p',
    '=ep cap_chown-ep',
    'all=p',
  ])('the capabilities %s read as getcap shows them', (wanted, context) => {
    run(context, 'setcap', wanted, file);
    const shown = run(context, 'getcap', file).slice(file.length).trim();
    expect(shown).not.toBe('');
    expect(formatCapabilities(xattr(context, 'security.capability', file))).toBe(shown);
  });

  test('the capabilities of a user namespace read as getcap shows them', (context) => {
    run(context, 'setcap', '-n', '1000', 'cap_kill=ep', file);
    const shown = run(context, 'getcap', '-n', file).slice(file.length).trim();
    expect(formatCapabilities(xattr(context, 'security.capability', file))).toBe(shown);
    expect(shown).toContain('rootid=1000');
  });

  test('the flags that chattr sets read by their names', (context) => {
    const kernel = openLibcKernel({ privateDirectory: false });
    if (kernel === undefined) return context.skip('libc cannot be called here');
    const flags = (): string => {
      const root = kernel.openRoot(directory);
      const stat = new Stat();
      kernel.stat(root, pathFromText('file'), stat);
      kernel.close(root);
      return formatFlags(stat.attributes & FLAG_MASK);
    };
    expect(flags()).toBe('none');
    run(context, 'chattr', '+iad', file);
    try {
      expect(flags()).toBe('immutable,append-only,nodump');
    } finally {
      run(context, 'chattr', '-iad', file);
    }
  });
});
