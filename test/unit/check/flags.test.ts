import { expect, test } from 'vitest';
import { flagsOfAdded, flagsOfChanged, raisedSeverity } from '../../../src/check/flags.ts';
import type { AttributeName } from '../../../src/model/attributes.ts';
import { flagBit } from '../../../src/model/values/flags.ts';
import { type Facts, record } from '../../support/compared-trees.ts';

function changed(before: Facts, after: Facts, ...differences: AttributeName[]): readonly string[] {
  return flagsOfChanged(record(before), record(after), differences);
}

test('a new setuid program is flagged', () => {
  expect(flagsOfAdded(record({ mode: 0o4755 }))).toEqual(['setuid-added', 'executable-appeared']);
  expect(flagsOfAdded(record({ mode: 0o2644 }))).toEqual(['setgid-added']);
  expect(flagsOfAdded(record({ type: 'directory', mode: 0o2755 }))).toEqual([]);
});

test('a setuid bit that was there before is no flag', () => {
  expect(changed({ mode: 0o4755 }, { mode: 0o4711 }, 'mode')).toEqual([]);
  expect(changed({ mode: 0o0755 }, { mode: 0o6755 }, 'mode')).toEqual(['setuid-added', 'setgid-added']);
});

test('writable for everybody does not count for links and sticky directories', () => {
  expect(flagsOfAdded(record({ type: 'symlink', mode: 0o777 }))).toEqual([]);
  expect(flagsOfAdded(record({ type: 'directory', mode: 0o1777 }))).toEqual([]);
  expect(flagsOfAdded(record({ type: 'directory', mode: 0o777 }))).toEqual(['world-writable-now']);
});

test('a shared directory that lost its sticky bit is writable for everybody now', () => {
  const directory = { type: 'directory' } as const;
  expect(changed({ ...directory, mode: 0o1777 }, { ...directory, mode: 0o777 }, 'mode')).toEqual([
    'world-writable-now',
  ]);
});

test('content that changed under the same times is flagged, with other times it is not', () => {
  expect(changed({ content: 'a' }, { content: 'b' }, 'sha256')).toEqual(['content-changed-times-kept']);
  expect(changed({ content: 'a' }, { content: 'b', mtime: 5 }, 'sha256', 'mtime')).toEqual([]);
});

test('capabilities that came or are others are flagged, those taken away are not', () => {
  const caps = (text: string): Facts => ({ values: { caps: Buffer.from(text) } });
  expect(changed(caps(''), caps('x'), 'caps')).toEqual(['capability-added']);
  expect(changed(caps('y'), caps('x'), 'caps')).toEqual(['capability-added']);
  expect(changed(caps('x'), caps(''), 'caps')).toEqual([]);
  expect(flagsOfAdded(record(caps('x')))).toEqual(['capability-added']);
});

test('a protection that was taken away is flagged', () => {
  const flags = flagBit('immutable') | flagBit('append-only');
  expect(changed({ flags }, { flags: 0 }, 'flags')).toEqual(['immutable-no-longer', 'append-only-no-longer']);
  expect(changed({ flags: 0 }, { flags }, 'flags')).toEqual([]);
});

test('a file that became executable is flagged, also when it was a link before', () => {
  expect(changed({ mode: 0o644 }, { mode: 0o755 }, 'mode')).toEqual(['executable-appeared']);
  expect(changed({ type: 'symlink', mode: 0o777 }, { mode: 0o755 }, 'type')).toEqual([
    'executable-appeared',
    'type-changed',
  ]);
});

test('attributes that are not watched raise no flag', () => {
  expect(changed({ mode: 0o755 }, { mode: 0o4755 }, 'uid')).toEqual([]);
});

test('gained rights and hidden changes are at least high, whatever the rule says', () => {
  expect(raisedSeverity('info', ['setuid-added'])).toBe('high');
  expect(raisedSeverity('low', ['content-changed-times-kept'])).toBe('high');
  expect(raisedSeverity('critical', ['setuid-added'])).toBe('critical');
  expect(raisedSeverity('low', ['executable-appeared'])).toBe('low');
});
