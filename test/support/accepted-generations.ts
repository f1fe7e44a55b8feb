/**
 * A baseline on disk, a comparison with a tree in memory, and the acceptance of what it found, for the tests of accept.
 */
import { join } from 'node:path';
import { type Acceptance, planAcceptance } from '../../src/baseline/accept/plan.ts';
import { writeAccepted } from '../../src/baseline/accept/write.ts';
import { BaselineReader } from '../../src/baseline/reader.ts';
import { BaselineWriter } from '../../src/baseline/writer.ts';
import { findingStates } from '../../src/check/finding-states.ts';
import { BaselineLookup } from '../../src/check/stored.ts';
import type { BaselineHeader } from '../../src/model/baseline.ts';
import type { FindingState } from '../../src/model/finding-state.ts';
import type { RecordBytes } from '../../src/model/record.ts';
import type { Rule } from '../../src/model/rule.ts';
import { runSteps } from '../../src/system/turns.ts';
import { HEADER } from './baselines.ts';
import { compareTrees, feed, rule, type Scan, type Tree } from './compared-trees.ts';

const RULES: readonly Rule[] = [rule()];
const EMPTY: BaselineHeader = { ...HEADER, startLinks: [], mounts: [], failures: [], unavailable: [] };

export class Generations {
  readonly #directory: string;
  readonly rules: readonly Rule[];
  #file = '';
  #count = 0;

  constructor(directory: string, tree: Tree, header: Partial<BaselineHeader> = {}, rules = RULES) {
    this.#directory = directory;
    this.rules = rules;
    this.write({ ...EMPTY, ...header }, (writer) => feed(tree, (entry) => writer.add(entry)));
  }

  /** Writes a generation and makes it the present one; its seal. */
  write(header: BaselineHeader, add: (writer: BaselineWriter) => void): string {
    this.#count += 1;
    const file = join(this.#directory, `${this.#count}.db`);
    const writer = BaselineWriter.create(file, this.rules);
    add(writer);
    const { seal } = runSteps(writer.finish(header));
    this.#file = file;
    return seal;
  }

  read<Result>(action: (present: BaselineReader) => Result): Result {
    const reader = BaselineReader.open(this.#file);
    try {
      return action(reader);
    } finally {
      reader.close();
    }
  }

  get seal(): string {
    return this.read(({ seal }) => seal);
  }

  get header(): BaselineHeader {
    return this.read(({ header }) => header);
  }

  /** Path to rule and record of everything recorded. */
  entries(): ReadonlyMap<string, string> {
    return this.read(
      (present) => new Map([...present.entries()].map((entry) => [entry.path, content(entry.rule, entry.record)])),
    );
  }

  /** What a check of the tree would store with its report. */
  check(now: Tree | Scan): readonly FindingState[] {
    return this.read((present) => {
      const recordedMounts = present.header.mounts;
      const result = compareTrees(present, now, { recordedMounts, options: { rules: this.rules } });
      const lookup = new BaselineLookup(present);
      const states = findingStates(result.findings, {
        records: result.records,
        recordedMounts,
        foundMounts: 'tree' in now ? ((now as Scan).mounts ?? []) : [],
        recordedAt: (path) => lookup.findPath(path)?.record,
      });
      return [...states].map(copied);
    });
  }

  /** Accepts what is chosen and makes the result the present generation. */
  accept(states: readonly FindingState[], isChosen: (state: FindingState) => boolean = () => true): Acceptance {
    return this.read((current) => {
      const acceptance = planAcceptance({
        current,
        rules: this.rules,
        states: states.map((state) => ({ state, isChosen: isChosen(state) })),
        govern: undefined,
      });
      const { mounts, failures } = acceptance;
      this.write({ ...current.header, mounts, failures }, (writer) =>
        runSteps(writeAccepted(current, acceptance, writer)),
      );
      return acceptance;
    });
  }
}

function copied(state: FindingState): FindingState {
  const copy = (record: RecordBytes | undefined) => record && Buffer.from(record);
  return { ...state, before: copy(state.before), after: copy(state.after), replaced: copy(state.replaced) };
}

export function content(ruleIndex: number, record: RecordBytes): string {
  return `${ruleIndex} ${Buffer.from(record).toString('hex')}`;
}

/** Everything but what only follows from something else. */
export function counted({ isConsequence }: FindingState): boolean {
  return !isConsequence;
}
