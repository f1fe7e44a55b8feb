import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announced, contrasts, HAS_CHROMIUM, openFile, type RunningBrowser, startBrowser } from '../support/browser.ts';
import { Box, expectFailure } from '../support/integ.ts';
import { AS_NOBODY, isRoot, NOBODY } from '../support/privileges.ts';
import { sharedDirectory } from '../support/scratch.ts';

const IMAGE = '"><img src=x onerror=alert(1)>';
/** A directory and a file in it, since a name cannot hold a slash. */
const SCRIPT = '<script>alert(1)</script>';
const MANY = 30;

let it: Box;
let running: RunningBrowser;
let file: string;

/** Something of everything, found by somebody who may not read all of it. */
function makeReport(): void {
  for (const name of ['etc/motd', 'etc/hosts', 'bin/ls', 'secret/key', 'queue/one']) it.file(name);
  it.policyText(`version: 1
name: rules for a browser
rules:
  - { name: everything, severity: low, paths: ['${it.tree}'], watch: config }
  - { name: 'programs & <b>tools</b>', severity: critical, paths: ['${it.tree}/bin'], watch: config }
  - { name: queue, severity: high, paths: ['${it.tree}/queue'], watch: existence, require: { mode: '0123' } }
`);
  if (isRoot()) {
    it.give(NOBODY);
    it.under = AS_NOBODY;
  }
  it.init();
  it.append('bin/ls', 'payload\n');
  it.append('etc/motd', 'hello\n');
  it.file(`etc/${SCRIPT}`);
  it.file(`etc/${IMAGE}`);
  it.file('etc/two  spaces');
  for (let index = 0; index < MANY; index += 1) it.file(`many/file${index}`);
  chmodSync(it.path('secret'), 0);
  expect(it.run(['check', '--format', 'html', '--output', file])).toMatchObject({ code: 29, stdout: '', stderr: '' });
}

describe.skipIf(!HAS_CHROMIUM)('the HTML report in a browser (needs chromium)', () => {
  const boxed = sharedDirectory();
  const home = sharedDirectory();

  beforeAll(async () => {
    it = new Box(boxed);
    chmodSync(it.directory, 0o755);
    file = `${it.directory}/report.html`;
    makeReport();
    running = await startBrowser(home);
  });

  afterAll(async () => {
    await running?.close();
    chmodSync(it.path('secret'), 0o700);
  });

  const shown = (page: Page): Promise<string | null> => page.textContent('#shown');
  const visiblePaths = async (page: Page): Promise<readonly string[]> => {
    const paths = await page.locator('li[data-kind]:not([hidden]) .what .path').allTextContents();
    return paths.map((path) => it.short(path));
  };

  test('shows hostile names as text, asks for nothing and complains of nothing', async () => {
    const { page, requests, complaints } = await openFile(running, file);
    const paths = await visiblePaths(page);
    expect(paths).toEqual(expect.arrayContaining([`etc/${SCRIPT}`, `etc/${IMAGE}`, 'etc/two  spaces', 'bin/ls']));
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(requests).toEqual([page.url()]);
    expect(complaints).toEqual([]);
  });

  test('runs nothing even if markup got into it', async () => {
    const planted = `${it.directory}/planted.html`;
    const markup = '<script>document.title = "run"</script><img src="x.png" onerror="document.title = \'run\'">';
    writeFileSync(planted, readFileSync(file, 'utf8').replace('</main>', `${markup}</main>`));
    const { page, complaints } = await openFile(running, planted);
    expect(await page.locator('img').count()).toBe(1);
    expect(await page.title()).toMatch(/^INCOMPLETE/);
    expect(complaints.join('\n')).toMatch(/Content Security Policy/);
  });

  test('says first that it is incomplete, and what could not be examined', async () => {
    const { page } = await openFile(running, file);
    const title = /^INCOMPLETE: .*1 error, not everything could be examined; .*highest severity critical$/;
    expect(await page.textContent('h1')).toMatch(title);
    expect(await page.title()).toMatch(title);
    expect(await page.locator('main section').first().textContent()).toMatch(/Not examined.*secret.*EACCES/s);
    const order = await page.locator('main section h2 .name').allTextContents();
    expect(order).toEqual(['Not examined', 'critical', 'high', 'low', 'Consequences']);
  });

  test('is filtered by severity, kind, rule and text, with a count', async () => {
    const { page } = await openFile(running, file);
    // Programs, queue, motd, three hostile names with a directory, many files with theirs, one error.
    const all = `${MANY + 10} of ${MANY + 10} shown`;
    await expect.poll(() => shown(page)).toBe(all);

    await page.getByRole('checkbox', { name: 'critical' }).check();
    await expect.poll(() => shown(page)).toBe(`2 of ${MANY + 10} shown`);
    // What could not be examined may be critical, too.
    expect(await visiblePaths(page)).toEqual(['secret', 'bin/ls']);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => shown(page)).toBe(all);

    await page.getByLabel('Rule').selectOption('programs & <b>tools</b>');
    await page.getByRole('checkbox', { name: 'changed' }).check();
    await expect.poll(() => visiblePaths(page)).toEqual(['bin/ls']);
    await page.getByRole('button', { name: 'Show all' }).click();

    await page.getByLabel('Search', { exact: true }).fill('onerror ADDED');
    await expect.poll(() => visiblePaths(page)).toEqual([`etc/${IMAGE}`]);
    expect(await shown(page)).toBe(`1 of ${MANY + 10} shown`);
    await page.getByLabel('Search', { exact: true }).fill('nothing is like this');
    await expect.poll(() => shown(page)).toBe(`0 of ${MANY + 10} shown`);
  });

  test('what comes in numbers is folded, and unfolds where a filter finds something in it', async () => {
    const { page } = await openFile(running, file);
    const one = page.locator('.path', { hasText: 'many/file7' });
    expect(await one.isVisible()).toBe(false);
    expect(await page.locator('main section .group:not(#consequences .group) > summary').allTextContents()).toEqual([
      expect.stringMatching(/^3\d added in .*tree and below$/),
    ]);
    await page.getByLabel('Search', { exact: true }).fill('file7');
    await expect.poll(() => one.isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => one.isVisible()).toBe(false);
  });

  test('can be used with the keyboard alone', async () => {
    const { page } = await openFile(running, file);
    const focused = (): Promise<unknown> =>
      page.evaluate('document.activeElement.name || document.activeElement.className');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('skip');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('text');
    await page.keyboard.type('motd');
    await page.keyboard.press('Enter');
    await expect.poll(() => visiblePaths(page)).toEqual(['etc/motd']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('severity');
    await page.keyboard.press('Space');
    await expect.poll(() => visiblePaths(page)).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  });

  test('tells a screen reader what everything is', async () => {
    const { page } = await openFile(running, file);
    const told = await announced(page);
    for (const expected of [
      'banner: ',
      'main: ',
      'contentinfo: ',
      'search: Filter the findings',
      'navigation: Contents',
    ]) {
      expect(told).toContain(expected);
    }
    expect(told).toEqual(
      expect.arrayContaining(['searchbox: Search', 'combobox: Rule', 'status: ', 'button: Show all']),
    );
    expect(told).toEqual(
      expect.arrayContaining(['group: Severity', 'checkbox: critical (1)', 'region: Critical 1 finding']),
    );
    expect(told).toEqual(expect.arrayContaining(['columnheader: before', 'columnheader: after', 'rowheader: size']));
    for (const role of ['textbox', 'searchbox', 'combobox', 'checkbox', 'button', 'link', 'heading', 'region']) {
      expect(told, `a ${role} without a name`).not.toContain(`${role}: `);
    }
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    const levels = await page
      .locator('h1, h2, h3, h4')
      .evaluateAll((headings) => headings.map(({ localName }) => localName));
    expect(levels[0]).toBe('h1');
    expect(new Set(levels.slice(1))).toEqual(new Set(['h2']));
  });

  test('is readable by day and by night', async () => {
    const { page } = await openFile(running, file);
    const texts = [
      'h1',
      '.status p',
      '.path',
      '.kind',
      '.aside',
      '.number',
      '.tally a',
      '.filter legend',
      '.filter output',
    ];
    const names = [
      '#critical .name',
      '#high .name',
      '#low .name',
      '#not-examined .name',
      'th',
      'td',
      'dt',
      'footer',
      'summary',
    ];
    const pages: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [selector, ratio] of await contrasts(page, [...texts, ...names])) {
        expect(ratio, `${selector}, ${colorScheme}`).toBeGreaterThanOrEqual(4.5);
      }
      pages.push(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')));
    }
    expect(pages).toEqual(['rgb(255, 255, 255)', 'rgb(13, 17, 23)']);
  });

  test('on paper everything is unfolded, and the filter is not there', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await openFile(running, file, { javaScriptEnabled });
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByLabel('Search', { exact: true }).isVisible()).toBe(false);
      const one = page.locator('.path', { hasText: 'many/file7' });
      expect((await one.boundingBox())?.height).toBeGreaterThan(0);
      expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
    }
  });

  test('without a script it says all that it has to say', async () => {
    const { page, complaints } = await openFile(running, file, { javaScriptEnabled: false });
    expect(await page.locator('#filter').isVisible()).toBe(false);
    expect(await page.textContent('h1')).toMatch(/^INCOMPLETE/);
    const one = page.locator('.path', { hasText: 'many/file7' });
    await page.locator('.group > summary').first().click();
    expect(await one.isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('a stored report can be shown as the same page, and in Markdown', () => {
    const stored = it.run(['report', 'show', '--format', 'html']);
    expect(stored).toMatchObject({ code: 0, stderr: '', stdout: readFileSync(file, 'utf8') });
    const markdown = it.run(['report', 'show', '--format', 'markdown']).stdout;
    expect(markdown).toMatch(/^# `INCOMPLETE: .*highest severity critical`\n/);
    expect(markdown).toContain(`\`${it.path(`etc/${SCRIPT}`)}\``);
    expectFailure(it.run(['report', 'show', '--format', 'htm']), 64, /html/);
  });

  test('its commands name the report and the baseline, and only where they are stored', () => {
    const html = readFileSync(file, 'utf8');
    expect(html).toMatch(new RegExp(`integ review \\S+ --baseline ${it.baseline}\n`));
    const diff = it.run(['baseline', 'diff', it.baseline, it.baseline, '--format', 'html']).stdout;
    expect(diff).toMatch(/<h1>NO CHANGES/);
    const live = it.run(['policy', 'check', '--live', '--format', 'html']);
    expect(live.code).toBe(8);
    expect(live.stdout).toMatch(/<h1>VIOLATED/);
    expect(live.stdout).not.toMatch(/integ review|Compared with/);
  });
});
