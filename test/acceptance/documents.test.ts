/** What is made of the command tree: manual pages as mandoc reads them, completion as the shells do it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROGRAM } from '../support/integ.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { Screen, TMUX } from '../support/terminal-screen.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MANDOC = '/usr/bin/mandoc';

function integ(...args: readonly string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
}

const PAGES = [
  ['integ', 'integ.1'],
  ['integ-policy', 'integ-policy.5'],
] as const;

describe('the manual pages', () => {
  test.each(PAGES)('%s as shipped is what the program prints', (page, file) => {
    expect(readFileSync(join(ROOT, 'docs/man', file), 'utf8'), 'npm run manual makes it anew').toBe(
      integ('manual', page).stdout,
    );
  });

  test.skipIf(!existsSync(MANDOC)).each(PAGES)('mandoc finds nothing wrong with %s (needs mandoc)', (page) => {
    const { stdout: source } = integ('manual', page);
    const { stdout } = spawnSync(MANDOC, ['-T', 'lint'], { input: source, encoding: 'utf8' });
    // The page has no date, so that it is the same whenever it is made.
    const complaints = stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'));
    expect(complaints).toEqual([]);
  });

  test.skipIf(!existsSync(MANDOC))('integ(1) tells every command with its options (needs mandoc)', () => {
    const { stdout } = spawnSync(MANDOC, ['-T', 'utf8', '-O', 'width=200'], {
      input: integ('manual').stdout,
      encoding: 'utf8',
    });
    const text = stdout.replace(/.\x08/g, '');
    for (const words of ['integ check', 'integ baseline export', 'integ policy explain', 'integ accept']) {
      expect(text).toContain(`\n   ${words}\n`);
    }
    expect(text).toContain('--expect-seal hex');
    expect(text).toContain("integ check --paths '/etc/mail/**' --severity high");
    expect(text).toContain('65 baseline damaged or not trusted');
  });

  test('integ-policy(5) says something of every key', () => {
    const { stdout } = integ('manual', 'integ-policy');
    expect(stdout).toContain('rules[].severity');
    expect(stdout.match(/^\.TP\n.*\n$/gm) ?? []).toEqual([]);
  });

  test('a page that does not exist is a usage error', () => {
    const { status, stderr } = integ('manual', 'nothing');
    expect(status).toBe(64);
    expect(stderr).toMatch(/^integ: .*Allowed choices are integ, integ-policy\.\n$/);
  });
});

const SHELLS = [
  ['bash', ['/bin/bash', '--norc', '-i'], 'source'],
  ['zsh', ['/usr/bin/zsh', '-f', '-i'], 'autoload -U compinit; compinit -D -u; source'],
  ['fish', ['/usr/bin/fish', '--no-config', '-i'], 'source'],
] as const;

/** What is typed before Tab, and what then stands there. */
const COMPLETED = [
  ['integ che', 'integ check'],
  ['integ check --expect', 'integ check --expect-seal'],
  ['integ check --format ndj', 'integ check --format ndjson'],
  ['integ --no-color report sh', 'integ --no-color report show'],
  ['integ --policy x.yaml baseline ver', 'integ --policy x.yaml baseline verify'],
  ['integ report show lat', 'integ report show latest'],
  ['integ completion fi', 'integ completion fish'],
  ['integ policy check /etc/hostnam', 'integ policy check /etc/hostname'],
  ['integ check --severity crit', 'integ check --severity critical'],
  ['integ baseline diff /etc/hostname /etc/passw', 'integ baseline diff /etc/hostname /etc/passwd'],
] as const;

describe.skipIf(!existsSync(TMUX))('completion in a terminal (needs tmux)', () => {
  for (const [shell, command, load] of SHELLS) {
    test.skipIf(!existsSync(command[0]))(
      `${shell} completes commands, options, values and files (needs ${shell})`,
      async () => {
        const directory = scratchDirectory();
        const script = join(directory, '_integ');
        writeFileSync(script, integ('completion', shell).stdout);
        const screen = new Screen(['env', `HOME=${directory}`, 'TERM=screen', 'PS1=> ', ...command]);
        screen.press(`${load} ${script}; echo loa''ded`, 'Enter');
        await screen.showing('loaded');
        for (const [typed, expected] of COMPLETED) {
          screen.press(typed, 'Tab');
          await screen.showing(expected);
          screen.press('C-u');
        }
      },
    );
  }

  test('an unknown shell is a usage error', () => {
    expect(integ('completion', 'tcsh').status).toBe(64);
    expect(integ('completion').status).toBe(64);
  });
});
