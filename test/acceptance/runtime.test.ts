/** integ on the oldest Node.js that it supports, and started by one that is older. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Box, box, expectFailure, REPOSITORY } from '../support/integ.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { until } from '../support/waiting.ts';

/** Some Node.js that .ci/run installs. */
const nodeOf = (version: string): string => join(REPOSITORY, `.ci/nodes/${version}/node_modules/.bin/node`);

const { version: PINNED }: { version: string } = JSON.parse(
  readFileSync(join(REPOSITORY, '.ci/runtime/package.json'), 'utf8'),
);

function boxOn(node: string): Box {
  const place = box();
  place.node = node;
  return place;
}

const OLDEST = nodeOf('22.14.0');

describe.skipIf(!existsSync(OLDEST))('on Node.js 22.14, the oldest (needs what .ci/run installs)', () => {
  test('a host is recorded, checked and accepted, and the newest finds the same', () => {
    const place = boxOn(OLDEST);
    place.file('kept');
    place.file('edited');
    place.init();
    place.append('edited', 'more\n');
    place.file('new');
    const report = place.check();
    expect(report.tool.node).toBe('22.14.0');
    expect(place.findings(report)).toEqual(['changed edited', 'added new']);
    expect(place.run(['accept', '--all', '--reason', 'meant']).code).toBe(0);
    expect(place.check().status).toBe('clean');
    place.node = process.execPath;
    expect(place.check(), 'the newest reads what the oldest wrote').toMatchObject({
      status: 'clean',
      tool: { node: PINNED },
    });
  });
});

describe.each(['18.20.4', '20.20.2'])('started by Node.js %s', (version) => {
  const older = nodeOf(version);
  describe.skipIf(!existsSync(older))('(needs what .ci/run installs)', () => {
    test('integ runs on the runtime of the checkout, with arguments, streams and exit code as they were', () => {
      const place = boxOn(older);
      const name = "a name\nwith 'all' $(of) \\ it";
      place.file(name);
      place.init();
      place.append(name, 'more\n');
      const report = place.check([
        '--paths',
        `${place.path(name).replace('\\', '\\\\').replace('$(of)', '$\\(of\\)')}`,
      ]);
      expect(report.tool.node).toBe(PINNED);
      expect(report.changes).toHaveLength(1);
      const piped = place.run(['baseline', 'verify', '-'], { input: readFileSync(place.baseline), bare: true });
      expect(piped).toMatchObject({ code: 0, stderr: '' });
      expectFailure(place.run(['chekc'], { bare: true }), 64, /unknown command/);
    });

    test('a signal to it ends integ as a signal to integ does', async () => {
      const place = boxOn(older);
      place.file('large', Buffer.alloc(1 << 24));
      for (const [signal, code] of [['SIGTERM', 143] as const, ['SIGINT', 130] as const]) {
        const run = place.start(['init', '--max-rate', '64K']);
        await until(() => childOf(run.pid) !== undefined && place.leftovers().length > 0, 'integ is at work');
        run.kill(signal);
        expect((await run.ended).code).toBe(code);
        expect(place.leftovers()).toEqual([]);
      }
    });

    test('a signal that comes twice, as a terminal and npm send it, ends integ as one does', async () => {
      const place = boxOn(older);
      place.file('large', Buffer.alloc(1 << 24));
      const run = place.start(['init', '--max-rate', '64K']);
      await until(() => childOf(run.pid) !== undefined && place.leftovers().length > 0, 'integ is at work');
      const child = childOf(run.pid);
      if (child === undefined) expect.fail('integ has ended');
      process.kill(child, 'SIGINT');
      run.kill('SIGINT');
      expect((await run.ended).code).toBe(130);
      expect(place.leftovers()).toEqual([]);
    });

    test('programs that integ starts know nothing of it', () => {
      const place = boxOn(older);
      place.file('kept');
      const mailer = place.beside('sendmail');
      writeFileSync(mailer, `#!/bin/sh\ncat >/dev/null\nenv > '${place.beside('environment')}'\n`, { mode: 0o755 });
      place.policyText(
        `version: 1\nrules: [{ name: tree, paths: ['${place.tree}'] }]\n` +
          `notify: { email: { to: [root], sendmail: '${mailer}', when: always } }\n`,
      );
      place.init();
      expect(place.run(['check']).code).toBe(0);
      const environment = readFileSync(place.beside('environment'), 'utf8');
      expect(environment).toContain('PATH=');
      expect(environment).not.toContain('INTEG_PARENT');
    });

    test('integ does not outlive it when it is killed', async () => {
      const place = boxOn(older);
      place.file('large', Buffer.alloc(1 << 24));
      const run = place.start(['init', '--max-rate', '64K'], { mayLeave: true });
      await until(() => place.leftovers().length > 0, 'integ is at work');
      const child = childOf(run.pid);
      run.kill('SIGKILL');
      await run.ended;
      await until(() => !isRunning(child), 'integ has ended');
      expect(existsSync(place.baseline)).toBe(false);
    });

    test('without a runtime beside it there is one line that says what to do', () => {
      const bare = scratchDirectory();
      for (const name of ['bin', 'package.json']) cpSync(join(REPOSITORY, name), join(bare, name), { recursive: true });
      const place = boxOn(older);
      const outcome = place.run(['check'], { program: join(bare, 'bin/integ.js') });
      expectFailure(outcome, 70, /Node\.js \S+ is too old \(hint: install Node\.js 22\.14 or later/);
    });
  });
});

describe('an installation that is not whole, or for another machine', () => {
  /** A copy of what is installed, without its packages but better-sqlite3. */
  function installed(): string {
    const folder = scratchDirectory();
    for (const name of ['bin', 'dist', 'policies', 'package.json', 'node_modules/better-sqlite3'])
      cpSync(join(REPOSITORY, name), join(folder, name), { recursive: true, dereference: true });
    return folder;
  }

  const binaries = (folder: string): string => join(folder, 'node_modules/better-sqlite3/prebuilds');

  test.each([
    ['its binary is gone', (folder: string) => rmSync(binaries(folder), { recursive: true })],
    ['the package is gone', (folder: string) => rmSync(join(folder, 'node_modules'), { recursive: true })],
    ['the shipped policies are gone', (folder: string) => rmSync(join(folder, 'policies'), { recursive: true })],
    ['a part of the code is gone', (folder: string) => rmSync(join(folder, 'dist/chunks'), { recursive: true })],
  ])('%s: one line and what to do, and no defect', (what, spoil) => {
    const place = box();
    place.file('a');
    const folder = installed();
    spoil(folder);
    const program = join(folder, 'bin/integ.js');
    const args = what.includes('policies') ? ['policy', 'check', 'builtin:linux-base'] : ['init'];
    expectFailure(place.run(args, { program }), 71, /installation of integ is incomplete.*\(hint: .*install/);
  });

  test('a binary for something else is told to be that', () => {
    const place = box();
    const folder = installed();
    for (const name of readdirSync(binaries(folder))) writeFileSync(join(binaries(folder), name), 'no program');
    const outcome = place.run(['init'], { program: join(folder, 'bin/integ.js') });
    expectFailure(outcome, 71, /the binary of better-sqlite3 is not one for Node\.js \S+ on linux .*\(hint: install/);
  });
});

/** The process that one has started; undefined while there is none. */
function childOf(pid: number | undefined): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? undefined : Number(children.split(' ')[0]);
}

function isRunning(pid: number | undefined): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
