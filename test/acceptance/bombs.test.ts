/** What a user without rights can hang on files of their own, so that recording them costs more than it should. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Attribute, HAS_ATTRIBUTES, MEMORY, setAttributes } from '../support/extended-attributes.ts';
import { box } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';

function attributes(count: number, length: number): readonly Attribute[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `user.n${String(index).padStart(5, '0')}`,
    value: String(index % 10).repeat(length),
  }));
}

test.skipIf(!HAS_ATTRIBUTES)(
  'large attributes leave the baseline small, and a change of any is found and told in few words',
  () => {
    const it = box(MEMORY);
    const path = it.file('bomb');
    it.file('other');
    setAttributes(path, attributes(400, 60_000));
    it.init();
    expect(statSync(it.baseline).size).toBeLessThan(1 << 20);
    expect(it.check().exitCode).toBe(0);
    for (const name of ['user.n00000', 'user.n00399']) {
      tool('setfattr', '-n', name, '-v', 'changed', path);
      const report = it.check();
      expect(it.findings(report), name).toEqual(['changed bomb']);
      const { before, after } = it.change(report, 'bomb').attributes['xattrs'] ?? {};
      expect(before, name).not.toBe(after);
      expect(String(before).length + String(after).length).toBeLessThan(4096);
      tool('setfattr', '-n', name, '-v', name === 'user.n00000' ? '0'.repeat(60_000) : '9'.repeat(60_000), path);
    }
  },
);

test.skipIf(!HAS_ATTRIBUTES)(
  'a baseline in which an earlier version kept large attributes whole still says what is so',
  () => {
    const it = box(MEMORY);
    writeFileSync(
      it.baseline,
      gunzipSync(readFileSync(new URL('../fixtures/whole-attributes.db.gz', import.meta.url))),
      {
        mode: 0o600,
      },
    );
    for (const name of ['small', 'large', 'many']) it.file(`srv/${name}`);
    setAttributes(it.path('srv/small'), [{ name: 'user.comment', value: 'small' }]);
    tool('setfattr', '-n', 'user.other', '-v', '0sAP8=', it.path('srv/small'));
    const large = [
      { name: 'user.comment', value: 'small' },
      { name: 'user.large', value: 'L'.repeat(60_000) },
    ];
    setAttributes(it.path('srv/large'), large);
    const many = Array.from({ length: 200 }, (_, index) => ({
      name: `user.n${String(index).padStart(3, '0')}`,
      value: 'M'.repeat(200),
    }));
    setAttributes(it.path('srv/many'), many);
    const check = () => it.check(['--root', it.tree]);
    expect(check()).toMatchObject({ exitCode: 0, changes: [], errors: [] });
    tool('setfattr', '-n', 'user.large', '-v', `${'L'.repeat(59_999)}l`, it.path('srv/large'));
    tool('setfattr', '-n', 'user.n199', '-v', 'm', it.path('srv/many'));
    expect(check().changes.map(({ path, attributes: changed }) => [path, Object.keys(changed)])).toEqual([
      ['/srv/large', ['xattrs']],
      ['/srv/many', ['xattrs']],
    ]);
  },
);

test.skipIf(!HAS_ATTRIBUTES)(
  'more attributes than can be listed make one object incomplete and lose nothing else',
  () => {
    const it = box(MEMORY);
    const path = it.file('bomb');
    it.file('other');
    const long = Array.from({ length: 400 }, (_, index) => ({ name: `user.${'n'.repeat(240)}${index}`, value: 'x' }));
    setAttributes(path, long);
    const initial = it.run(['init']);
    expect(initial.code).toBe(16);
    expect(initial.stdout).toContain('more extended attributes than the system lists');
    const report = it.check();
    expect(report.errors.map((error) => [it.short(error.path), error.code])).toEqual([['bomb', 'E2BIG']]);
    expect(it.run(['baseline', 'entries', '--format', 'ndjson']).stdout).toContain('/other"');
  },
);

test.skipIf(!HAS_ATTRIBUTES || !isRoot())(
  'a label that is too long to be one is told and not recorded (needs root)',
  () => {
    const it = box(MEMORY);
    const path = it.file('labelled');
    if (!works('setfattr', '-n', 'security.selinux', '-v', 'x'.repeat(5000), path)) return;
    expect(it.run(['init']).code).toBe(16);
    const report = it.check();
    expect(report.errors).toMatchObject([{ path, code: 'LIMIT' }]);
    expect(report.errors[0]?.message).toContain('security.selinux has 5000 bytes');
  },
);

const HAS_ACLS =
  works('setfacl', '--version') &&
  works('sh', '-c', `f=$(mktemp -p ${MEMORY}) && setfacl -m u:1:r "$f"; code=$?; rm -f "$f"; exit $code`);

test.skipIf(!HAS_ACLS)('an ACL with thousands of entries is compared to the last, and told in few words', () => {
  const it = box(MEMORY);
  const path = it.file('crowded');
  const acl = it.beside('acl');
  const users = Array.from({ length: 4000 }, (_, index) => `user:${10_000 + index}:r--`);
  writeFileSync(acl, ['user::rw-', ...users, 'group::r--', 'mask::r--', 'other::---', ''].join('\n'));
  tool('setfacl', '--set-file', acl, path);
  it.init();
  expect(it.check().exitCode).toBe(0);
  tool('setfacl', '-m', 'user:13999:rwx,mask::r--', path);
  const report = it.check();
  expect(it.findings(report)).toEqual(['changed crowded']);
  const { before, after } = it.change(report, 'crowded').attributes['acl'] ?? {};
  expect(before).not.toBe(after);
  expect(String(before).length + String(after).length).toBeLessThan(4096);
});

test.skipIf(!HAS_ACLS)('a directory of objects with long ACLs is recorded and compared page by page', () => {
  const it = box(MEMORY);
  const acl = it.beside('acl');
  const users = Array.from({ length: 500 }, (_, index) => `user:${10_000 + index}:r--`);
  const entries = ['user::rw-', ...users, 'group::r--', 'mask::r--', 'other::---'];
  writeFileSync(acl, [...entries, ...entries.map((entry) => `default:${entry}`), ''].join('\n'));
  const names = Array.from({ length: 1500 }, (_, index) => `d${String(index).padStart(4, '0')}`);
  for (const name of names) it.directoryAt(name);
  tool('setfacl', '--set-file', acl, ...names.map((name) => it.path(name)));
  it.init();
  expect(it.run(['baseline', 'verify']).code).toBe(0);
  expect(it.check().exitCode).toBe(0);
});
