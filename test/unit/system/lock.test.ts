import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liveHost } from '../../../src/system/host.ts';
import { acquireLock } from '../../../src/system/lock.ts';
import { errorOf } from '../../support/errors.ts';
import { scratchDirectory } from '../../support/scratch.ts';

let directory: string;
let baseline: string;
let children: ChildProcess[];
beforeEach(() => {
  directory = scratchDirectory();
  baseline = join(directory, 'baseline.db');
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Another process that locks the file with flock(1), as integ does, and says so, until it is killed. */
async function otherHolder(file: string): Promise<ChildProcess> {
  const child = spawn('/usr/bin/flock', ['-x', '--no-fork', file, 'sh', '-c', 'echo locked; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const { stdout } = child;
  if (stdout === null) throw new Error('no output to wait for');
  await once(createInterface(stdout), 'line');
  return child;
}

describe('the lock of a baseline', () => {
  test('is a file beside it, for the owner alone, and gone after release', () => {
    const lock = acquireLock(baseline, 'init');
    expect(lstatSync(`${baseline}.lock`).mode & 0o7777).toBe(0o600);
    lock.release();
    lock.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('refuses a second writer and says who has it since when', () => {
    const lock = acquireLock(baseline, 'init', { ...liveHost, now: () => 1_767_323_045_000_000_000n });
    const error = errorOf(() => acquireLock(baseline, 'accept'));
    lock.release();
    expect(error.code).toBe('locked');
    expect(error.message).toBe(
      `baseline is locked by pid ${process.pid} (integ init, since 2026-01-02T03:04:05.000000000Z)`,
    );
    expect(error.hint).toBeDefined();
  });

  test('names the host of the holder when it is another one', () => {
    const lock = acquireLock(baseline, 'init', { ...liveHost, hostName: () => 'mail1' });
    const error = errorOf(() => acquireLock(baseline, 'init'));
    lock.release();
    expect(error.message).toContain(`pid ${process.pid} on mail1 (integ init`);
  });

  test('can be taken again after release', () => {
    acquireLock(baseline, 'init').release();
    acquireLock(baseline, 'init').release();
  });

  test('of a process that was killed is taken over, whatever its file says', async () => {
    const child = await otherHolder(`${baseline}.lock`);
    writeFileSync(`${baseline}.lock`, '{"pid":1,"host":"h","command":"init","since":"long ago"}');
    const error = errorOf(() => acquireLock(baseline, 'init'));
    expect(error.message).toContain('locked by pid 1 on h (integ init, since long ago)');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const lock = acquireLock(baseline, 'accept');
    expect(readFileSync(`${baseline}.lock`, 'utf8')).toContain(`"pid":${process.pid}`);
    lock.release();
  });

  test('whose file holds something else still refuses, and prints none of it', async () => {
    const texts = ['', '\x1b[2J', '{"pid":"1"}', '{"pid":1}', 'null', 'x'.repeat(10_000)];
    for (const [index, text] of texts.entries()) {
      const file = join(directory, `hostile-${index}`);
      writeFileSync(`${file}.lock`, text);
      await otherHolder(`${file}.lock`);
      const error = errorOf(() => acquireLock(file, 'init'));
      expect(error.code).toBe('locked');
      expect(error.message).toBe('baseline is locked by another run of integ');
    }
  });

  test('escapes what the holder wrote', async () => {
    const note = { pid: 1, host: 'h\x1b[2J', command: 'a\nb', since: '\u202e' };
    writeFileSync(`${baseline}.lock`, JSON.stringify(note));
    await otherHolder(`${baseline}.lock`);
    expect(errorOf(() => acquireLock(baseline, 'init')).message).not.toMatch(/\p{C}/u);
  });

  test('is not set through a symbolic link', () => {
    symlinkSync(join(directory, 'victim'), `${baseline}.lock`);
    expect(errorOf(() => acquireLock(baseline, 'init')).code).toBe('cannotCreate');
    expect(existsSync(join(directory, 'victim'))).toBe(false);
  });

  test('in a directory that does not exist says so', () => {
    const error = errorOf(() => acquireLock(join(directory, 'none/baseline.db'), 'init'));
    expect(error.code).toBe('cannotCreate');
    expect(error.message).toContain('the directory does not exist');
  });

  test('leaves the file of a newer holder alone on release', () => {
    const lock = acquireLock(baseline, 'init');
    rmSync(`${baseline}.lock`);
    writeFileSync(`${baseline}.lock`, 'of another');
    lock.release();
    expect(readFileSync(`${baseline}.lock`, 'utf8')).toBe('of another');
  });

  test('leaves no descriptor open, neither when it is released nor when it is refused', () => {
    const openHere = (): string[] =>
      readdirSync('/proc/self/fd')
        .map((number) => readlinkOrNothing(`/proc/self/fd/${number}`))
        .filter((path) => path.startsWith(directory));
    const lock = acquireLock(baseline, 'init');
    expect(openHere()).toHaveLength(1);
    errorOf(() => acquireLock(baseline, 'init'));
    expect(openHere()).toHaveLength(1);
    lock.release();
    expect(openHere()).toEqual([]);
  });
});

function readlinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Takes and gives back the lock many times; between the two, nobody else may be there. */
const CONTENDER = `
  import { closeSync, openSync, unlinkSync } from 'node:fs';
  import { acquireLock } from './out/system/lock.js';
  let held = 0;
  for (let round = 0; round < 60; round += 1) {
    let lock;
    try { lock = acquireLock('./baseline.db', 'init'); } catch (error) {
      if (error.code !== 'locked') throw error;
      continue;
    }
    closeSync(openSync('./inside', 'wx'));
    unlinkSync('./inside');
    held += 1;
    if (round % 20 === 19) process.kill(process.pid, 'SIGKILL');
    lock.release();
  }
  console.log(held);
`;

describe('many processes that want the lock at the same time', () => {
  test('never have it together, also when some are killed with it', async () => {
    const root = join(import.meta.dirname, '../../..');
    const compiler = join(root, 'node_modules/.bin/tsc');
    const options = '--ignoreConfig --module nodenext --target es2023 --types node --rewriteRelativeImportExtensions';
    const places = ['--rootDir', 'src', '--outDir', join(directory, 'out'), 'src/system/lock.ts'];
    const compiled = spawnSync(compiler, [...options.split(' '), '--noCheck', ...places], { cwd: root });
    expect(compiled.stdout.toString()).toBe('');
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
    writeFileSync(join(directory, 'contender.js'), CONTENDER);
    const contenders = Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['contender.js'], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
      children.push(child);
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      await once(child, 'close');
      return said;
    });
    expect((await Promise.all(contenders)).join('')).toBe('');
    acquireLock(baseline, 'init').release();
  });
});
