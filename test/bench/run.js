/**
 * npm run bench -- [--dir DIR] [--quick] [--only NAME]... [--rounds N] [--aide-rounds N] [--limit SECONDS]
 *
 * Measures integ beside AIDE and beside a C program that only reads and digests, on trees made for it, and prints
 * Markdown. Programs take turns within a round, so that a busy moment of the machine meets all of them; medians over
 * the rounds are compared. It asserts nothing about speed, but everything about the work done being the same.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Aide, Integ, makeWorkDirectory, Reference, startUp } from './programs.js';
import { TREES } from './trees.js';

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    // AIDE takes so much longer that it may run less often, and where it would take hours it is stopped.
    'aide-rounds': { type: 'string' },
    limit: { type: 'string', default: '600' },
  },
});

function positive(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes a number from 1`);
  return number;
}

const QUICK_SCALE = 0.05;
/** What the largest tree and the files beside it need. */
const ROOM = 8e9;
const START_UP_RUNS = 15;
/** Share of a tree on which numbers of workers are tried. */
const SAMPLE = 0.05;

const scale = options.quick ? QUICK_SCALE : 1;
const rounds = positive('rounds', options.rounds);
const aideRounds = positive('aide-rounds', options['aide-rounds'] ?? options.rounds);
const limit = positive('limit', options.limit);
const trees = TREES.filter(({ name }) => options.only === undefined || options.only.includes(name));
if (trees.length === 0) throw new Error(`--only takes ${TREES.map(({ name }) => name).join(', ')}`);

function freeBytes(directory) {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** In memory where there is room: what is measured is then the program and not the disk. */
function place() {
  return options.dir ?? (freeBytes('/dev/shm') > ROOM * scale ? '/dev/shm' : tmpdir());
}

function median(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function print(line = '') {
  process.stdout.write(`${line}\n`);
}

function note(text) {
  process.stderr.write(`bench: ${text}\n`);
}

function table(rows) {
  const [head, ...body] = rows;
  print(`| ${head.join(' | ')} |`);
  print(`|${head.map((_, column) => (column === 0 ? '---' : '---:')).join('|')}|`);
  for (const row of body) print(`| ${row.join(' | ')} |`);
  print();
}

function fixed(number, digits) {
  return Number.isFinite(number) ? number.toFixed(digits) : '–';
}

function count(number) {
  return Math.round(number).toLocaleString('en-US');
}

function describeMachine(directory, aideVersion) {
  const system = readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="?([^"\n]*)/m)?.[1] ?? 'unknown system';
  const type = spawnSync('stat', ['-f', '-c', '%T', directory], { encoding: 'utf8' }).stdout.trim();
  print(
    `- ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors, ${fixed(totalmem() / 1e9, 0)} GB`,
  );
  print(`- ${system}, Linux ${release()}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`);
  print(`- trees and databases on ${type} in ${directory}`);
  print(`- ${aideVersion ?? 'AIDE is not installed: left out'}`);
  print(`- load average when it began: ${readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ')}`);
  print();
}

function measureStartUp() {
  const runs = Array.from({ length: START_UP_RUNS }, startUp);
  const milliseconds = (pick) => fixed(median(runs.map((each) => pick(each).seconds)) * 1000, 0);
  print('## Start-up');
  print();
  table([
    ['command', 'median ms', 'peak MB'],
    ['integ --version', milliseconds(({ version }) => version), fixed(median(runs.map((r) => r.version.megabytes)), 0)],
    ['node -e 0', milliseconds(({ node }) => node), fixed(median(runs.map((r) => r.node.megabytes)), 0)],
  ]);
}

/** The runs that take turns. One of AIDE's is left out once it was stopped or has run as often as it is to. */
function contestants({ work, top, digests, workers, referenceProgram }) {
  const integ = new Integ(work, top, digests);
  const aide = workers === undefined ? undefined : new Aide(work, top, digests, { workers, limit });
  const reference = digests && referenceProgram !== undefined ? new Reference(referenceProgram, top) : undefined;
  const mayRun = (runs) => runs.length < aideRounds && runs.every(({ isStopped }) => !isStopped);
  const initialize = () => {
    integ.reset();
    return integ.init();
  };
  const turns = [
    { name: 'integ init', run: initialize },
    ...(reference === undefined ? [] : [{ name: 'reference', run: () => reference.read() }]),
    ...(aide === undefined ? [] : [{ name: 'AIDE --init', mayRun, run: () => aide.init() }]),
    { name: 'integ check', run: () => integ.check() },
    ...(aide === undefined
      ? []
      : [{ name: 'AIDE --check', mayRun: (runs) => aide.hasDatabase() && mayRun(runs), run: () => aide.check() }]),
  ];
  return { integ, aide, reference, turns };
}

function sameWork({ integ, aide, reference }) {
  const facts = integ.facts();
  const ofAide = aide?.hasDatabase() ? aide.facts() : undefined;
  const ofReference = reference?.facts();
  if (ofAide !== undefined && ofAide.objects !== facts.objects) {
    throw new Error(`AIDE has ${ofAide.objects} objects and integ ${facts.objects}`);
  }
  if (ofReference !== undefined && ofReference.bytes !== facts.bytes) {
    throw new Error(`the reference read ${ofReference.bytes} bytes and integ ${facts.bytes}`);
  }
  return { ...facts, storedByAide: ofAide?.stored };
}

/** The number of workers that AIDE is fastest with on such a tree, tried on a small one. */
function tuneAide(tree, work) {
  note(`${tree.name}: trying numbers of workers for AIDE`);
  const sample = join(work, 'sample');
  mkdirSync(sample);
  tree.make(sample, scale * SAMPLE);
  const trials = Aide.tryWorkers(work, sample, tree.digests);
  rmSync(sample, { recursive: true });
  const best = trials.reduce((fastest, trial) => (trial.seconds < fastest.seconds ? trial : fastest));
  return { workers: best.workers, trials };
}

function measureTree(tree, work, hasAide, referenceProgram) {
  const tuning = hasAide ? tuneAide(tree, work) : undefined;
  const top = join(work, 'tree');
  mkdirSync(top, { recursive: true });
  note(`${tree.name}: making the tree`);
  tree.make(top, scale);
  for (const leftover of ['aide.db', 'aide.db.new']) rmSync(join(work, leftover), { force: true });
  const all = contestants({ work, top, digests: tree.digests, workers: tuning?.workers, referenceProgram });
  const results = new Map(all.turns.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, mayRun, run } of all.turns) {
      const runs = results.get(name);
      if (mayRun?.(runs) === false) continue;
      const result = run();
      runs.push(result);
      note(`${tree.name}, round ${round} of ${rounds}: ${name} ${fixed(result.seconds, 2)} s`);
    }
  }
  printTree(tree, sameWork(all), results);
  if (tuning !== undefined) {
    const times = tuning.trials.map(({ workers, seconds }) => `${workers}: ${fixed(seconds, 2)} s`).join(', ');
    print(`AIDE ran with ${tuning.workers} workers (on a small tree of the kind, \`--init\` by workers: ${times}).`);
    print();
  }
  rmSync(top, { recursive: true });
}

function printTree(tree, facts, results) {
  const stored = [`${fixed(facts.stored / facts.objects, 0)} bytes an object in integ's baseline`];
  if (facts.storedByAide !== undefined) stored.push(`${fixed(facts.storedByAide / facts.objects, 0)} in AIDE's`);
  print(`## ${tree.title}`);
  print();
  print(`${count(facts.objects)} objects, ${fixed(facts.bytes / 1e9, 2)} GB read; ${stored.join(', ')}.`);
  print();
  const ran = [...results].filter(([, runs]) => runs.length > 0);
  table([
    ['run', 'median s', 'objects/s', 'CPU s', 'peak MB', 'AIDE takes', 'of the reference', 'all rounds, s'],
    ...ran.map(([name, runs]) => [name, ...figures(name, runs, facts, results)]),
  ]);
  const stopped = ran.filter(([, runs]) => runs.some(({ isStopped }) => isStopped)).map(([name]) => name);
  if (stopped.length > 0) print(`${stopped.join(', ')} was stopped after ${limit} s; there it would take longer.\n`);
}

function figures(name, runs, facts, results) {
  const seconds = median(runs.map((each) => each.seconds));
  const isStopped = runs.some((each) => each.isStopped);
  const isOurs = name.startsWith('integ');
  return [
    `${isStopped ? '> ' : ''}${fixed(seconds, 2)}`,
    isStopped ? '–' : count(facts.objects / seconds),
    isStopped ? '–' : fixed(median(runs.map((each) => each.cpu)), 2),
    isStopped ? '–' : fixed(Math.max(...runs.map((each) => each.megabytes)), 0),
    isOurs ? ratio(results.get(name.replace('integ ', 'AIDE --')) ?? [], runs, 1) : '–',
    isOurs ? ratio(runs, results.get('reference') ?? [], 2) : '–',
    runs.map((each) => fixed(each.seconds, 2)).join(' '),
  ];
}

/** The median of the ratios within a round: what slows a moment of the machine meets both. */
function ratio(runs, others, digits) {
  const common = Math.min(runs.length, others.length);
  if (common === 0) return '–';
  const ratios = runs.slice(0, common).map(({ seconds }, round) => seconds / others[round].seconds);
  return `${runs.some(({ isStopped }) => isStopped) ? '> ' : ''}${fixed(median(ratios), digits)}`;
}

const directory = place();
const work = makeWorkDirectory(directory);
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const aideVersion = Aide.version();
const built = Reference.build(work);
print(`Date: ${new Date().toISOString().slice(0, 16)}Z`);
print(`Command: npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`);
print();
describeMachine(directory, aideVersion);
if (built.program === undefined) print(`The C reference is left out: ${built.reason}.\n`);
measureStartUp();
for (const tree of trees) measureTree(tree, work, aideVersion !== undefined, built.program);
