/**
 * The newest report is not always the one that was read: who may mean another one is asked, or told which one is taken.
 */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Box, box } from '../support/integ.ts';
import { Screen, TMUX } from '../support/terminal-screen.ts';

/** A report that was read, and a newer one that has something more in it. */
function overtaken(): Box {
  const given = box();
  given.file('a');
  given.file('b');
  given.init();
  given.append('a', 'reviewed');
  given.check();
  given.append('b', 'evil');
  given.check();
  return given;
}

test('a script that checks and accepts goes on, and is told when the report before was another one', () => {
  const given = box();
  given.file('a');
  given.init();
  given.append('a', 'more');
  given.check();
  given.check();
  // The two reports say the same: there is nothing to be mistaken about.
  expect(given.run(['accept', '--all', '--reason', 'x'])).toMatchObject({ code: 0, stderr: '' });
  const other = overtaken();
  const outcome = other.run(['accept', 'latest', '--all', '--reason', 'x', '--quiet']);
  expect(outcome.code).toBe(0);
  expect(outcome.stderr).toMatch(/warning: the newest report is \S+ of \S+, host \S+: changed, 2 changed\n/);
  expect(outcome.stderr).toMatch(/warning: an earlier one found something else: \S+ of .*: changed, 1 changed\n/);
});

describe.skipIf(!existsSync(TMUX))('in a terminal (needs tmux)', () => {
  test('accepting the newest report asks when an earlier one found something else, and takes no answer but yes', async () => {
    const given = overtaken();
    const ask = async (answer: string) => {
      const screen = new Screen(given.command(['accept', '--all', '--reason', 'x']));
      await screen.showing('Is the newest one the report that you have read?');
      screen.press(answer, 'Enter');
      return screen.showing('exit code');
    };
    const refused = await ask('n');
    expect(refused).toContain('exit code 64');
    expect(refused).toContain('nothing was accepted');
    expect(given.run(['baseline', 'list']).stdout).toMatch(/^\* 1 /);
    expect(await ask('y')).toContain('exit code 0');
    expect(given.check().status).toBe('clean');
  });

  test('a review of the newest report asks too, and not when it is named by its id', async () => {
    const given = overtaken();
    const screen = new Screen(given.command(['review', 'latest']));
    await screen.showing('Is the newest one the report that you have read?');
    screen.press('y', 'Enter');
    await screen.showing('undecided 2');
    screen.press('q');
    const named = new Screen(given.command(['review', given.check().id]));
    expect(await named.showing('undecided 2')).not.toContain('Is the newest one');
  });
});
