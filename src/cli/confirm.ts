/** Asks the person at the terminal, where there is one. */
import { createInterface } from 'node:readline/promises';
import type { Confirm } from '../app/generation/latest-report.ts';

/** Undefined where nobody could answer. */
export function confirmation(): Confirm | undefined {
  return process.stdin.isTTY && process.stderr.isTTY ? isAffirmed : undefined;
}

/** Nothing but a yes is one; the end of the input is none. */
async function isAffirmed(question: string): Promise<boolean> {
  // No editing: so Ctrl-C stays the signal that it is for every other command.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(question), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
