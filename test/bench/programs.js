/**
 * The programs that are compared: how each is prepared for a tree and run once. A run that does not end as it must is
 * an error and not a figure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const INTEG = fileURLToPath(new URL('../../bin/integ.js', import.meta.url));
const REFERENCE = fileURLToPath(new URL('./reference.c', import.meta.url));
const TIME = '/usr/bin/time';
/** What timeout(1) ends with when it killed the command. */
const KILLED = 137;

/**
 * Runs a command to its end, or for `limit` seconds. Seconds of wall and processor time; peak resident memory in MB
 * where time(1) is there.
 */
function run(command, args, { limit } = {}) {
  const hasTime = existsSync(TIME);
  const limited =
    limit === undefined ? [command, ...args] : ['timeout', '--signal=KILL', String(limit), command, ...args];
  const [program, ...all] = hasTime ? [TIME, '-f', '%U %S %M', ...limited] : limited;
  const started = process.hrtime.bigint();
  const result = spawnSync(program, all, { encoding: 'latin1', maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (result.error !== undefined) throw result.error;
  const isStopped = limit !== undefined && result.status === KILLED;
  if (result.status !== 0 && !isStopped) {
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status}: ${result.stderr.slice(0, 2000)}`);
  }
  const usage = hasTime ? result.stderr.trim().split('\n').at(-1).split(' ').map(Number) : [];
  const [user = Number.NaN, system = Number.NaN, kilobytes = Number.NaN] = usage;
  return { seconds, cpu: user + system, megabytes: kilobytes / 1024, output: result.stdout, isStopped };
}

function has(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
}

export class Integ {
  name = 'integ';
  #baseline;
  #policy;

  constructor(work, tree, digests) {
    this.#baseline = join(work, 'integ.db');
    this.#policy = join(work, 'integ.yaml');
    const watch = digests ? 'read-only' : '[read-only, -digests]';
    writeFileSync(
      this.#policy,
      `version: 1\nname: bench\nrules:\n  - name: tree\n    paths: ['${tree}']\n    watch: ${watch}\n`,
    );
  }

  #run(command, ...args) {
    const files = ['--policy', this.#policy, '--baseline', this.#baseline];
    return run(process.execPath, [INTEG, command, ...files, ...args]);
  }

  init() {
    return this.#run('init', '--force');
  }

  check() {
    return this.#run('check');
  }

  /** Objects and bytes examined, and bytes stored; for telling whether all programs did the same work. */
  facts() {
    const { summary } = JSON.parse(this.#run('check', '--format', 'json').output);
    return { objects: summary.examined, bytes: Number(summary.bytes), stored: statSync(this.#baseline).size };
  }

  reset() {
    // With an old baseline, init would first verify it: AIDE's has no such thing.
    rmSync(this.#baseline, { force: true });
  }
}

/** The attributes of `read-only`, in AIDE's words. */
const AIDE_ATTRIBUTES = 'ftype+p+i+l+n+u+g+s+b+m+c+acl+selinux+xattrs+caps+e2fsattrs';

export class Aide {
  name = 'AIDE';
  #config;
  #database;
  #staged;
  #workers;
  #limit;

  static version() {
    const result = spawnSync('aide', ['--version'], { encoding: 'latin1' });
    return result.error === undefined ? `${result.stdout}${result.stderr}`.split('\n')[0].trim() : undefined;
  }

  /** `limit`: seconds after which a run is stopped, as some of its would take hours. */
  constructor(work, tree, digests, { workers, limit }) {
    this.#workers = workers;
    this.#limit = limit;
    this.#database = join(work, 'aide.db');
    this.#staged = join(work, 'aide.db.new');
    this.#config = join(work, 'aide.conf');
    const attributes = AIDE_ATTRIBUTES + (digests ? '+crc32+md5+sha256' : '');
    writeFileSync(
      this.#config,
      `database_in=file:${this.#database}\ndatabase_out=file:${this.#staged}\ngzip_dbout=no\n` +
        `report_url=stdout\nR=${attributes}\n${tree.replaceAll(/[^\w/]/g, '\\$&')} R\n`,
    );
  }

  #run(...args) {
    return run('aide', [`--config=${this.#config}`, `--workers=${this.#workers}`, ...args], { limit: this.#limit });
  }

  /** Tries numbers of workers on a tree, each twice, and gives the better time of each. */
  static tryWorkers(work, tree, digests) {
    return [1, 2, 4].map((workers) => {
      const aide = new Aide(work, tree, digests, { workers });
      return { workers, seconds: Math.min(aide.init().seconds, aide.init().seconds) };
    });
  }

  init() {
    rmSync(this.#staged, { force: true });
    const result = this.#run('--init');
    if (!result.isStopped) renameSync(this.#staged, this.#database);
    return result;
  }

  check() {
    return this.#run('--check');
  }

  hasDatabase() {
    return existsSync(this.#database);
  }

  facts() {
    const lines = readFileSync(this.#database, 'latin1').matchAll(/^\//gm);
    return { objects: [...lines].length, stored: statSync(this.#database).size };
  }
}

export class Reference {
  name = 'reference';
  #program;
  #tree;

  /** The compiled program, or why there is none. */
  static build(work) {
    const program = join(work, 'reference');
    if (!has('cc', '--version')) return { reason: 'there is no C compiler (cc)' };
    const args = ['-O3', '-o', program, REFERENCE, '-lcrypto', '-lz', '-lpthread'];
    const result = spawnSync('cc', args, { encoding: 'latin1' });
    if (result.status === 0) return { program };
    return { reason: `it does not compile here: ${result.stderr.split('\n')[0]}` };
  }

  constructor(program, tree) {
    this.#program = program;
    this.#tree = tree;
  }

  read() {
    return run(this.#program, [this.#tree, String(availableParallelism())]);
  }

  facts() {
    const [files, bytes] = this.read().output.split(' ').map(Number);
    return { files, bytes };
  }
}

/** Start-up: the price of the smallest command, and of Node itself for comparison. */
export function startUp() {
  return { version: run(process.execPath, [INTEG, '--version']), node: run(process.execPath, ['-e', '0']) };
}

export function makeWorkDirectory(directory) {
  const work = join(directory, `integ-bench-${process.pid}`);
  mkdirSync(join(work, 'tree'), { recursive: true, mode: 0o700 });
  return work;
}
