/** Programs that are read while they run end when they must, with all that they started. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RunningProgram } from '../../../src/system/running-program.ts';

const PLAIN = { environment: { PATH: '/usr/bin:/bin' } };

function shell(script: string, input?: string): RunningProgram {
  return new RunningProgram('/bin/sh', ['-c', script], input === undefined ? PLAIN : { ...PLAIN, input });
}

async function outputOf(program: RunningProgram): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of program.output()) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function isRunning(pid: number): boolean {
  try {
    // A process that has ended and was not waited for yet is in state Z.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

test('a program is given its input and nothing of our environment', async () => {
  const program = shell('cat; env | grep -v PWD | sort; echo why >&2; exit 3', 'input\n');
  expect((await outputOf(program)).split('\n').slice(0, 2)).toEqual(['input', 'PATH=/usr/bin:/bin']);
  expect(await program.ended).toEqual({ code: 3, signal: null, error: undefined });
  expect(program.complaint.toString()).toBe('why\n');
});

test('a program that is stopped ends with all that it started', async () => {
  const program = shell('sleep 1000 & echo $!; echo $$; wait');
  const pids: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const piece of program.output()) {
      pids.push(...piece.toString().trim().split('\n').map(Number));
      if (pids.length >= 2) program.stop(new Error('enough'));
    }
  };
  await expect(reading()).rejects.toThrow('enough');
  await expect(program.ended).rejects.toThrow('enough');
  for (let attempt = 0; attempt < 500 && pids.some(isRunning); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(pids.filter(isRunning)).toEqual([]);
});

test('who holds the pipe of a program that has ended is not waited for', async () => {
  // In a session of its own, so that it does not end with the program.
  const program = shell('setsid sh -c "echo \\$\\$; exec sleep 1000 >/dev/null" & sleep 0.5');
  const pid = Number(await outputOf(program));
  expect(pid).toBeGreaterThan(1);
  expect(await program.ended).toMatchObject({ code: 0 });
  expect(isRunning(pid)).toBe(true);
  process.kill(pid);
});

test('of an endless complaint the last is kept', async () => {
  const program = shell('head -c 10000000 /dev/zero | tr "\\0" x >&2; echo the end >&2');
  await outputOf(program);
  await program.ended;
  expect(program.complaint.length).toBeLessThanOrEqual(4096);
  expect(program.complaint.toString()).toMatch(/^x+the end\n$/);
});

test('a program that is not there ends at once and says so', async () => {
  const program = new RunningProgram('/nonexistent', [], PLAIN);
  expect(await outputOf(program)).toBe('');
  expect((await program.ended).error?.message).toContain('ENOENT');
});
