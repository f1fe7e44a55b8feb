import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cronWord } from '../../src/app/schedule/cron.ts';
import { systemdWord } from '../../src/app/schedule/systemd.ts';
import { scratchDirectory } from '../support/scratch.ts';

const HOSTILE = [
  '%',
  '%%',
  '$',
  '$$',
  '$' + '{HOME}',
  '$HOME',
  "'",
  '"',
  '\\',
  '\\\\',
  '\\%',
  '%n',
  ' ',
  ';',
  '#',
  '`id`',
  '!',
];
const piece = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.constantFrom(
    '\t',
    '\r',
    '\x01',
    '\x1b',
    '\x7f',
    '\u202e',
    'é',
    '😀',
    '\ufffd',
    '\ufffe',
    '\u{10ffff}',
    '\ufdd0',
    '-',
    '*',
    '~',
    '&&',
    '> /etc/x',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
/** What a path can be: anything but a NUL. */
const path = fc
  .array(piece, { maxLength: 12 })
  .map((pieces) => `/${pieces.join('')}`.replaceAll(/[\0\p{Surrogate}]/gu, ''));
/** What a line can hold. */
const oneLine = path.map((text) => text.replaceAll('\n', ''));

/** What cron makes of a command (cron 3.0, do_command.c; cronie in brackets takes the backslash away). */
function throughCron(command: string, takesBackslash: boolean): string {
  let result = '';
  for (let index = 0; index < command.length; index += 1) {
    const character = command.charAt(index);
    const next = command.charAt(index + 1);
    if (character === '%') return `${result} # cut off`;
    if (character === '\\') {
      const isTaken = takesBackslash && (next === '%' || next === '\\');
      result += isTaken ? next : character + next;
      index += 1;
    } else result += character;
  }
  return result;
}

test('any path comes through cron and the shell as it was, whichever cron it is', () => {
  fc.assert(
    fc.property(fc.array(oneLine, { minLength: 1, maxLength: 40 }), fc.boolean(), (paths, takesBackslash) => {
      const command = throughCron(['printf', '%s\\0', ...paths].map(cronWord).join(' '), takesBackslash);
      const { stdout } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', env: {} });
      expect(stdout.split('\0').slice(0, -1)).toEqual(paths);
    }),
    { numRuns: 60 },
  );
});

test('a path with a newline is refused, since no line for cron can hold it', () => {
  expect(() => cronWord('/srv/a\nb')).toThrow('newline');
});

const VERIFIES = spawnSync('systemd-analyze', ['--version']).status === 0;

/** A word as systemd prints what it has read: quoted for a shell, control characters as C escapes. */
function readBack(line: string): readonly string[] {
  const words = line.match(/"(?:[^"\\]|\\.)*"|[^ "]+/gsu) ?? [];
  const named: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
  return words.map((word) => {
    const inner = word.startsWith('"') ? word.slice(1, -1) : word;
    // The escapes stand for bytes.
    const bytes = Buffer.from(inner, 'utf8')
      .toString('latin1')
      .replaceAll(/\\([0-7]{3}|.)/gs, (_, code: string) =>
        code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (named[code] ?? code),
      );
    const text = Buffer.from(bytes, 'latin1').toString('utf8');
    // Variables are put in when the command is run; $$ is a dollar sign then (systemd.service(5)).
    expect(text.replaceAll('$$', '')).not.toContain('$');
    return text.replaceAll('$$', '$');
  });
}

test.skipIf(!VERIFIES)('systemd reads any path as it was (needs systemd-analyze)', () => {
  const directory = scratchDirectory();
  fc.assert(
    fc.property(fc.array(path, { minLength: 50, maxLength: 100 }), (paths) => {
      const lines = paths.map((one) => `ExecStart=/bin/true "begin" ${systemdWord(one)}\n`);
      const unit = join(directory, 'integ-test.service');
      writeFileSync(unit, `[Service]\nType=oneshot\n${lines.join('')}`);
      const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', unit], {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', SYSTEMD_LOG_LEVEL: 'debug' },
      });
      const read = [...`${stdout}${stderr}`.matchAll(/Command Line: \/bin\/true begin ([^\n]*)/g)];
      expect(read.flatMap(([, line = '']) => readBack(line))).toEqual(paths);
    }),
    { numRuns: 5 },
  );
});
