import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { box } from '../support/integ.ts';

test('a renamed, a moved and a moved and opened file are moves, with what else differs', () => {
  const it = box();
  it.file('a/renamed', 'first\n');
  it.file('a/moved', 'second\n');
  it.file('a/opened', 'third\n', 0o600);
  it.directoryAt('b');
  it.init();
  renameSync(it.path('a/renamed'), it.path('a/other'));
  renameSync(it.path('a/moved'), it.path('b/moved'));
  renameSync(it.path('a/opened'), it.path('b/opened'));
  chmodSync(it.path('b/opened'), 0o4777);
  const report = it.check();
  expect(report.exitCode).toBe(4);
  expect(report.summary).toMatchObject({ moved: 3, added: 0, removed: 0, changed: 0 });
  expect(it.findings(report).toSorted()).toEqual([
    'moved a/moved -> b/moved',
    'moved a/opened -> b/opened',
    'moved a/renamed -> a/other',
  ]);
  const opened = it.change(report, 'b/opened');
  expect(opened.attributes.mode).toEqual({ before: '0600', after: '4777' });
  expect(opened.flags).toEqual(['setuid-added', 'world-writable-now', 'executable-appeared']);
  expect(it.change(report, 'a').consequence).toBe(true);
});

test('a copy whose original is gone is a move where the content is unique, and is none where it is not', () => {
  const it = box();
  it.file('unique', 'only one of its kind\n');
  it.file('twin1', 'two of a kind\n');
  it.file('twin2', 'two of a kind\n');
  it.policy('watch: config');
  it.init();
  copyFileSync(it.path('unique'), it.path('copy'));
  unlinkSync(it.path('unique'));
  copyFileSync(it.path('twin1'), it.path('third'));
  unlinkSync(it.path('twin1'));
  unlinkSync(it.path('twin2'));
  expect(it.findings(it.check())).toEqual(['moved unique -> copy', 'added third', 'removed twin1', 'removed twin2']);
});

test('an empty file is never taken for another one because both are empty', () => {
  const it = box();
  it.file('old', '');
  it.init();
  it.file('new', '');
  utimesSync(it.path('new'), 1, 1);
  unlinkSync(it.path('old'));
  const report = it.check();
  expect(it.findings(report)).toEqual(['added new', 'removed old']);
  expect(report.exitCode).toBe(3);
});

test('a file that gets the inode number of a removed one is not the removed one', () => {
  const it = box();
  it.file('victim', 'the original\n');
  it.init();
  // Most file systems hand out a number again at once; where they do not, the answer is the same.
  unlinkSync(it.path('victim'));
  it.file('impostor', 'another one!\n');
  expect(it.findings(it.check())).toEqual(['added impostor', 'removed victim']);
});

test('one of two hard links that is renamed is one move', () => {
  const it = box();
  it.file('first', 'shared\n');
  linkSync(it.path('first'), it.path('second'));
  it.policy('watch: config');
  it.init();
  renameSync(it.path('second'), it.path('third'));
  expect(it.findings(it.check())).toEqual(['moved second -> third']);
});

test('a renamed directory of many files is one finding; a file changed in it is another', () => {
  const it = box();
  for (let index = 0; index < 50; index += 1) it.file(`lib/${index}`, `file ${index}\n`);
  it.init();
  renameSync(it.path('lib'), it.path('lib.old'));
  it.append('lib.old/7', 'payload\n');
  const report = it.check();
  expect(report.summary.moved).toBeGreaterThanOrEqual(1);
  expect(it.findings(report)).toContain('moved lib -> lib.old');
  expect(it.findings(report).filter((finding) => !finding.startsWith('moved lib -> '))).toEqual([
    'added lib.old/7',
    'removed lib/7',
  ]);
});

test('logs may grow: appending is no finding under growing and append-only, and is one under read-only', () => {
  const it = box();
  for (const name of ['growing', 'append', 'fixed']) it.file(name, 'line 1\nline 2\n');
  it.policyText(`version: 1
rules:
  - paths: ['${it.tree}']
    watch: dynamic
  - paths: ['${it.path('growing')}']
    watch: growing
  - paths: ['${it.path('append')}']
    watch: append-only
  - paths: ['${it.path('fixed')}']
    watch: config
`);
  it.init();
  for (const name of ['growing', 'append', 'fixed']) it.append(name, 'line 3\n');
  expect(it.findings(it.check())).toEqual(['changed fixed']);
});

test('a log that was emptied, cut or rewritten is flagged, at the same size and after growing again too', () => {
  const it = box();
  const text = 'attack from 192.0.2.1\nlogin root\n';
  for (const name of ['cut', 'emptied', 'edited', 'longer', 'kept']) it.file(name, text);
  it.policy('watch: append-only');
  it.init();
  truncateSync(it.path('cut'), 10);
  truncateSync(it.path('emptied'), 0);
  writeFileSync(it.path('edited'), text.replace('attack', 'greets'), { flag: 'r+' });
  writeFileSync(it.path('longer'), `${text.replace('attack', 'greets')}and more lines\n`, { flag: 'r+' });
  it.append('kept', 'logout root\n');
  const report = it.check();
  expect(report.exitCode).toBe(4);
  expect(it.findings(report)).toEqual(['changed cut', 'changed edited', 'changed emptied', 'changed longer']);
  expect(it.change(report, 'cut').flags).toEqual(['truncated']);
  expect(it.change(report, 'emptied').flags).toEqual(['truncated']);
  expect(it.change(report, 'edited').flags).toContain('rewritten');
  expect(it.change(report, 'longer').flags).toContain('rewritten');
});

test('growing minds a smaller size and nothing else of the content', () => {
  const it = box();
  for (const name of ['cut', 'edited']) it.file(name, 'line 1\nline 2\n');
  it.policy('watch: growing');
  it.init();
  truncateSync(it.path('cut'), 3);
  writeFileSync(it.path('edited'), 'Line', { flag: 'r+' });
  const report = it.check();
  expect(it.findings(report)).toEqual(['changed cut']);
  expect(it.change(report, 'cut').flags).toEqual(['truncated']);
});

test('a rotated log is recognised: it moved, its bytes are still first, and the new one is no surprise', () => {
  const it = box();
  const log = it.file('log/mail.log', 'line 1\nline 2\n', 0o640);
  it.policy('watch: append-only');
  it.init();
  it.append('log/mail.log', 'line 3\n');
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'line 4\n');
  chmodSync(log, 0o640);
  const report = it.check();
  expect(it.findings(report)).toEqual(['moved log/mail.log -> log/mail.log.1']);
  expect(report.exitCode).toBe(4);
  expect(it.change(report, 'log/mail.log').consequence).toBe(true);
});

test('a log that was rewritten on its way through rotation is no rotation', () => {
  const it = box();
  const log = it.file('mail.log', 'line 1\nline 2\n');
  it.policy('watch: append-only');
  it.init();
  writeFileSync(log, 'LINE', { flag: 'r+' });
  renameSync(log, `${log}.1`);
  writeFileSync(log, '');
  const report = it.check();
  expect(it.change(report, 'mail.log').flags).toEqual(['truncated']);
  expect(it.findings(report)).toEqual(['changed mail.log', 'added mail.log.1']);
});

test('a directory put in the place of a log is a change of type', () => {
  const it = box();
  const log = it.file('mail.log', 'line 1\n');
  it.policy('watch: append-only');
  it.init();
  unlinkSync(log);
  mkdirSync(log);
  const report = it.check();
  expect(it.change(report, 'mail.log').flags).toContain('type-changed');
  expect(readFileSync(it.policyFile, 'utf8')).toContain('append-only');
});
