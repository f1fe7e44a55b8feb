/**
 * `npm run fuzz`: changes inputs of every reader at random and sees that each is read or refused. The same seed makes
 * the same inputs. It runs in vitest, which compiles, and prints a line a target; it ends with 1 when something failed.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const USAGE = 'npm run fuzz -- [--target NAME] [--seed N] [--runs N | --seconds N] [--keep DIR]';
const DEFAULT_SECONDS = 20;

/** @param {string} problem @returns {never} */
function refuse(problem) {
  console.error(`fuzz: ${problem}\n${USAGE}`);
  process.exit(64);
}

/** @param {string | undefined} text @param {string} name */
function numberOf(text, name) {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,9}$/.test(text)) refuse(`--${name} takes a number`);
  return Number(text);
}

function wanted() {
  const text = /** @type {const} */ ({ type: 'string' });
  try {
    const { values } = parseArgs({ options: { target: text, seed: text, runs: text, seconds: text, keep: text } });
    return values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { target, keep, ...numbers } = wanted();
const runs = numberOf(numbers.runs, 'runs');
const seconds = numberOf(numbers.seconds, 'seconds');
if (runs !== undefined && seconds !== undefined) refuse('--runs and --seconds exclude each other');
const seed = numberOf(numbers.seed, 'seed') ?? Date.now() % 1_000_000_000;
const options = {
  target,
  seed,
  bound: runs === undefined ? { seconds: seconds ?? DEFAULT_SECONDS } : { runs },
  keep: keep === undefined ? mkdtempSync(join(tmpdir(), 'integ-fuzz-kept-')) : resolve(keep),
};

let told = 0;
console.log(`fuzz: seed ${seed}; inputs that fail are kept in ${options.keep}`);
const vitest = await startVitest('test', [], {
  config: false,
  watch: false,
  root: resolve(import.meta.dirname, '../..'),
  include: ['test/fuzz/long.fuzz.ts'],
  maxWorkers: 1,
  testTimeout: 0,
  provide: { fuzz: options },
  reporters: [
    {
      onTestCaseResult(test) {
        told += 1;
        console.log(test.meta().fuzz ?? `${test.name}: ${test.result().errors?.[0]?.stack ?? 'nothing came back'}`);
      },
      onTestRunEnd(_modules, errors) {
        for (const error of errors) console.error(error.stack ?? error.message);
      },
    },
  ],
});
await vitest.close();
if (told === 0) refuse(target === undefined ? 'nothing was run' : `there is no target ${target}`);
