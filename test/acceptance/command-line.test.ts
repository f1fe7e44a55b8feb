import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, expectFailure, PROGRAM, reportOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';

function small(): Box {
  const it = box();
  it.file('file');
  return it;
}

test('global options stand before or after the command, and in the environment', () => {
  const it = small();
  const globals = ['--policy', it.policyFile, '--baseline', it.baseline];
  expect(it.run([...globals, 'init'], { bare: true }).code).toBe(0);
  expect(it.run(['check', ...globals, '--jobs', '1'], { bare: true }).code).toBe(0);
  const env = { INTEG_POLICY: it.policyFile, INTEG_BASELINE: it.baseline };
  expect(reportOf(it.run(['check', '--format', 'json'], { bare: true, env })).baseline.file).toBe(it.baseline);
  // An option outdoes the environment.
  expectFailure(it.run(['--baseline', `${it.state}/none`, 'check'], { bare: true, env }), 66, /none/);
});

test('without --baseline it is in the state directory of the user, made when it is needed', () => {
  const it = small();
  const env = { XDG_STATE_HOME: `${it.directory}/xdg` };
  if (isRoot()) return expect(it.run(['init', '--help']).stdout).toContain('integ init');
  expect(it.run(['init', '--policy', it.policyFile], { bare: true, env }).code).toBe(0);
  return expect(existsSync(`${it.directory}/xdg/integ/baseline.db`)).toBe(true);
});

test('integ alone shows its help as an error', () => {
  const outcome = box().run([], { bare: true });
  expect(outcome).toMatchObject({ code: 64, stdout: '' });
  expect(outcome.stderr).toMatch(/^Usage: integ /);
});

test.each([
  [['chekc'], /unknown command 'chekc'.*Did you mean check\?/],
  [['check', '--formt', 'json'], /unknown option '--formt'.*Did you mean --format\?/],
  [['check', '--format', 'jsno'], /'jsno' is invalid.*json/],
  [['check', '--severity', 'hihg'], /'hihg' is invalid.*high/],
  [['check', '--jobs', '0'], /'0' is invalid/],
  [['check', '--jobs', 'many'], /'many' is invalid/],
  [['check', '--paths', 'relative'], /--paths 'relative'/],
  [['check', '--paths', '\x1b[2J'], /--paths '\\x1b\[2J'/],
  [['\x1b[2J\n'], /unknown command '\\x1b\[2J\\n'/],
  [['check', '--output'], /--output/],
  [['check', 'operand'], /too many arguments/],
  [['baseline', 'shwo'], /unknown command 'shwo'.*Did you mean show\?/],
  [['baseline', 'diff', 'one'], /missing required argument/],
  [['baseline'], /baseline needs one of its commands \(hint: show, list, .*diff; integ baseline --help/],
  [['policy', '--verbose'], /policy needs one of its commands/],
  [['report'], /report needs one of its commands/],
  [['notify'], /notify needs one of its commands/],
  [['schedule'], /schedule needs one of its commands/],
  [['help', 'chekc'], /unknown command 'chekc' \(hint: init, check, .*integ --help/],
  [['--check'], /unknown option '--check' \(hint: integ check compares/],
  [['--init'], /unknown option '--init' \(hint: integ init makes/],
  [['-m', 'c'], /unknown option '-m' \(hint: .*integ init, check, accept, policy update/],
  [['verify'], /unknown command 'verify' \(hint: integ check .*integ baseline verify/],
  [['update'], /unknown command 'update' \(hint: integ accept .*integ policy update/],
  [['check', '--config=/etc/aide.conf'], /unknown option '--config\S+ \(hint: --policy FILE/],
  [['baseline', 'help', '\x1b[2J'], /unknown command '\\x1b\[2J' \(hint: show, list/],
])('%j is wrong usage: one line, exit code 64', (args, message) => {
  const it = small();
  const outcome = it.run(args);
  expect(outcome.stderr).toMatch(message);
  expect(outcome).toMatchObject({ code: 64, stdout: '' });
  expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(outcome.stderr).toMatch(/^integ: /);
  expect(existsSync(it.baseline)).toBe(false);
});

/** Every command of the program, from its own help. */
function commands(it: Box, path: readonly string[] = []): readonly (readonly string[])[] {
  const { stdout } = it.run([...path, '--help'], { bare: true });
  const list = /\nCommands:\n([\s\S]*?)\n(?:\n|$)/.exec(stdout)?.[1] ?? '';
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => String(name)).filter((name) => name !== 'help');
  return names.flatMap((name) => {
    const below = commands(it, [...path, name]);
    return below.length === 0 ? [[...path, name]] : below;
  });
}

test('--help of every command shows examples and ends with 0', () => {
  const it = box();
  const all = commands(it);
  expect(all.map((command) => command.join(' '))).toEqual(
    expect.arrayContaining(['init', 'check', 'report schema', 'baseline verify', 'policy explain', 'hash']),
  );
  for (const command of all) {
    const outcome = it.run([...command, '--help'], { bare: true });
    expect(outcome, command.join(' ')).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout, command.join(' ')).toMatch(/\nExamples:\n {2}\$ .*integ /);
  }
});

test.each([[['--help']], [['help', 'check']], [['--version']], [['policy', 'schema']]])(
  'nobody reading what %j prints is no error',
  (args) => {
    // Standard error instead of what nobody reads.
    const said = tool('sh', '-c', '("$@" 2>&3 | true) 3>&1', 'sh', process.execPath, PROGRAM, ...args);
    expect(said).toBe('');
  },
);

test('--version is the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(box().run(['--version'], { bare: true })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('--quiet leaves reports alone; notes and progress are for terminals', () => {
  const it = small();
  it.init();
  it.append('file', 'more\n');
  const plain = it.run(['check']);
  const quiet = it.run(['check', '--quiet']);
  expect(plain.stderr).toBe('');
  expect(quiet.stderr).toBe('');
  expect(quiet.stdout.split('\n')[0]).toBe(plain.stdout.split('\n')[0]);
});

test('COLUMNS says how wide a report is, for a terminal that does not know and for a pipe', () => {
  const it = box();
  it.file('a');
  it.init();
  it.file('a', 'changed');
  const widest = (columns: string): number => {
    const { stdout } = it.run(['report', 'show'], { env: { COLUMNS: columns } });
    const findings = stdout.split('\n').filter((line) => line.includes('->'));
    return Math.max(...findings.map((line) => line.length));
  };
  it.run(['check']);
  expect(widest('300')).toBeGreaterThan(150);
  expect(widest('100')).toBeLessThanOrEqual(100);
  expect(widest('0')).toBe(widest('100'));
});

test('an error that integ did not foresee is one line and 70; INTEG_DEBUG=1 shows the stack', () => {
  const it = small();
  const sabotage = `${it.directory}/sabotage.mjs`;
  const text = "import { isMainThread } from 'node:worker_threads';\nif (!isMainThread) throw new Error('sabotage');\n";
  writeFileSync(sabotage, text);
  const env = { NODE_OPTIONS: `--import=${sabotage}` };
  expectFailure(it.run(['init', '--jobs', '1'], { env }), 70, /all worker threads died: sabotage/);
  expect(existsSync(it.baseline)).toBe(false);
  const { status, stderr } = runRaw(it, { ...env, INTEG_DEBUG: '1' });
  expect(status).toBe(70);
  expect(stderr).toMatch(/\n +at /);
});

/** A run of which a stack trace is expected. */
function runRaw(it: Box, env: Record<string, string>) {
  const output = `${it.directory}/stderr`;
  const script = `"$@" 2> '${output}'; echo $?`;
  const [program = '', ...args] = ['sh', '-c', script, 'sh', ...it.command(['init', '--jobs', '1'])];
  const variables = Object.entries(it.environment({ env })).map(([name, value]) => `${name}=${value}`);
  return { status: Number(tool('env', '-i', ...variables, program, ...args)), stderr: readFileSync(output, 'utf8') };
}

const HAS_SCRIPT = works('script', '-qec', 'true', '/dev/null');

test.skipIf(!HAS_SCRIPT)(
  'a terminal gets colour and progress; NO_COLOR, --no-color and --no-progress take them away',
  () => {
    const it = small();
    it.init();
    it.append('file', 'more\n');
    const inTerminal = (env: Record<string, string>, ...args: readonly string[]): string => {
      const command = it
        .command(['check', ...args])
        .map((word) => `'${word}'`)
        .join(' ');
      const variables = Object.entries(it.environment({ env: { TERM: 'xterm', ...env } })).map(
        ([name, value]) => `${name}=${value}`,
      );
      return tool('env', '-i', ...variables, 'script', '-qc', command, '/dev/null');
    };
    const sgr = '\u001b[1m';
    expect(inTerminal({})).toContain(sgr);
    expect(inTerminal({ NO_COLOR: '1' })).not.toContain(sgr);
    expect(inTerminal({}, '--no-color')).not.toContain(sgr);
    expect(inTerminal({ NO_COLOR: '1' }, '--no-progress')).not.toContain('\u001b');
  },
);

test('integ works from any directory, and through a symbolic link to it', () => {
  const it = small();
  const link = `${it.directory}/integ`;
  symlinkSync(PROGRAM, link);
  it.init();
  const options = ['--policy', it.policyFile, '--baseline', it.baseline];
  expect(tool('sh', '-c', 'cd / && exec "$@"', 'sh', link, 'check', ...options)).toMatch(/^NO CHANGES/);
});
