/** A report that comes back from a history in another shape is refused as a whole, and never breaks what prints it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderReview } from '../../src/cli/review/screen.ts';
import { startReview } from '../../src/cli/review/state.ts';
import { REPORT_FORMATS, render } from '../../src/report/formats.ts';
import { jsonReport } from '../../src/report/json.ts';
import { parseStoredReport } from '../../src/report/parse.ts';
import { fullReport } from '../support/sample-reports.ts';

type Place = readonly (string | number)[];

function placesOf(value: unknown, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...at, key]))];
}

const WHOLE: unknown = JSON.parse([...jsonReport(fullReport())].join(''));
const PLACES = placesOf(WHOLE).filter((place) => place.length > 0);

const ODD = fc.constantFrom<unknown>(
  ...[null, true, false, 0, -1, 1.5, 1e300, '', 'odd', '\u001b[2J\u009b\u202e', [], [null], {}, { length: 1e9 }],
);

/** The document with something else at a place; or without it. */
function altered(place: Place, odd: unknown, isGone: boolean): string {
  const copy: unknown = structuredClone(WHOLE);
  let holder = copy;
  for (const key of place.slice(0, -1)) holder = Reflect.get(Object(holder), key);
  const last = place.at(-1) ?? '';
  if (isGone) Reflect.deleteProperty(Object(holder), last);
  else Reflect.set(Object(holder), last, odd);
  // As integ writes it, so that only the shape is wrong.
  return [...jsonReport(copy as ReturnType<typeof fullReport>)].join('');
}

async function printEverywhere(text: string): Promise<'printed' | 'refused'> {
  let report: ReturnType<typeof parseStoredReport>;
  try {
    report = parseStoredReport([text]);
  } catch (error) {
    expect(String(error)).toMatch(/not a report|SyntaxError/);
    return 'refused';
  }
  const layout = { width: 80, verbose: true, isStored: true };
  for (const format of REPORT_FORMATS) for (const _ of await render(report, format, layout));
  renderReview(startReview(report), { columns: 80, rows: 24 });
  return 'printed';
}

test('whatever one member of a stored report is replaced by, it is printed in every format or refused in one line', async () => {
  expect(await printEverywhere(altered(['host'], 'mail1', false))).toBe('printed');
  expect(await printEverywhere(altered(['changes'], null, false))).toBe('refused');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PLACES), ODD, fc.boolean(), async (place, odd, isGone) => {
      await printEverywhere(altered(place, odd, isGone));
    }),
    { numRuns: 400 },
  );
});
