/**
 * Runs the built program as a user would: a box is a directory with a tree to watch, a policy, a baseline and a home of
 * its own. Every run is held to what holds for all of them: no stack trace, one line for a
 * failure, nothing left over beside the baseline. Tests say what a run must find, not how the program is made.
 */
import { type ChildProcess, type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Report, ReportChange } from '../../src/model/report.ts';
import { reportSchema } from '../../src/report/schema.ts';
import { breaches } from './json-schema.ts';
import { scratchDirectory } from './scratch.ts';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
export const PROGRAM = join(REPOSITORY, 'bin/integ.js');

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
  /** A program and its arguments that runs integ: strace, setpriv, unshare. */
  readonly under?: readonly string[];
  /** The run is killed, so that something may be left over. */
  readonly mayLeave?: boolean;
  /** Another copy of bin/integ.js. */
  readonly program?: string;
  /** Without the options --policy and --baseline. */
  readonly bare?: boolean;
}

function outcomeOf(status: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string): Outcome {
  expect(stderr).not.toMatch(/^\s+at .*[:(]/m);
  // What a shell would say of a process that a signal ended.
  return { code: status ?? (signal === 'SIGKILL' ? 137 : 128), stdout, stderr };
}

/** A run that has not ended yet. */
class Running {
  readonly pid: number | undefined;
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess) {
    this.pid = child.pid;
    this.#child = child;
    child.stdout?.on('data', (piece) => {
      this.#stdout += String(piece);
    });
    child.stderr?.on('data', (piece) => {
      this.#stderr += String(piece);
    });
    this.ended = once(child, 'close').then(([status, signal]) => outcomeOf(status, signal, this.#stdout, this.#stderr));
  }

  /** Standard output so far. */
  get printed(): string {
    return this.#stdout;
  }

  /** Standard error so far. */
  get said(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Policy of one rule for the tree of a box; `rule` are further keys, one line each. */
export type Rules = readonly string[];

export class Box {
  readonly directory: string;
  readonly tree: string;
  readonly state: string;
  readonly baseline: string;
  readonly policyFile: string;
  /** How integ is started, unless a run says otherwise. */
  under: readonly string[] = [];
  /** The Node.js that it is started with. */
  node = process.execPath;

  constructor(directory: string) {
    this.directory = directory;
    this.tree = join(this.directory, 'tree');
    this.state = join(this.directory, 'state');
    this.baseline = join(this.state, 'baseline.db');
    this.policyFile = join(this.directory, 'policy.yaml');
    mkdirSync(this.tree);
    mkdirSync(this.state, { mode: 0o700 });
    this.policy('watch: read-only');
  }

  path(name: string): string {
    return join(this.tree, name);
  }

  /** What lies in the box, but not in the tree. */
  beside(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  /** Writes a file of the tree, with the directories that hold it. */
  file(name: string, content: string | Buffer = `${name}\n`, mode?: number): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (mode !== undefined) chmodSync(path, mode);
    return path;
  }

  append(name: string, text: string): void {
    appendFileSync(this.path(name), text);
  }

  directoryAt(name: string): string {
    mkdirSync(this.path(name), { recursive: true });
    return this.path(name);
  }

  /** A policy of one rule for the whole tree, of which these are the other keys. */
  policy(...keys: Rules): void {
    const lines = keys.map((key) => `    ${key}`);
    this.policyText(
      `version: 1\nname: test\nrules:\n  - name: tree\n    paths: ['${this.tree}']\n${lines.join('\n')}\n`,
    );
  }

  policyText(text: string): void {
    writeFileSync(this.policyFile, text);
  }

  /** Hands everything in the box to a user. */
  give(uid: number): void {
    const walk = (path: string): void => {
      chownSync(path, uid, uid);
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) walk(join(path, entry.name));
        else if (!entry.isSymbolicLink()) chownSync(join(path, entry.name), uid, uid);
      }
    };
    walk(this.directory);
  }

  command(args: readonly string[], options: RunOptions = {}): readonly string[] {
    const globals = options.bare === true ? [] : ['--policy', this.policyFile, '--baseline', this.baseline];
    return [...(options.under ?? this.under), this.node, options.program ?? PROGRAM, ...args, ...globals];
  }

  environment(options: RunOptions = {}): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.directory, LC_ALL: 'C.UTF-8', ...options.env };
  }

  run(args: readonly string[], options: RunOptions = {}): Outcome {
    const [program = '', ...rest] = this.command(args, options);
    const settings: SpawnSyncOptions = {
      env: this.environment(options),
      cwd: options.cwd ?? this.directory,
      maxBuffer: 1 << 28,
      ...(options.input === undefined ? {} : { input: options.input }),
    };
    const result = spawnSync(program, rest, settings);
    if (result.error !== undefined) throw result.error;
    if (options.mayLeave !== true) expect(this.leftovers(), 'left beside the baseline').toEqual([]);
    return outcomeOf(result.status, result.signal, String(result.stdout), String(result.stderr));
  }

  /** Runs integ while this process goes on, to serve it or to end it. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    const [program = '', ...rest] = this.command(args, options);
    return new Running(spawn(program, rest, { env: this.environment(options), cwd: this.directory }));
  }

  /** What must not be in the directory of the baseline when no run is under way. */
  leftovers(): readonly string[] {
    return readdirSync(this.state).filter((name) => /\.tmp-|\.lock$|-journal$|-wal$|-shm$/.test(name));
  }

  init(...args: readonly string[]): Outcome {
    const outcome = this.run(['init', ...args]);
    expect(outcome, 'init').toMatchObject({ code: 0, stderr: '' });
    return outcome;
  }

  /** Runs init and gives back the seal it prints. */
  seal(...args: readonly string[]): string {
    return sealOf(this.init(...args));
  }

  /** Runs check, holds its report to everything that holds for all of them, and gives it back. */
  check(args: readonly string[] = [], options: RunOptions = {}): Report {
    const before = digestOf(this.baseline);
    const outcome = this.run(['check', '--format', 'json', ...args], options);
    expect(digestOf(this.baseline), 'check left the baseline alone').toBe(before);
    return reportOf(outcome);
  }

  /** Finding by finding, consequences apart, without the path of the tree. */
  findings(report: Report): readonly string[] {
    return counted(report).map((change) => {
      const from = change.from === undefined ? '' : `${this.short(change.from)} -> `;
      return `${change.kind} ${from}${this.short(change.path)}`;
    });
  }

  short(path: string): string {
    return path === this.tree ? '.' : path.replace(`${this.tree}/`, '');
  }

  change(report: Report, name: string): ReportChange {
    const path = name === '.' ? this.tree : this.path(name);
    const found = report.changes.filter((change) => change.path === path);
    expect(found, `findings at ${name}`).toHaveLength(1);
    const [change] = found;
    if (change === undefined) throw new Error(`nothing was found at ${name}`);
    return change;
  }
}

/** A box that is gone after the test. */
export function box(parent?: string): Box {
  return new Box(scratchDirectory(parent));
}

export function counted(report: Report): readonly ReportChange[] {
  return report.changes.filter((change) => change.consequence !== true);
}

export function sealOf(outcome: Outcome): string {
  return /^ *seal +([0-9a-f]{64})$/m.exec(outcome.stdout)?.[1] ?? expect.fail(`no seal in ${outcome.stdout}`);
}

/** The part of a report that is the same whenever and from wherever one looks at the same state. */
export function findingsOf({ changes, violations, errors, exitCode, status }: Report) {
  return { changes, violations, errors, exitCode, status };
}

/** Standard output as exactly one valid report that agrees with the exit code. */
export function reportOf({ code, stdout, stderr }: Outcome): Report {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout);
  } catch {
    expect.fail(`exit code ${code}, no report: ${stdout.slice(0, 500)}${stderr}`);
  }
  expect(breaches(reportSchema, parsed), 'breaches of the published schema').toEqual([]);
  // Just held to the schema of this type.
  const report = parsed as Report;
  const { added, removed, changed, moved, violations, errors } = report.summary;
  const kinds = counted(report).map(({ kind }) => kind);
  expect(report.exitCode).toBe(code);
  expect(added).toBe(kinds.filter((kind) => kind === 'added').length);
  expect(removed).toBe(kinds.filter((kind) => kind === 'removed').length);
  expect(changed).toBe(kinds.filter((kind) => kind === 'changed').length);
  expect(moved).toBe(kinds.filter((kind) => kind === 'moved').length);
  expect(violations).toBe(report.violations.length);
  expect(errors).toBe(report.errors.length);
  const bits = [added > 0, removed > 0, changed + moved > 0, violations > 0, errors > 0];
  expect(code).toBe(bits.reduce((sum, bit, index) => sum + (bit ? 2 ** index : 0), 0));
  expect(report.status).toBe(errors > 0 ? 'incomplete' : code === 0 ? 'clean' : 'changed');
  return report;
}

/** Holds an outcome to the form of every failure: nothing on standard output, one line that says what to do. */
export function expectFailure(outcome: Outcome, code: number, message: RegExp): void {
  expect(outcome.stderr).toMatch(message);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toMatch(/^integ: [^\n]+\n$/);
}

export function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
