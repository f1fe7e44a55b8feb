/**
 * Fuzzes one target: changes known inputs, reads what comes of it, and notes what fails. The same seed makes the same
 * inputs in the same order, whatever the time. An input of which came what none before it did is kept to be changed
 * further, which leads deeper into a reader than chance would.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { scratchDirectory } from '../../support/scratch.ts';
import { mutateBytes } from './bytes.ts';
import { minimized } from './minimize.ts';
import { Random } from './random.ts';
import { defectOf, shapeOf, type Target } from './target.ts';
import { watchdog } from './watchdog.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** How many inputs, or for how long; the inputs that were there to begin with come in addition. */
  readonly bound: { readonly runs: number } | { readonly seconds: number };
  /** Where inputs that fail are written. */
  readonly keep: string;
}

interface FuzzFailure {
  /** The how-many-th input it was. */
  readonly index: number;
  readonly what: string;
  readonly file: string;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  /** How many different things came of the inputs. */
  readonly outcomes: number;
  readonly slowest: { readonly milliseconds: number; readonly index: number };
  /** Inputs that took so long that somebody should look. */
  readonly slow: readonly string[];
  /** One for each way to fail. */
  readonly failures: readonly FuzzFailure[];
}

const LONGEST = 16 * 1024;
const SLOW_MILLISECONDS = 3000;
/** Of each way to be slow or to fail, only so many are told. */
const MOST_TOLD = 10;
const MOST_KEPT = 2000;
/** The event loop must turn, or whoever waits for this process takes it for dead. */
const TURN_MILLISECONDS = 200;

/** What tells one failure from another: its words without particulars, and where it was thrown. */
function failureKey(error: unknown): string {
  if (!(error instanceof Error)) return shapeOf(String(error));
  const place = /\/(?:src|test)\/[^\s()]+?:\d+/.exec(error.stack ?? '');
  return `${error.name}: ${shapeOf(error.message)} ${place?.[0] ?? ''}`;
}

class Run {
  readonly #target: Target;
  readonly #options: FuzzOptions;
  readonly #scratch: string;
  readonly #random: Random;
  /** Inputs to be changed further: those that were accepted, and all. */
  readonly #accepted: Buffer[] = [];
  readonly #corpus: Buffer[] = [];
  readonly #shapes = new Set<string>();
  readonly #failures = new Map<string, FuzzFailure>();
  readonly #slow: string[] = [];
  #acceptedCount = 0;
  #refusedCount = 0;
  #index = 0;
  #slowest = { milliseconds: 0, index: 0 };

  constructor(target: Target, options: FuzzOptions, scratch: string) {
    this.#target = target;
    this.#options = options;
    this.#scratch = scratch;
    this.#random = new Random(options.seed);
  }

  async all(): Promise<FuzzResult> {
    const { name, seeds } = this.#target;
    const { bound, seed } = this.#options;
    const guard = watchdog(name, seed);
    const started = performance.now();
    let turned = started;
    try {
      const given = seeds(this.#scratch);
      for (const input of given) {
        guard.begin(this.#index);
        await this.#one(input);
      }
      if (this.#refusedCount > 0) throw new Error(`${name} refuses a seed: ${[...this.#shapes].join('; ')}`);
      // They stay to be changed, even where the same came of two of them.
      this.#accepted.push(...given);
      this.#corpus.push(...given);
      const isEnough = (): boolean =>
        'runs' in bound ? this.#index >= bound.runs + given.length : performance.now() - started > bound.seconds * 1000;
      while (!isEnough()) {
        guard.begin(this.#index);
        await this.#one(this.#changed());
        if (performance.now() - turned < TURN_MILLISECONDS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        turned = performance.now();
      }
    } finally {
      await guard.stop();
    }
    return {
      inputs: this.#index,
      accepted: this.#acceptedCount,
      refused: this.#refusedCount,
      outcomes: this.#shapes.size,
      slowest: this.#slowest,
      slow: this.#slow,
      failures: [...this.#failures.values()],
    };
  }

  #changed(): Buffer {
    const { mutate, words = [], longest = LONGEST } = this.#target;
    // Most of what is refused leads nowhere.
    const input = this.#random.pick(this.#random.once(2) ? this.#accepted : this.#corpus);
    const other = this.#random.pick(this.#corpus);
    return mutate?.(input, this.#random, other) ?? mutateBytes(input, this.#random, { words, other, longest });
  }

  async #one(input: Buffer): Promise<void> {
    const index = this.#index;
    this.#index += 1;
    const started = performance.now();
    try {
      const read = this.#target.read(input, this.#scratch);
      const shape = typeof read === 'string' ? read : await read;
      this.#acceptedCount += 1;
      this.#note(input, `accepted ${shape}`, true);
      this.#time(input, index, started);
    } catch (error) {
      this.#time(input, index, started);
      const defect = defectOf(error);
      if (defect === undefined) {
        this.#refusedCount += 1;
        this.#note(input, shapeOf(String(error)), false);
      } else await this.#fail(input, index, defect);
    }
  }

  #note(input: Buffer, shape: string, isAccepted: boolean): void {
    if (this.#shapes.has(shape)) return;
    this.#shapes.add(shape);
    if (this.#corpus.length >= MOST_KEPT) return;
    if (isAccepted) this.#accepted.push(input);
    // A file that is damaged as a whole leads nowhere, while of a text that is refused the rest may be sound.
    if (isAccepted || this.#target.isWhole !== true) this.#corpus.push(input);
  }

  #time(input: Buffer, index: number, started: number): void {
    const milliseconds = performance.now() - started;
    if (milliseconds > this.#slowest.milliseconds) this.#slowest = { milliseconds, index };
    if (milliseconds < SLOW_MILLISECONDS || this.#slow.length >= MOST_TOLD) return;
    this.#slow.push(`input ${index} took ${Math.round(milliseconds)} ms: ${this.#write(input, index, 'slow-')}`);
  }

  async #fail(input: Buffer, index: number, error: unknown): Promise<void> {
    const key = failureKey(error);
    if (this.#failures.has(key) || this.#failures.size >= MOST_TOLD) return;
    const smallest = this.#target.isWhole
      ? input
      : await minimized(input, async (less) => (await this.#key(less)) === key);
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#failures.set(key, { index, what, file: this.#write(smallest, index, '') });
  }

  async #key(input: Buffer): Promise<string | undefined> {
    try {
      await this.#target.read(input, this.#scratch);
      return undefined;
    } catch (error) {
      const defect = defectOf(error);
      return defect === undefined ? undefined : failureKey(defect);
    }
  }

  #write(input: Buffer, index: number, prefix: string): string {
    const { keep, seed } = this.#options;
    mkdirSync(keep, { recursive: true });
    const file = join(keep, `${prefix}${this.#target.name}-${seed}-${index}`);
    writeFileSync(file, input);
    return file;
  }
}

export async function fuzz(target: Target, options: FuzzOptions): Promise<FuzzResult> {
  return new Run(target, options, scratchDirectory()).all();
}

/** A line about a target, and one for each thing that somebody should look at. */
export function resultText(target: Target, seed: number, result: FuzzResult): string {
  const { inputs, accepted, refused, outcomes, slowest, slow, failures } = result;
  const counts = [
    `${String(inputs).padStart(8)} inputs`,
    `${String(accepted).padStart(8)} accepted`,
    `${String(refused).padStart(8)} refused`,
    `${String(outcomes).padStart(5)} outcomes`,
    `slowest ${String(Math.round(slowest.milliseconds)).padStart(5)} ms`,
    `${failures.length} failures`,
  ];
  const told = failures.map(({ index, what, file }) => {
    return `  FAILED at input ${index} of seed ${seed}, kept as ${file}\n    ${what.replaceAll('\n', '\n    ')}`;
  });
  return [`${target.name.padEnd(18)} ${counts.join('  ')}`, ...slow.map((line) => `  SLOW: ${line}`), ...told].join(
    '\n',
  );
}
