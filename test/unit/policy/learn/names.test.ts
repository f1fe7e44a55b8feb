import { expect, test } from 'vitest';
import { pathFromText } from '../../../../src/model/bytes.ts';
import { generalName } from '../../../../src/policy/learn/names.ts';

test.each([
  ['app-2026-11-22.log', 'app-[0-9]*.log'],
  ['app.2026-11-22T03:04:05.log', 'app.[0-9]*.log'],
  ['syslog.1', 'syslog.[0-9]*'],
  ['syslog.2.gz', 'syslog.[0-9]*.gz'],
  ['worker-4711.pid', 'worker-[0-9]*.pid'],
  [
    'job-0f8fad5b-d9cb-469f-a165-70867728950e.json',
    'job-[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]-*.json',
  ],
  ['cache_d41d8cd98f00b204', 'cache_*'],
  ['d41d8cd98f00b204.bin', '[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]*.bin'],
  ['tmp.kR3dE9xQ2z', 'tmp.*'],
  ['a*b[1]', 'a\\*b\\[[0-9]*\\]'],
])('%s is one of %s', (name, glob) => {
  expect(generalName(pathFromText(name))).toBe(glob);
});

test.each(['app.log', 'readme', 'sess_abcdefgh', 'facade'])('%s is itself', (name) => {
  expect(generalName(pathFromText(name))).toBeUndefined();
});

test('a name that cannot be read is itself, since no glob could say it', () => {
  expect(generalName(pathFromText('a\n1'))).toBeUndefined();
});
