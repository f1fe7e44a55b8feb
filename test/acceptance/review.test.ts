/** `integ review` in a real terminal of 80 columns and 24 lines, which tmux provides. */
import { appendFileSync, existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Box, box as newBox } from '../support/integ.ts';
import { Screen, TMUX } from '../support/terminal-screen.ts';

function tamperedBox(): Box {
  const box = newBox();
  box.file('hosts');
  box.file('passwd');
  expect(box.run(['init']).code).toBe(0);
  appendFileSync(box.path('hosts'), '10.0.0.1 evil\n');
  box.file('new\u001b[2Jname');
  expect(box.run(['check']).code).toBe(5);
  return box;
}

describe.skipIf(!existsSync(TMUX))('a review in a terminal (needs tmux)', () => {
  test('accepts the finding that was marked, and leaves the other one a finding', async () => {
    const box = tamperedBox();
    const screen = new Screen(box.command(['review']));
    const list = await screen.showing('undecided 2');
    expect(list).toContain('new\\x1b[2Jname');
    screen.press('G', 'a');
    await screen.showing('accept 1');
    screen.press('w');
    await screen.showing('accepts 1 finding');
    screen.press('Enter', 'new host', 'Enter');
    await screen.showing('exit code 0');
    const { changes } = box.check();
    expect(changes.filter(({ consequence }) => consequence !== true)).toHaveLength(1);
  });

  test('writes nothing when the reader leaves', async () => {
    const box = tamperedBox();
    const screen = new Screen(box.command(['review']));
    await screen.showing('undecided 2');
    screen.press('A', 'q');
    await screen.showing('Leave all the same?');
    screen.press('y');
    await screen.showing('nothing was accepted');
    expect(box.run(['check']).code).toBe(5);
  });

  test('ends with 130 at Ctrl-C and gives the terminal back', async () => {
    const box = tamperedBox();
    const screen = new Screen(box.command(['review']));
    await screen.showing('undecided 2');
    screen.press('C-c');
    await screen.showing('exit code 130');
  });
});

test('a review without a terminal says what to use instead', () => {
  const box = tamperedBox();
  const { code, stderr } = box.run(['review']);
  expect(code).toBe(64);
  expect(stderr).toContain('integ accept');
});
