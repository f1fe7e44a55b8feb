/** Accepting any part of a report: what must hold whatever was found. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FindingState } from '../../src/model/finding-state.ts';
import { content, counted, Generations } from '../support/accepted-generations.ts';
import { type Facts, feed, type Tree } from '../support/compared-trees.ts';
import { scratchDirectory } from '../support/scratch.ts';

const NAMES = ['a', 'b', 'c', '\xff', 'new\nline'];

const file: fc.Arbitrary<Facts> = fc.record({
  type: fc.constant('file' as const),
  mode: fc.constantFrom(0o644, 0o755, 0o4755),
  content: fc.constantFrom('one', 'two', 'three', ''),
  inode: fc.integer({ min: 10, max: 14 }),
  mtime: fc.integer({ min: 1000, max: 1002 }),
});
const directory: fc.Arbitrary<Facts> = fc.record({
  type: fc.constant('directory' as const),
  mode: fc.constantFrom(0o755, 0o700),
  inode: fc.integer({ min: 2, max: 6 }),
  mtime: fc.integer({ min: 1000, max: 1002 }),
});

/** Trees of a few names on three levels, so that two of them have much in common. */
const tree: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(fc.array(fc.constantFrom(...NAMES), { maxLength: 3 }), fc.oneof(file, directory)), { maxLength: 14 })
  .map((objects) => {
    const found: Record<string, Facts> = {};
    for (const [names, facts] of objects) {
      found[`/${names.join('/')}`] = names.length === 0 ? { ...facts, type: 'directory' } : facts;
    }
    return found;
  });

function withGenerations(before: Tree, action: (generations: Generations) => void): void {
  action(new Generations(scratchDirectory(), before));
}

/** The old entries with the objects of the findings replaced, worked out without any baseline. */
function replaced(old: ReadonlyMap<string, string>, applied: readonly FindingState[]): ReadonlyMap<string, string> {
  const entries = new Map(old);
  for (const { path, from } of applied) {
    entries.delete(path);
    if (from !== undefined) entries.delete(from);
  }
  for (const { path, rule, after } of applied) if (after !== undefined) entries.set(path, content(rule, after));
  return entries;
}

const RUNS = { numRuns: 30 };

test('an accepted part of a report is the old baseline with the reported objects replaced', () => {
  fc.assert(
    fc.property(tree, tree, fc.infiniteStream(fc.boolean()), (before, now, choice) => {
      withGenerations(before, (generations) => {
        const old = generations.entries();
        const states = generations.check(now);
        const chosen = new Set(states.filter(counted).filter(() => choice.next().value));
        const { applied, notApplied, already } = generations.accept(states, (state) => chosen.has(state));
        expect([...generations.entries()].sort()).toEqual([...replaced(old, applied)].sort());
        // Everything chosen has its place, and nothing else came along but consequences.
        expect(already).toEqual([]);
        expect(applied.filter(counted).length + notApplied.length).toBe(chosen.size);
        for (const state of applied) expect(chosen.has(state) || state.isConsequence).toBe(true);
        // What was left stays a finding at its path.
        const left = states.filter((state) => counted(state) && !chosen.has(state));
        const after = new Set(generations.check(now).flatMap(({ path, from }) => [path, from]));
        for (const { path } of left) expect(after).toContain(path);
      });
    }),
    RUNS,
  );
});

test('after everything was accepted, a check of the same tree finds nothing', () => {
  fc.assert(
    fc.property(tree, tree, (before, now) => {
      withGenerations(before, (generations) => {
        const { notApplied } = generations.accept(generations.check(now));
        expect(notApplied).toEqual([]);
        expect(generations.check(now)).toEqual([]);
        expect([...generations.entries().keys()].sort()).toEqual(Object.keys(now).sort());
      });
    }),
    RUNS,
  );
});

test('accepting everything gives the seal of a baseline that was made of the tree itself, where every object differs', () => {
  fc.assert(
    fc.property(tree, tree, (before, now) => {
      // Every object has another mode, so that no recorded state of the old baseline survives.
      const marked = Object.fromEntries(
        Object.entries(before).map(([path, facts]) => [path, { ...facts, mode: 0o111 }]),
      );
      withGenerations(marked, (generations) => {
        const header = generations.header;
        generations.accept(generations.check(now));
        const accepted = generations.seal;
        const made = generations.write(header, (writer) => feed(now, (entry) => writer.add(entry)));
        expect(accepted).toBe(made);
      });
    }),
    RUNS,
  );
});

test('accepting a report a second time applies nothing', () => {
  fc.assert(
    fc.property(tree, tree, (before, now) => {
      withGenerations(before, (generations) => {
        const states = generations.check(now);
        generations.accept(states);
        const entries = generations.entries();
        const again = generations.accept(states);
        expect(again.applied).toEqual([]);
        expect([...generations.entries()]).toEqual([...entries]);
      });
    }),
    RUNS,
  );
});

test('the order in which parts are accepted does not matter, once all are', () => {
  fc.assert(
    fc.property(tree, tree, fc.infiniteStream(fc.boolean()), (before, now, choice) => {
      withGenerations(before, (generations) => {
        const states = generations.check(now);
        const first = new Set(states.filter(counted).filter(() => choice.next().value));
        generations.accept(states, (state) => first.has(state));
        // From the same report, which is of an older generation by now.
        generations.accept(states);
        const stepwise = generations.entries();
        withGenerations(before, (whole) => {
          whole.accept(states);
          expect([...stepwise].sort()).toEqual([...whole.entries()].sort());
        });
      });
    }),
    RUNS,
  );
});
