/**
 * A real terminal, which tmux provides, of 80 columns and 24 lines unless a test says otherwise: keys go in, and what a
 * user sees comes out.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { scratchDirectory } from './scratch.ts';

export const TMUX = '/usr/bin/tmux';
const PATIENCE = 120_000;

export class Screen {
  readonly #socket: string;

  /** Runs a command in it. What it prints at its end can still be read, with its exit code. */
  constructor(command: readonly string[], { columns = 80, rows = 24 } = {}) {
    const directory = scratchDirectory();
    this.#socket = join(directory, 'tmux');
    const words = command.map((word) => `'${word}'`).join(' ');
    this.#tmux(
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      `${words}; echo "exit code $?"; sleep 60`,
    );
    onTestFinished(() => void this.#tmux('kill-server'));
  }

  #tmux(...args: readonly string[]): string {
    return spawnSync(TMUX, ['-S', this.#socket, '-f', '/dev/null', ...args], { encoding: 'utf8' }).stdout;
  }

  /** Keys by their names in tmux(1), or text. */
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
