/** Accepting as a function: a generation, and remarks on what was not taken. */
import { expect, test } from 'vitest';
import { withStoredCheck } from '../../../../src/app/check/check.ts';
import { acceptFindings } from '../../../../src/app/generation/accept.ts';
import { initialize } from '../../../../src/app/generation/init.ts';
import { originOf } from '../../../../src/app/generation/new-generation.ts';
import type { Selection } from '../../../../src/app/generation/selection.ts';
import { Site } from '../../../support/contexts.ts';

const ALL: Selection = { text: '--all', takes: () => true, takesAlong: () => true, meets: () => true };

async function checked({ context }: Site): Promise<string> {
  return withStoredCheck(context, {}, async ({ report }) => report.id);
}

/** Two reports of which the newer one found something else. */
async function twiceChecked(): Promise<{ readonly site: Site; readonly ids: readonly string[] }> {
  const site = new Site();
  await initialize(site.context, {});
  site.write('read', 'what was read about');
  const first = await checked(site);
  site.write('slipped-in', 'what nobody has read');
  return { site, ids: [first, await checked(site)] };
}

async function accept({ context }: Site, id: string | undefined, answer: boolean | undefined) {
  const asked: string[] = [];
  const confirm = async (question: string): Promise<boolean> => {
    asked.push(question);
    return answer === true;
  };
  const accepting = acceptFindings(context, {
    id,
    selectionOf: () => ALL,
    origin: originOf(context, 'accept', { reason: 'reviewed' }),
    expectSeal: undefined,
    confirm: answer === undefined ? undefined : confirm,
  });
  return {
    asked,
    accepted: await accepting.then(
      (outcome) => ('written' in outcome ? outcome.written.header : undefined),
      (error: Error) => error.message,
    ),
  };
}

test('a person is asked when the newest report is not the only one, and a no accepts nothing', async () => {
  const { site, ids } = await twiceChecked();
  const { asked, accepted } = await accept(site, undefined, false);
  expect(asked).toHaveLength(1);
  expect(accepted).toBe('nothing was accepted');
  expect(site.warnings.join('\n')).toContain(ids[0]);
  expect(site.warnings.join('\n')).toContain(ids[1]);
});

test('a yes accepts it, and so does a script that is told which one is taken', async () => {
  for (const answer of [true, undefined]) {
    const { site } = await twiceChecked();
    const { accepted } = await accept(site, undefined, answer);
    expect(accepted).toMatchObject({ sequence: 2, origin: { who: 'root (sudo by alice)', why: 'reviewed' } });
    expect(site.warnings.join('\n')).toMatch(/the newest report is/);
  }
});

test('nobody is asked about a report that was named, or one that is old', async () => {
  const named = await twiceChecked();
  expect((await accept(named.site, named.ids[1], false)).asked).toEqual([]);
  const old = await twiceChecked();
  old.site.host.pass(11 * 60);
  const { asked, accepted } = await accept(old.site, undefined, false);
  expect(asked).toEqual([]);
  expect(accepted).toMatchObject({ sequence: 2 });
});
