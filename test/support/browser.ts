/**
 * A real browser without a screen, in a home and profile of its own, which notes whatever a page asks for or complains
 * of.
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
export const HAS_CHROMIUM = existsSync(CHROMIUM);

const ARGUMENTS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export interface RunningBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function startBrowser(home: string): Promise<RunningBrowser> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ARGUMENTS,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  return {
    browser,
    close: () => browser.close(),
  };
}

export interface OpenPage {
  readonly page: Page;
  /** All addresses that were asked for. */
  readonly requests: readonly string[];
  /** Errors, refusals and dialogs. */
  readonly complaints: readonly string[];
}

/** A file in a page of its own until the test ends. */
export async function openFile(
  { browser }: RunningBrowser,
  file: string,
  options: { readonly javaScriptEnabled?: boolean } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(pathToFileURL(file).href);
  return { page, requests, complaints };
}

/** What a screen reader is told, out of the accessibility tree of the browser: "role: name". */
export async function announced(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const told = nodes.filter(({ ignored, role }) => !ignored && !/Text/.test(role?.value));
  return told.map(({ role, name }) => `${role?.value}: ${name?.value ?? ''}`);
}

/** Contrast (WCAG 2.2, 1.4.3) of the text of the first element that each selector names. */
export async function contrasts(page: Page, selectors: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const ratios = await page.evaluate(`(() => {
    const parts = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
    const luminance = (color) => {
      const [r, g, b] = parts(color).map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if (parts(color)[3] !== 0) return color;
      }
      return 'rgb(255, 255, 255)';
    };
    return ${JSON.stringify(selectors)}.map((selector) => {
      const element = document.querySelector(selector);
      if (element === null) return [selector, 0];
      const [low, high] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => a - b);
      return [selector, (high + 0.05) / (low + 0.05)];
    });
  })()`);
  // The expression above gives nothing else.
  return new Map(ratios as [string, number][]);
}
