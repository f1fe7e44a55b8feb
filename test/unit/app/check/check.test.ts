/** A check as a function: the same tree, policy, clock and names give the same report. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CheckRequest, checkAndNotify, withStoredCheck } from '../../../../src/app/check/check.ts';
import { initialize } from '../../../../src/app/generation/init.ts';
import type { Report } from '../../../../src/model/report.ts';
import { Site } from '../../../support/contexts.ts';
import { forgeAndSeal } from '../../../support/forged-baselines.ts';

async function reportOf({ context }: Site, request: CheckRequest = {}): Promise<Report> {
  return withStoredCheck(context, request, async ({ report }) => report);
}

test('time, host and ids of a report are those of the context', async () => {
  const site = new Site();
  site.write('file', 'one');
  const made = await initialize(site.context, {});
  expect(made.header).toMatchObject({
    host: 'mail7',
    // The clock was looked at once before, for the lock.
    createdAt: '2026-01-02T03:04:06.000000000Z',
    origin: { command: 'init', who: 'root (sudo by alice)', why: 'first baseline' },
  });
  site.host.pass(3600);
  const report = await reportOf(site);
  expect(report).toMatchObject({ host: 'mail7', status: 'clean', exitCode: 0 });
  expect(report.id).toMatch(/^20260102T0404\d\dZ-[0-9a-f]{8}$/);
  expect(report.startedAt < report.finishedAt).toBe(true);
  expect(report.startedAt).toMatch(/^2026-01-02T04:04:/);
});

test('what was added, removed and changed is in the report, and what restricts the check limits it', async () => {
  const site = new Site();
  for (const name of ['kept', 'gone', 'edited']) site.write(name, name);
  await initialize(site.context, {});
  site.write('new', 'new');
  site.write('edited', 'otherwise');
  rmSync(join(site.tree, 'gone'));
  const found = async (request: CheckRequest): Promise<string[]> =>
    (await reportOf(site, request)).changes.map(({ kind, path }) => `${kind} ${path.slice(site.tree.length)}`);
  expect(await found({})).toEqual(expect.arrayContaining(['added /new', 'removed /gone', 'changed /edited']));
  expect(await found({ paths: [`${site.tree}/gone`] })).toEqual(['removed /gone']);
  const { limits } = await reportOf(site, { paths: [`${site.tree}/gone`], severity: 'low' });
  expect(limits).toEqual([`--paths ${site.tree}/gone`, '--severity low']);
});

test('the exit code says what was found, and the report is shown before anybody is told', async () => {
  const site = new Site();
  await initialize(site.context, {});
  site.write('new', 'new');
  const shown: Report[] = [];
  const show = async (report: Report): Promise<void> => {
    shown.push(report);
  };
  const code = await checkAndNotify(site.context, {}, { isUnattended: false, show });
  expect(code).toBe(1);
  expect(shown.map(({ exitCode }) => exitCode)).toEqual([1]);
  expect(site.warnings).toEqual([]);
});

test('what a policy cannot do here is a remark, and not a line on a terminal', async () => {
  const site = new Site('  - name: tree\n    paths: [TREE]\n    watch: config\n    notify: [root@example.org]\n');
  await initialize(site.context, {});
  // As on a host on which this baseline never came into force.
  rmSync(`${site.context.baselineFile}.history`);
  await reportOf(site);
  const show = async (): Promise<void> => undefined;
  await checkAndNotify(site.context, {}, { isUnattended: false, show });
  expect(site.warnings.join('\n')).toMatch(/not notified: this baseline is not known here/);
});

test('a baseline that is not known here names no file to be read, though its policy is the one of this host', async () => {
  const site = new Site();
  const { baselineFile } = site.context;
  await initialize(site.context, {});
  rmSync(`${baselineFile}.history`);
  const asked = join(site.directory, 'asked');
  writeFileSync(asked, 'guess', { mode: 0o666 });
  forgeAndSeal(baselineFile, `INSERT INTO policy_sources VALUES (1, '${asked}', 'guess')`);
  const { policy } = await reportOf(site);
  expect(policy.matchesFile).toBe(false);
  expect(site.warnings.join('\n')).not.toContain(asked);
});
