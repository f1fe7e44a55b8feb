import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FindingState } from '../../src/model/finding-state.ts';
import { MOST_ENTRIES } from '../../src/report/evidence/blocks.ts';
import type { EvidenceFinding } from '../../src/report/evidence/document.ts';
import { evidenceHtml } from '../../src/report/evidence/html.ts';
import { evidenceText } from '../../src/report/evidence/text.ts';
import { jsonDocument } from '../../src/report/json.ts';
import { follow, type Made, type Ran, recordOf, state } from '../support/followed-histories.ts';
import { hostileText } from '../support/hostile-names.ts';
import { HAS_PYTHON, parsePages } from '../support/html-skeleton.ts';
import { sampleEvidence } from '../support/sample-evidence.ts';

const PATHS = ['/a', '/b', '/c'] as const;

type Step =
  | { readonly do: 'write'; readonly path: string; readonly content: string | undefined }
  | { readonly do: 'check'; readonly isRestricted: boolean }
  | { readonly do: 'accept'; readonly paths: readonly string[] }
  | { readonly do: 'update' }
  | { readonly do: 'init' }
  | { readonly do: 'lose'; readonly generation: number };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('write' as const),
        path: fc.constantFrom(...PATHS),
        content: fc.constantFrom('1', '2', '3', undefined),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('check' as const), isRestricted: fc.constantFrom(false, false, true) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('accept' as const), paths: fc.subarray([...PATHS]) }) },
    { weight: 1, arbitrary: fc.constant({ do: 'update' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'init' as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), generation: fc.nat(6) }) },
  ),
  { maxLength: 40 },
);

type Objects = Record<string, string>;

interface Lived {
  readonly generations: Made[];
  readonly runs: Ran[];
  /** What each generation truly took over from which state, by path. */
  readonly accepted: Map<number, Map<string, FindingState>>;
  readonly now: Objects;
}

/** What a host would have lived through, and what truly became of its findings. */
function live(script: readonly Step[]): Lived {
  const now: Objects = { '/a': '1', '/b': '1' };
  let recorded: Objects = { ...now };
  const generations: Made[] = [{ command: 'init', objects: recorded }];
  const runs: Ran[] = [];
  const accepted: Lived['accepted'] = new Map();
  const next = (command: Made['command'], objects: Objects): void => {
    recorded = objects;
    generations.push({ command, objects });
  };
  for (const step of script) {
    switch (step.do) {
      case 'write':
        if (step.content === undefined) delete now[step.path];
        else now[step.path] = step.content;
        break;
      case 'check': {
        const states = PATHS.filter((path) => recorded[path] !== now[path]).map((path) =>
          state(path, recorded[path], now[path]),
        );
        const { isRestricted } = step;
        runs.push({ sequence: generations.length, coverage: { isRestricted }, states: isRestricted ? [] : states });
        break;
      }
      case 'accept': {
        const report = runs.at(-1);
        if (report === undefined) break;
        // As integ does: only what still applies to the present generation.
        const chosen = report.states.filter(
          ({ path, before }) => step.paths.includes(path) && before === recordOf(recorded[path]),
        );
        if (chosen.length === 0) break;
        const objects = { ...recorded };
        for (const { path } of chosen) {
          const content = contentOf(report, path);
          if (content === undefined) delete objects[path];
          else objects[path] = content;
        }
        next('accept', objects);
        accepted.set(generations.length, new Map(chosen.map((each) => [each.path, each])));
        break;
      }
      case 'update':
        next('policy update', recorded);
        break;
      case 'init':
        next('init', { ...now });
        break;
      case 'lose': {
        const lost = generations[step.generation];
        if (lost !== undefined && step.generation < generations.length - 1) {
          generations[step.generation] = { ...lost, isGone: true };
        }
        break;
      }
      default:
        step satisfies never;
    }
  }
  return { generations, runs, accepted, now };
}

const CONTENTS = ['1', '2', '3'] as const;

function contentOf({ states }: Ran, path: string): string | undefined {
  const after = states.find((each) => each.path === path)?.after;
  return CONTENTS.find((content) => state('/', undefined, content).after === after);
}

function runsOf({ runs }: EvidenceFinding): readonly number[] {
  return runs.split(', ').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

describe('whatever a host lives through', () => {
  test('every reported change belongs to exactly one finding', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const { generations, runs } = live(script);
        const told = follow(generations, runs).flatMap((finding) =>
          runsOf(finding).map((run) => `${run} ${finding.kind} ${finding.path}`),
        );
        const reported = runs.flatMap(({ states }, index) =>
          states.map(({ kind, path }) => `${index + 1} ${kind} ${path}`),
        );
        expect([...told].sort()).toEqual([...reported].sort());
      }),
      { numRuns: 500 },
    );
  });

  test('nothing is called accepted that was not, by that very generation', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const { generations, runs, accepted } = live(script);
        for (const finding of follow(generations, runs)) {
          if (finding.fate.is !== 'accepted') continue;
          const { sequence } = finding.fate.generation;
          expect(generations[sequence - 1]?.isGone ?? false).toBe(false);
          expect(accepted.get(sequence)?.get(finding.path)?.kind).toBe(finding.kind);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what was accepted is called so as long as all generations are there', () => {
    const whole = steps.map((script) => script.filter((step) => step.do !== 'lose' && step.do !== 'init'));
    fc.assert(
      fc.property(whole, (script) => {
        const { generations, runs, accepted } = live(script);
        const told = follow(generations, runs).flatMap(({ fate, path }) =>
          fate.is === 'accepted' ? [`${fate.generation.sequence} ${path}`] : [],
        );
        const truly = [...accepted].flatMap(([sequence, paths]) =>
          [...paths.keys()].map((path) => `${sequence} ${path}`),
        );
        expect(told.sort()).toEqual(truly.sort());
      }),
      { numRuns: 500 },
    );
  });

  test('what the last whole check reports and nobody accepted since is open', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const { generations, runs } = live([...script, { do: 'check', isRestricted: false }]);
        const open = follow(generations, runs).filter(({ fate }) => fate.is === 'open');
        expect(open.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual(
          (runs.at(-1)?.states ?? []).map(({ kind, path }) => `${kind} ${path}`).sort(),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('what is called undone is as it was recorded, under the same policy', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const { generations, runs } = live(script);
        for (const { fate, path, sequence } of follow(generations, runs)) {
          if (fate.is !== 'undone') continue;
          const at = runs[fate.run - 1]?.sequence ?? 0;
          expect(generations[at - 1]?.objects[path]).toBe(generations[sequence - 1]?.objects[path]);
          expect(generations.slice(sequence, at).map(({ command }) => command)).not.toContain('policy update');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('no text in the evidence', () => {
  test.skipIf(!HAS_PYTHON)('becomes markup of the page (needs python3)', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 10 }), (texts) => {
        const pages = ['x', ...texts].map((text) => [...evidenceHtml(sampleEvidence(text))].join(''));
        const [plainPage, ...others] = parsePages(pages);
        for (const page of others) expect(page.elements).toEqual(plainPage?.elements);
      }),
      { numRuns: 20 },
    );
  });

  test('holds a character that a terminal obeys, or begins a line', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const lines = [...evidenceText(sampleEvidence(text))].join('').split('\n');
        expect(lines).toHaveLength([...evidenceText(sampleEvidence('x'))].join('').split('\n').length);
        for (const line of lines) expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        const json = [...jsonDocument(sampleEvidence(text))].join('');
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        // Lone surrogates apart, JSON keeps the text.
        expect(JSON.parse(json)).toEqual(sampleEvidence(text));
      }),
    );
  });
});

test('a list longer than a page can bear is cut, and how much is said', () => {
  const evidence = sampleEvidence('x');
  const [finding] = evidence.findings;
  if (finding === undefined) throw new Error('a finding is expected');
  const findings = Array.from({ length: MOST_ENTRIES + 1234 }, () => finding);
  const page = [...evidenceHtml({ ...evidence, findings })].join('');
  expect(page).toContain('and 1,234 more findings: all of them with --format json');
});
