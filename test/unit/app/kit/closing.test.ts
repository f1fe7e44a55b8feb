/** The copies of the loader and the C library of this system, and of others in form, that a kit holds. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { closedLibc, closedLoader } from '../../../../src/app/kit/closing.ts';
import { interpreterOf } from '../../../../src/system/elf.ts';
import { errorOf } from '../../../support/errors.ts';

const PRELOAD = '/etc/ld.so.preload\0';
const loader = (directories: string, preload = PRELOAD): Buffer =>
  Buffer.from(`\x7fELF\0${preload}\0\0${directories}\0/usr/lib/locale\0 text of /lib/ and more\0`, 'latin1');

test('a loader forgets what it preloads and where it searches, byte for byte', () => {
  const debian = '/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0';
  const closed = closedLoader(loader(debian)).toString('latin1');
  expect(closed).toHaveLength(loader(debian).length);
  expect(closed).toContain('\0\0etc/ld.so.preload\0');
  expect(closed).toContain(`\0/sys${'/'.repeat(18)}\0/sys${'/'.repeat(22)}\0/sys/\0/sys/////\0`);
  // What is no directory of libraries stays.
  expect(closed).toContain('\0/usr/lib/locale\0 text of /lib/ and more\0');
});

test('wherever the list of directories stands once more, it is forgotten', () => {
  const list = '/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0';
  const closed = closedLoader(loader(`${list}\0\x01${list}\0tail${list}`)).toString('latin1');
  expect(closed).not.toContain('linux-gnu');
  expect(closed).not.toMatch(/\/lib\/\0/);
});

test.each([
  ['of Fedora', '/lib64/\0/usr/lib64/\0'],
  ['of Arch', '/usr/lib/\0'],
  ['of arm64', '/lib/aarch64-linux-gnu/\0/usr/lib/aarch64-linux-gnu/\0/lib/\0/usr/lib/\0'],
])('so does one %s', (_, directories) => {
  expect(closedLoader(loader(directories)).toString('latin1')).not.toMatch(/\0\/(?:usr\/)?lib[^\0]*\/\0/);
});

test.each([
  ['names no file to preload', loader('/lib/\0', '')],
  ['names two', loader('/lib/\0', PRELOAD + PRELOAD)],
  ['names no directories', loader('/opt/glibc/\0')],
])('a loader that %s is not understood, and no kit is made of it', (_, bytes) => {
  expect(errorOf(() => closedLoader(bytes))).toMatchObject({ code: 'lacking' });
});

test('the loader and the C library of this system are understood', ({ skip }) => {
  const file = interpreterOf(process.execPath);
  if (file === undefined || !file.includes('ld-linux')) return skip('needs glibc');
  const bytes = readFileSync(file);
  expect(closedLoader(bytes)).toHaveLength(bytes.length);
  const libc = `/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libc.so.6`;
  if (existsSync(libc)) expect(closedLibc(readFileSync(libc))).toHaveLength(readFileSync(libc).length);
});

test('what is no program has no loader', () => {
  expect(interpreterOf('/etc/passwd')).toBeUndefined();
});
