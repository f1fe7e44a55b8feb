/**
 * npm run bench -- [--dir DIR] [--quick] [--only NAME]... [--rounds N]
 *
 * Measures integ beside AIDE and beside a C program that only reads and digests, on trees made for it, and prints
 * Markdown. Programs take turns within a round, so that a busy moment of the machine meets all of them; medians over the
 * rounds are compared. It asserts nothing about speed, but everything about the work done being the same.
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
  },
});

const QUICK_SCALE = 0.05;
/** What the largest tree and the files beside it need. */
const ROOM = 8e9;
const START_UP_RUNS = 15;

const scale = options.quick ? QUICK_SCALE : 1;
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1');
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

/** The runs that take turns, each with what it is called in the table. */
function contestants({ work, top, digests, hasAide, referenceProgram }) {
  const integ = new Integ(work, top, digests);
  const aide = hasAide ? new Aide(work, top, digests) : undefined;
  const reference = digests && referenceProgram !== undefined ? new Reference(referenceProgram, top) : undefined;
  const turns = [
    {
      name: 'integ init',
      run: () => {
        integ.reset();
        return integ.init();
      },
    },
    ...(reference === undefined ? [] : [{ name: 'reference', run: () => reference.read() }]),
    ...(aide === undefined ? [] : [{ name: 'AIDE --init', run: () => aide.init() }]),
    { name: 'integ check', run: () => integ.check() },
    ...(aide === undefined ? [] : [{ name: 'AIDE --check', run: () => aide.check() }]),
  ];
  return { integ, aide, reference, turns };
}

function sameWork(integ, aide, reference) {
  const facts = integ.facts();
  const ofAide = aide?.facts();
  const ofReference = reference?.facts();
  if (ofAide !== undefined && ofAide.objects !== facts.objects) {
    throw new Error(`AIDE has ${ofAide.objects} objects and integ ${facts.objects}`);
  }
  if (ofReference !== undefined && ofReference.bytes !== facts.bytes) {
    throw new Error(`the reference read ${ofReference.bytes} bytes and integ ${facts.bytes}`);
  }
  return { ...facts, storedByAide: ofAide?.stored };
}

function measureTree(tree, work, hasAide, referenceProgram) {
  const top = join(work, 'tree');
  mkdirSync(top, { recursive: true });
  note(`making the tree ${tree.name}`);
  tree.make(top, scale);
  const { integ, aide, reference, turns } = contestants({
    work,
    top,
    digests: tree.digests,
    hasAide,
    referenceProgram,
  });
  note('trying numbers of workers for AIDE');
  const tuning = aide?.tune([1, 2, 4]);
  const results = new Map(turns.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, run: runOnce } of turns) {
      note(`${tree.name}, round ${round} of ${rounds}: ${name}`);
      results.get(name)?.push(runOnce());
    }
  }
  const facts = sameWork(integ, aide, reference);
  printTree(tree, facts, results);
  if (tuning !== undefined) {
    const times = tuning.map(({ workers, seconds }) => `${workers}: ${fixed(seconds, 2)} s`).join(', ');
    print(`AIDE ran with ${aide.workers} workers (one trial each of \`--init\`, by workers: ${times}).`);
    print();
  }
  rmSync(top, { recursive: true });
}

function printTree(tree, facts, results) {
  const seconds = (name) => median((results.get(name) ?? []).map((each) => each.seconds));
  print(`## ${tree.title}`);
  print();
  const stored = [`${fixed(facts.stored / facts.objects, 0)} bytes an object in integ's baseline`];
  if (facts.storedByAide !== undefined) stored.push(`${fixed(facts.storedByAide / facts.objects, 0)} in AIDE's`);
  print(`${count(facts.objects)} objects, ${fixed(facts.bytes / 1e9, 2)} GB read; ${stored.join(', ')}.`);
  print();
  table([
    ['run', 'median s', 'CPU s', 'peak MB', 'objects/s', 'against AIDE', 'against the reference', 'all rounds, s'],
    ...[...results].map(([name, runs]) => {
      const mine = seconds(name);
      const rival = name === 'integ init' ? 'AIDE --init' : name === 'integ check' ? 'AIDE --check' : undefined;
      return [
        name,
        fixed(mine, 2),
        fixed(median(runs.map((each) => each.cpu)), 2),
        fixed(Math.max(...runs.map((each) => each.megabytes)), 0),
        count(facts.objects / mine),
        rival !== undefined && results.has(rival) ? `${fixed(seconds(rival) / mine, 1)} times faster` : '–',
        name !== 'reference' && results.has('reference') ? `${fixed(mine / seconds('reference'), 2)} of its time` : '–',
        runs.map((each) => fixed(each.seconds, 2)).join(' '),
      ];
    }),
  ]);
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
