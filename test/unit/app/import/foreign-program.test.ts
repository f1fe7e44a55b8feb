/** Programs that an import compares with are read up to a bound, whatever they print. */
import { expect, test } from 'vitest';
import type { Context } from '../../../../src/app/context.ts';
import { runForeignProgram } from '../../../../src/app/import/foreign-program.ts';

// All that is used of the context.
const context = { onSignal: () => () => undefined } as unknown as Context;

async function linesOf(program: string, ...parameters: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  await runForeignProgram(context, program, parameters, 'here', (line) => lines.push(line));
  return lines;
}

test('lines come one by one, the last one too, one character a byte', async () => {
  expect(await linesOf('/usr/bin/printf', 'one\\n\\ntw\\377o')).toEqual(['one', '', 'tw\xffo']);
});

test('a program that prints a line without end is ended', async () => {
  await expect(linesOf('/bin/cat', '/dev/zero')).rejects.toThrow('/bin/cat here prints more than can be read');
});

test('a program that fails says why, with nothing that a terminal obeys', async () => {
  await expect(linesOf('/bin/sh', '-c', 'printf "no\\033[2J\\n" >&2; exit 3')).rejects.toThrow(
    '/bin/sh here ended with 3: no\\x1b[2J',
  );
});
