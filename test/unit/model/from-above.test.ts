import { expect, test } from 'vitest';
import { fromAbove } from '../../../src/model/from-above.ts';

test('a value comes down from the nearest place that is known, each place once, however deep it is', () => {
  const depths = new Map([[0, 0]]);
  let asked = 0;
  const steps = {
    known: (place: number) => depths.get(place),
    above: (place: number) => place - 1,
    below: (depth: number, place: number) => {
      asked += 1;
      depths.set(place, depth + 1);
      return depth + 1;
    },
  };
  expect(fromAbove(200_000, steps)).toBe(200_000);
  expect(fromAbove(200_001, steps)).toBe(200_001);
  expect(asked).toBe(200_001);
});
