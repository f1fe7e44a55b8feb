/** `integ review` in a real terminal of 80 columns and 24 lines, which tmux provides. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Box, box as newBox } from './integ.ts';

const TMUX = '/usr/bin/tmux';
const PATIENCE = 20_000;

class Screen {
  readonly #socket: string;

  constructor(box: Box, args: readonly string[]) {
    this.#socket = join(box.directory, 'tmux');
    const command = box.command(args).map((word) => `'${word}'`);
    // The shell stays, so that what integ prints at its end can be read.
    this.#tmux('new-session', '-d', '-x', '80', '-y', '24', `${command.join(' ')}; echo "exit code $?"; sleep 60`);
    onTestFinished(() => {
      this.#tmux('kill-server');
    });
  }

  #tmux(...args: readonly string[]): string {
    return spawnSync(TMUX, ['-S', this.#socket, '-f', '/dev/null', ...args], { encoding: 'utf8' }).stdout;
  }

  press(...keys: readonly string[]): void {
    for (const key of keys) this.#tmux('send-keys', key);
  }

  text(): string {
    return this.#tmux('capture-pane', '-p');
  }

  /** The screen once it shows a text; fails with what it shows instead. */
  async showing(expected: string): Promise<string> {
    const end = Date.now() + PATIENCE;
    let text = this.text();
    while (!text.includes(expected) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      text = this.text();
    }
    expect(text).toContain(expected);
    return text;
  }
}

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
    const screen = new Screen(box, ['review']);
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
    const screen = new Screen(box, ['review']);
    await screen.showing('undecided 2');
    screen.press('A', 'q');
    await screen.showing('Leave all the same?');
    screen.press('y');
    await screen.showing('nothing was accepted');
    expect(box.run(['check']).code).toBe(5);
  });

  test('ends with 130 at Ctrl-C and gives the terminal back', async () => {
    const box = tamperedBox();
    const screen = new Screen(box, ['review']);
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
