/** Files that grow while they are read. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { box, expectFailure } from '../support/integ.ts';
import { works } from '../support/programs.ts';
import { until } from '../support/waiting.ts';

/** A program that appends without a pause, up to 4 GB. */
function append(path: string): void {
  const script = `
    const { openSync, writeSync } = require('node:fs');
    const file = openSync(process.argv[1], 'a');
    const piece = Buffer.alloc(4 << 20, 'y');
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let count = 0; count < 1024; count += 1) { writeSync(file, piece); Atomics.wait(pause, 0, 0, 40); }
    setInterval(() => undefined, 1000);
  `;
  const writer = spawn(process.execPath, ['-e', script, path], { stdio: 'ignore' });
  onTestFinished(() => {
    writer.kill('SIGKILL');
  });
}

test('a file that grows faster than it is read does not hold up a check: it is told as unstable', async () => {
  const it = box('/dev/shm');
  const path = it.file('endless', Buffer.alloc(1 << 20));
  it.file('quiet');
  it.init();
  append(path);
  await until(() => statSync(path).size > 16 << 20, 'the file grows');
  const report = it.check(['--max-rate', '20M']);
  expect(report.errors).toMatchObject([{ path, code: 'UNSTABLE' }]);
  // What had to be read to know it, and not what was written meanwhile.
  expect(Number(report.summary.bytes)).toBeLessThan(200 << 20);
});

test('a digest of a file that grows is refused, since it would be of no content it ever had', async () => {
  const it = box('/dev/shm');
  const path = it.file('endless', Buffer.alloc(1 << 20));
  append(path);
  await until(() => statSync(path).size > 16 << 20, 'the file grows');
  const outcome = it.run(['hash', '-a', 'sha3-512', path], { bare: true });
  expectFailure(outcome, 74, /cannot read .*endless: it grows while it is read/);
});

test.skipIf(!works('test', '-r', '/proc/self/mountinfo'))(
  'files whose size says nothing are digested as sha256sum does',
  () => {
    const it = box();
    for (const path of ['/proc/version', '/sys/kernel/mm/transparent_hugepage/enabled']) {
      const { code, stdout } = it.run(['hash', '-a', 'sha256', '--format', 'sum', path], { bare: true });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^[0-9a-f]{64} /);
      expect(stdout).not.toMatch(/^e3b0c44298fc1c14/);
    }
  },
);
