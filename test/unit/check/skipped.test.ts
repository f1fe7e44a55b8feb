import { expect, test } from 'vitest';
import { judgeSkipped } from '../../../src/check/skipped.ts';
import { pathFromText } from '../../../src/model/bytes.ts';
import type { Failure } from '../../../src/model/errors.ts';
import { DEADLINE, MOST_TIMES } from '../../../src/model/skipped.ts';

function late(path: string): Failure {
  return { path: pathFromText(path), ...DEADLINE, message: 'too late' };
}

const DENIED: Failure = { path: pathFromText('/srv/x'), operation: 'open', code: 'EACCES', message: 'no' };

test('what is below a directory that was left out is not told again', () => {
  const { failures, skipped } = judgeSkipped(
    [late('/srv/a/b'), DENIED, late('/srv/a'), late('/srv/a'), late('/srv/ab')],
    [],
  );
  expect(failures.map(({ path }) => path)).toEqual(['/srv/x', '/srv/a', '/srv/ab']);
  expect(skipped).toEqual([
    { path: '/srv/a', times: 1 },
    { path: '/srv/ab', times: 1 },
  ]);
});

test('many of one directory are told as one, and each is remembered', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `/srv/many/${index}`);
  const { failures, skipped } = judgeSkipped([...names.map(late), late('/srv/few/1')], []);
  expect(failures.map(({ path, message }) => [path, message])).toEqual([
    ['/srv/few/1', 'too late'],
    ['/srv/many', expect.stringContaining('1000 files and directories in it')],
  ]);
  expect(skipped).toHaveLength(1001);
});

test('a device that says ETIME is a failure like any other', () => {
  const device: Failure = { ...DENIED, code: 'ETIME', operation: 'read' };
  expect(judgeSkipped([device], [])).toEqual({ failures: [device], skipped: [] });
});

test('it is counted how often something is left out, and begun again when it had its turn', () => {
  let before = judgeSkipped([late('/srv/a')], []).skipped;
  for (let times = 2; times <= MOST_TIMES; times += 1) {
    before = judgeSkipped([late('/srv/a/part')], before).skipped;
    expect(before).toEqual([{ path: '/srv/a/part', times }]);
  }
  expect(judgeSkipped([late('/srv')], before).skipped).toEqual([{ path: '/srv', times: 1 }]);
});
