/** `integ review` in real terminals of several sizes, which tmux provides. */
import { appendFileSync, chmodSync, existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DpkgRoot, noDpkg } from '../support/dpkg-root.ts';
import { type Box, box as newBox } from '../support/integ.ts';
import { Screen, TMUX } from '../support/terminal-screen.ts';

const LONG = 'a-name-that-is-longer-than-a-narrow-terminal-is-wide';

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

/** A tool got the setuid bit, a configuration file a line; a directory of many files is new. */
function busyBox(): Box {
  const box = newBox();
  box.file('tool', 'tool\n', 0o755);
  box.file('hosts');
  expect(box.run(['init']).code).toBe(0);
  chmodSync(box.path('tool'), 0o4755);
  box.append('hosts', '10.0.0.1 evil\n');
  for (let at = 1; at <= 20; at += 1) box.file(`new/${at}-${LONG}`);
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

  test('takes a group but for what bears a flag, and says that it left one', async () => {
    const box = busyBox();
    const numbers = new Map(box.check().changes.map(({ path, number }) => [path, number]));
    const screen = new Screen(box.command(['review']));
    const list = await screen.showing('undecided 23');
    expect(list).toMatch(/HIGH: 1 finding\n.*\[ \] \[1\] .*tool.*! setuid bit added/);
    expect(list).toContain(`[${numbers.get(box.path('hosts'))}]`);
    expect(list).toMatch(/\[ \] \+ \[\d+-\d+\] 21 added in .*\n/);
    screen.press('A');
    await screen.showing('1 finding left: 1 with a flag');
    screen.press('n', 'A', 'w');
    const summary = await screen.showing('accepts 22 findings');
    expect(summary).toContain('1 finding stays a finding');
    screen.press('Enter', 'a new tree', 'Enter');
    await screen.showing('exit code 0');
    const left = box.check().changes.filter(({ consequence }) => consequence !== true);
    expect(left.map(({ path }) => path)).toEqual([box.path('tool')]);
  });

  test('searches in folded lines, filters, and undoes, on a screen of 40 columns', async () => {
    const screen = new Screen(busyBox().command(['review']), { columns: 40 });
    await screen.showing('undecided 23');
    screen.press('/', 'NEW/17-', 'Enter');
    await screen.showing('] - [');
    screen.press('a');
    expect(await screen.showing('accept 1,')).toContain('[a]');
    screen.press('u');
    await screen.showing('undone: 1 finding is as before');
    screen.press('f');
    const choices = await screen.showing('kind      added (21)');
    const lines = choices.split('\n');
    const steps =
      lines.findIndex((line) => line.includes('changed (')) - lines.findIndex((line) => line.includes('[ ]'));
    screen.press(...Array.from({ length: steps }, () => 'Down'), 'Enter', 'q');
    const filtered = await screen.showing('only changed: 2 of 23 listed');
    expect(filtered).not.toContain('added');
    expect(filtered.split('\n').length).toBeLessThanOrEqual(25);
  });

  test('shows details beside the list on a wide screen', async () => {
    const box = busyBox();
    const screen = new Screen(box.command(['review']), { columns: 200, rows: 40 });
    const text = await screen.showing('undecided 23');
    expect(text).toContain('│ [1]  changed');
    expect(text).toMatch(/│ +mode +0755 -> 4755/);
    screen.press('G');
    await screen.showing('│ [3-23] 21 added in');
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

const reason = noDpkg() ?? (existsSync(TMUX) ? undefined : 'there is no tmux');

describe.skipIf(reason !== undefined)(`a review after an upgrade${reason === undefined ? '' : ` (${reason})`}`, () => {
  test('has a line for each package, and takes what packages explain with one key', async () => {
    const box = newBox();
    const system = new DpkgRoot(box.tree);
    const hello = (version: string) => ({
      name: 'hello',
      version,
      files: { 'usr/bin/hello': { mode: 0o755, content: version }, 'usr/share/hello/data': `data ${version}\n` },
    });
    system.install(hello('1.0'));
    box.policyText('version: 1\nname: test\nrules:\n  - name: all\n    paths: [/usr]\n    watch: read-only\n');
    box.init('--root', box.tree);
    system.install(hello('1.1'));
    box.file('usr/bin/trojan');
    box.check(['--root', box.tree]);
    const screen = new Screen(box.command(['review', '--root', box.tree]));
    const list = await screen.showing('undecided 3');
    expect(list).toMatch(/1 finding\n.*usr\/bin\/trojan/);
    expect(list).toMatch(
      /2 changes explained by 1 package, the package database says\n.*\+ \[2-3\] hello 1\.0 -> 1\.1: 2/,
    );
    screen.press('e');
    await screen.showing('accept 2, leave 0, undecided 1');
    screen.press('w', 'Enter', 'upgrade', 'Enter');
    await screen.showing('exit code 0');
    const left = box.check(['--root', box.tree]).changes.filter(({ consequence }) => consequence !== true);
    expect(left.map(({ path }) => path)).toEqual(['/usr/bin/trojan']);
  });
});
