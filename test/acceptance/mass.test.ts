/** What changed alike in many files is one line, by which it is accepted; what really changed stands before it. */
import { readdirSync, readFileSync, renameSync, statSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';

function filled(count: number, ...keys: readonly string[]): Box {
  const given = box();
  for (let index = 0; index < count; index += 1) given.file(`d/f${index}`, `file ${index}\n<body>\n`, 0o644);
  given.policy('watch: read-only', ...keys);
  given.init();
  return given;
}

/** Each file anew, with content, rights and times as before. */
function restore(given: Box): void {
  for (const name of readdirSync(given.path('d'))) {
    const path = given.path(`d/${name}`);
    const [content, { atime, mtime }] = [readFileSync(path), statSync(path)];
    // Both are there for a moment, so that the inode is another one.
    given.file(`d/${name}.new`, content, 0o644);
    renameSync(`${path}.new`, path);
    utimesSync(path, atime, mtime);
  }
}

test('a restored backup is one line, and the real changes stand before it', () => {
  const given = filled(60);
  restore(given);
  for (const name of ['d/f7', 'd/f8']) given.append(name, 'tampered');
  given.file('d/trojan', 'x', 0o4755);
  const text = given.run(['check']).stdout;
  const [line = '', numbers = ''] =
    /^ {2}\[([\d-]+)\] 58 changed only in inode and times, as after .*$/m.exec(text) ?? [];
  for (const name of ['f7', 'f8', 'trojan']) expect(text.indexOf(`/d/${name}\n`)).toBeLessThan(text.indexOf(line));
  expect(given.run(['accept', '--finding', numbers, '--reason', 'restored'])).toMatchObject({ code: 0, stderr: '' });
  expect(given.findings(given.check()).toSorted()).toEqual(['added d/trojan', 'changed d/f7', 'changed d/f8']);
});

test('a script put into many pages is told once, with the pages below', () => {
  const given = filled(40, 'diff: { private: true }');
  const script = '<script src="https://evil.example/x.js"></script>';
  for (let index = 0; index < 40; index += 1) given.append(`d/f${index}`, `${script}\n`);
  const text = given.run(['check']).stdout;
  expect(text).toMatch(/\[\d+-\d+\] 40 changed in the same lines in .*\/d and below\n/);
  expect(text.split(`+${script}`)).toHaveLength(2);
  expect(given.run(['report', 'show', '--verbose']).stdout.split(`+${script}`)).toHaveLength(41);
  expect(given.check().changes.filter(({ kind }) => kind === 'changed').length).toBeGreaterThanOrEqual(40);
});
