/** Histories in memory, as findings are followed through them: one object a path, its states as records. */
import { pathFromLatin1 } from '../../src/model/bytes.ts';
import type { FindingState } from '../../src/model/finding-state.ts';
import type { RecordBytes } from '../../src/model/record.ts';
import type { ReportChange } from '../../src/model/report.ts';
import type { KnownGeneration } from '../../src/report/evidence/contents.ts';
import type { EvidenceFinding } from '../../src/report/evidence/document.ts';
import { type Coverage, FindingThreads } from '../../src/report/evidence/findings.ts';
import { record } from './compared-trees.ts';

/** What lies at paths: contents of files, by name. */
type Objects = Readonly<Record<string, string>>;

export interface Made {
  readonly command: 'init' | 'accept' | 'policy update';
  readonly objects: Objects;
  /** Whether the file of the generation is gone. */
  readonly isGone?: boolean;
}

export interface Ran {
  readonly sequence: number;
  readonly coverage?: Partial<Coverage>;
  readonly states: readonly FindingState[];
  /** What else the report says of all of them. */
  readonly says?: Partial<ReportChange>;
}

const RECORDS = new Map<string, RecordBytes>();

export function recordOf(content: string | undefined): RecordBytes | undefined {
  if (content === undefined) return undefined;
  const known = RECORDS.get(content) ?? record({ content });
  RECORDS.set(content, known);
  return known;
}

/** The finding of a file that was one thing and is another. */
export function state(path: string, before: string | undefined, after: string | undefined): FindingState {
  return {
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    path: pathFromLatin1(path),
    from: undefined,
    rule: 0,
    isConsequence: false,
    before: recordOf(before),
    after: recordOf(after),
    replaced: undefined,
    content: undefined,
    mount: undefined,
  };
}

export function moved(from: string, path: string, content: string, replaced?: string): FindingState {
  return {
    ...state(path, content, content),
    kind: 'moved',
    from: pathFromLatin1(from),
    replaced: recordOf(replaced),
  };
}

function changeOf({ kind, path, from }: FindingState): ReportChange {
  return {
    kind,
    path,
    ...(from === undefined ? {} : { from }),
    type: 'file',
    rule: 'tree',
    severity: 'high',
    attributes: { sha256: { before: 'a', after: 'b' } },
    flags: [],
  };
}

export function hour(index: number): string {
  return new Date(Date.UTC(2026, 0, 1, index)).toISOString();
}

const BEFORE_ALL = hour(-1);

/** What becomes of the findings of runs, an hour apart each; generations count from 1. */
export function follow(generations: readonly Made[], runs: readonly Ran[]): readonly EvidenceFinding[] {
  const known = generations.map(({ command, objects, isGone = false }, index): KnownGeneration => {
    const note = { sequence: index + 1, createdAt: hour(index), command, who: 'ann', why: 'because' };
    const recordAt = (path: string): RecordBytes | undefined => recordOf(objects[path]);
    return { note, contents: isGone ? undefined : { recordAt, mountAt: () => undefined } };
  });
  const timelines = new FindingThreads((sequence) => known[sequence - 1]);
  for (const [index, { sequence, coverage = {}, states, says = {} }] of runs.entries()) {
    const number = index + 1;
    timelines.add({
      run: { number, report: `report-${number}`, startedAt: hour(number), sequence },
      coverage: { isRestricted: false, unexamined: [], ...coverage },
      changes: states.map((each) => ({ state: each, change: { ...changeOf(each), ...says } })),
    });
  }
  return timelines.finish(generations.length, BEFORE_ALL, hour(runs.length + 48));
}
