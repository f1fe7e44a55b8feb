import { describe, expect, test } from 'vitest';
import { pathFromLatin1 } from '../../../../src/model/bytes.ts';
import { findingOutcomeWords } from '../../../../src/report/evidence/wording.ts';
import { follow, type Made, moved, type Ran, state } from '../../../support/followed-histories.ts';

const FIRST: Made = { command: 'init', objects: { '/a': 'old', '/b': 'b' } };
const CHANGED = state('/a', 'old', 'new');
const REPORTED = { sequence: 1, states: [CHANGED] };
const CLEAN = { sequence: 1, states: [] };
const ACCEPTED: Made = { command: 'accept', objects: { '/a': 'new', '/b': 'b' } };

describe('a finding', () => {
  test('that every run reports is open, with its age and the runs', () => {
    const [finding] = follow([FIRST], [CLEAN, REPORTED, REPORTED, REPORTED]);
    expect(finding).toMatchObject({ kind: 'changed', path: '/a', runs: '2-4', firstReport: 'report-2' });
    expect(finding?.fate).toEqual({ is: 'open', ageDays: 2 });
  });

  test('is accepted by the generation that records exactly what was reported', () => {
    const runs = [REPORTED, { sequence: 2, states: [] }];
    const [finding, ...others] = follow([FIRST, ACCEPTED], runs);
    expect(others).toEqual([]);
    expect(finding?.fate).toMatchObject({ is: 'accepted', generation: { sequence: 2, who: 'ann', why: 'because' } });
  });

  test('is accepted before another check was made', () => {
    expect(follow([FIRST, ACCEPTED], [REPORTED])[0]?.fate.is).toBe('accepted');
  });

  test('is accepted by the first of the generations that record it', () => {
    const third: Made = { command: 'accept', objects: { '/a': 'new', '/b': 'other' } };
    const [finding] = follow([FIRST, ACCEPTED, third], [REPORTED, { sequence: 3, states: [] }]);
    expect(finding?.fate).toMatchObject({ is: 'accepted', generation: { sequence: 2 } });
  });

  test('is not called accepted where the file of the generation is gone', () => {
    const [finding] = follow([FIRST, { ...ACCEPTED, isGone: true }], [REPORTED, { sequence: 2, states: [] }]);
    expect(finding?.fate).toMatchObject({ is: 'no longer reported', generations: [{ sequence: 2 }] });
    expect(findingOutcomeWords(finding?.fate ?? { is: 'open', ageDays: 0 })).toContain('accept by ann');
  });

  test('is not ascribed to a later generation that may only have taken the state over', () => {
    const third: Made = { command: 'accept', objects: { '/a': 'new', '/b': 'other' } };
    for (const runs of [[REPORTED], [REPORTED, { sequence: 3, states: [] }]]) {
      const [finding] = follow([FIRST, { ...ACCEPTED, isGone: true }, third], runs);
      expect(finding?.fate).toMatchObject({
        is: 'no longer reported',
        generations: [{ sequence: 2 }, { sequence: 3 }],
      });
    }
  });

  test('is not called accepted when the generation records something else', () => {
    const other: Made = { command: 'accept', objects: { '/a': 'third', '/b': 'b' } };
    const [finding] = follow([FIRST, other], [REPORTED, { sequence: 2, states: [] }]);
    expect(finding?.fate.is).toBe('no longer reported');
  });

  test('is undone when a run no longer reports it and the baseline is what it was', () => {
    expect(follow([FIRST], [REPORTED, CLEAN])[0]?.fate).toMatchObject({ is: 'undone', run: 2 });
    const elsewhere: Made = { command: 'accept', objects: { '/a': 'old', '/b': 'changed' } };
    const [finding] = follow([FIRST, elsewhere], [REPORTED, { sequence: 2, states: [] }]);
    expect(finding?.fate.is).toBe('undone');
  });

  test('still tells what an earlier report said of it when the last one says less', () => {
    const attributes = { mode: { before: '0755', after: '4755' } };
    const setuid: Ran = { ...REPORTED, says: { severity: 'critical', flags: ['setuid-added'], attributes } };
    const explained = { by: 'dpkg', package: 'a', from: '1', to: '2', proof: 'md5' } as const;
    const [finding] = follow([FIRST], [REPORTED, setuid, { ...REPORTED, says: { severity: 'low', explained } }]);
    expect(finding).toMatchObject({ severity: 'low', flags: [], attributes: ['sha256'], explained });
    expect(finding?.earlier).toEqual({
      severity: 'critical',
      flags: ['setuid-added'],
      attributes: ['mode'],
      wasUnexplained: true,
    });
    expect(follow([FIRST], [REPORTED, REPORTED])[0]).not.toHaveProperty('earlier');
    expect(follow([FIRST], [REPORTED, setuid])[0]).toMatchObject({ severity: 'critical', earlier: { flags: [] } });
    expect(follow([FIRST], [setuid, CLEAN, REPORTED])[1]).not.toHaveProperty('earlier');
  });

  test('that comes back after it was undone is another finding', () => {
    const found = follow([FIRST], [REPORTED, CLEAN, REPORTED]);
    expect(found.map(({ fate, runs }) => [fate.is, runs])).toEqual([
      ['undone', '1'],
      ['open', '3'],
    ]);
  });

  test('is not called undone when another policy came between', () => {
    const update: Made = { command: 'policy update', objects: FIRST.objects };
    const [finding] = follow([FIRST, update], [REPORTED, { sequence: 2, states: [] }]);
    expect(finding?.fate).toMatchObject({ is: 'no longer reported', generations: [{ command: 'policy update' }] });
  });

  test('of a removed file is not called accepted when the policy dropped it', () => {
    const removed = state('/a', 'old', undefined);
    const objects = { '/b': 'b' };
    const runs = [
      { sequence: 1, states: [removed] },
      { sequence: 2, states: [] },
    ];
    expect(follow([FIRST, { command: 'policy update', objects }], runs)[0]?.fate.is).toBe('no longer reported');
    expect(follow([FIRST, { command: 'accept', objects }], runs)[0]?.fate.is).toBe('accepted');
  });

  test('is superseded by a baseline that was made anew', () => {
    const anew = (content: string): Made => ({ command: 'init', objects: { '/a': content } });
    const runs = [REPORTED, { sequence: 2, states: [] }];
    expect(follow([FIRST, anew('new')], runs)[0]?.fate).toMatchObject({ is: 'superseded', records: true });
    expect(follow([FIRST, anew('third')], runs)[0]?.fate).toMatchObject({ is: 'superseded', records: false });
    const gone = { ...anew('new'), isGone: true };
    expect(follow([FIRST, gone], runs)[0]?.fate).toMatchObject({ is: 'superseded', records: 'unknown' });
  });

  test('that was accepted and changed again is two', () => {
    const runs = [REPORTED, { sequence: 2, states: [state('/a', 'new', 'newer')] }];
    const found = follow([FIRST, ACCEPTED], runs);
    expect(found.map(({ fate }) => fate.is)).toEqual(['accepted', 'open']);
    const gone = follow([FIRST, { ...ACCEPTED, isGone: true }], runs);
    expect(gone.map(({ fate }) => fate.is)).toEqual(['no longer reported', 'open']);
  });

  test('that goes on while another is accepted keeps its age', () => {
    const other: Made = { command: 'accept', objects: { '/a': 'old', '/b': 'c' } };
    const found = follow([FIRST, other], [REPORTED, { sequence: 2, states: [CHANGED] }]);
    expect(found.map(({ fate, runs }) => [fate.is, runs])).toEqual([['open', '1-2']]);
  });

  test('that a restricted run does not report stays open, and that is said', () => {
    const restricted = { ...CLEAN, coverage: { isRestricted: true } };
    expect(follow([FIRST], [REPORTED, restricted])[0]?.fate).toMatchObject({ is: 'open', doubt: 'restricted' });
  });

  test('that a run could not examine stays open', () => {
    const blind = { ...CLEAN, coverage: { unexamined: [pathFromLatin1('/')] } };
    expect(follow([FIRST], [REPORTED, blind])[0]?.fate).toMatchObject({ is: 'open', doubt: 'not examined' });
    const elsewhere = { ...CLEAN, coverage: { unexamined: [pathFromLatin1('/aa')] } };
    expect(follow([FIRST], [REPORTED, elsewhere])[0]?.fate.is).toBe('undone');
  });

  test('that only follows from another one now is not ended by that', () => {
    const folded = { sequence: 1, states: [{ ...CHANGED, isConsequence: true }] };
    expect(follow([FIRST], [REPORTED, folded])[0]?.fate).toMatchObject({ is: 'open', doubt: 'consequence' });
    expect(follow([FIRST], [folded])).toEqual([]);
  });

  test('of which a later run tells otherwise is reported otherwise', () => {
    const runs = [REPORTED, { sequence: 1, states: [state('/a', 'old', undefined)] }];
    const found = follow([FIRST], runs);
    expect(found.map(({ kind, fate }) => [kind, fate.is])).toEqual([
      ['changed', 'reported otherwise'],
      ['removed', 'open'],
    ]);
  });

  test('that a check against an older baseline does not report stays open', () => {
    const runs = [
      { sequence: 2, states: [state('/b', 'b', 'c')] },
      { sequence: 1, states: [] },
    ];
    expect(follow([FIRST, ACCEPTED], runs)[0]?.fate).toMatchObject({ is: 'open', doubt: 'older baseline' });
  });

  test('of a moved file is accepted only when the old name is free and the new one records it', () => {
    const states = [moved('/b', '/c', 'b')];
    const runs = [
      { sequence: 1, states },
      { sequence: 2, states: [] },
    ];
    const accepted: Made = { command: 'accept', objects: { '/a': 'old', '/c': 'b' } };
    expect(follow([FIRST, accepted], runs)[0]).toMatchObject({ from: '/b', fate: { is: 'accepted' } });
    const both: Made = { command: 'accept', objects: { '/a': 'old', '/b': 'b', '/c': 'b' } };
    expect(follow([FIRST, both], runs)[0]?.fate.is).toBe('no longer reported');
    const back = [
      { sequence: 1, states },
      { sequence: 1, states: [] },
    ];
    expect(follow([FIRST], back)[0]?.fate.is).toBe('undone');
  });

  test('that a hole in the records follows says so in its runs', () => {
    const found = follow([FIRST], [REPORTED, REPORTED, { ...CLEAN, coverage: { isRestricted: true } }, REPORTED]);
    expect(found[0]?.runs).toBe('1-2, 4');
  });
});
