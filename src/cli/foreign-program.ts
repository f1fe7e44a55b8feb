/** Runs a program that an import compares with, and hands on what it prints line by line. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { Context } from './context.ts';

const LONGEST_COMPLAINT = 1000;

/**
 * Lines have one character a byte. `what` names the run in messages. Throws a UserError when the program ends with a status
 * that `isDone` does not take, which is any but 0 when not given.
 */
export async function runForeignProgram(
  context: Context,
  program: string,
  parameters: readonly string[],
  what: string,
  take: (line: string) => void,
  isDone: (status: number | null) => boolean = (status) => status === 0,
): Promise<void> {
  const child = spawn(program, parameters, {
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = context.onSignal(() => child.kill());
  try {
    let complaint = '';
    child.stderr.setEncoding('latin1').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, LONGEST_COMPLAINT);
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    child.stdout.setEncoding('latin1');
    for await (const line of createInterface({ input: child.stdout })) take(line);
    const status = await ended;
    if (!isDone(status)) {
      const reason = printableText(complaint.trim().replaceAll(/\s+/g, ' '));
      throw new UserError('io', `${program} ${what} ended with ${status ?? 'a signal'}: ${reason}`);
    }
  } finally {
    forget();
  }
}
