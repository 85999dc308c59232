import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { root } from '../../harness/serve.ts';

const CHROMIUM = '/usr/bin/chromium';

export function hasChromium(): boolean {
  return existsSync(CHROMIUM);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The app in a page, and what a learner does with it. Waits for what is seen, never for time. */
export class LemePage {
  readonly page: Page;
  /** Errors the page reported: there must be none. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  static async open(
    browser: Browser,
    url: string,
    locale: string,
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<LemePage> {
    const context = await browser.newContext({ locale, colorScheme, viewport: { width: 1440, height: 900 } });
    const app = new LemePage(await context.newPage());
    await app.page.goto(url);
    await app.consoleShows(/learner@leme:/);
    return app;
  }

  /** Types a line into the console, as the keyboard would. */
  async type(line: string, enter = true): Promise<void> {
    await this.page.locator('.xterm-helper-textarea').first().focus();
    await this.page.keyboard.type(enter ? `${line}\n` : line);
  }

  consoleText(): Promise<string> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('.xterm-rows > div')]
        .map((row) => row.textContent?.trimEnd() ?? '')
        .join('\n'),
    );
  }

  async consoleShows(pattern: RegExp, timeout = 30_000): Promise<string> {
    await this.page.waitForFunction(
      ([source, flags]) =>
        new RegExp(source as string, flags).test(
          [...document.querySelectorAll('.xterm-rows > div')]
            .map((row) => row.textContent?.trimEnd() ?? '')
            .join('\n'),
        ),
      [pattern.source, pattern.flags] as const,
      { timeout },
    );
    return this.consoleText();
  }

  /** A fresh screen, so that what follows is only what follows. */
  async clear(): Promise<void> {
    await this.type('clear');
    await this.page.waitForFunction(
      () =>
        [...document.querySelectorAll('.xterm-rows > div')]
          .map((row) => row.textContent?.trim() ?? '')
          .filter((row) => row !== '').length === 1,
    );
  }

  component(id: string): ReturnType<Page['locator']> {
    return this.page.locator(`[data-thing="component:${id}"]`);
  }

  /** Opens the context menu of a component by keyboard and chooses an entry by its first letters. */
  async menu(id: string, entry: string): Promise<void> {
    await this.component(id).focus();
    await this.page.keyboard.press('Shift+F10');
    await this.page.waitForSelector('[role="menu"]');
    await this.page.keyboard.type(entry);
    await this.page.keyboard.press('Enter');
    await this.page.waitForSelector('[role="menu"]', { state: 'detached' });
  }

  /** Opens the context menu of a component by keyboard and goes down to the entry of that name. */
  async choose(id: string, entry: string): Promise<void> {
    await this.component(id).focus();
    await this.page.keyboard.press('Shift+F10');
    const wanted = this.page.getByRole('menuitem', { name: entry, exact: true });
    await wanted.waitFor();
    for (let step = 0; step < 30; step += 1) {
      if ((await wanted.getAttribute('data-highlighted')) !== null) break;
      await this.page.keyboard.press('ArrowDown');
    }
    await this.page.keyboard.press('Enter');
    await this.page.waitForSelector('[role="menu"]', { state: 'detached' });
  }

  /** Answers the question on the panel with the option of that text; the last answer of a lab ends it instead of being explained. */
  async answer(option: string | RegExp, explained = true): Promise<void> {
    const form = this.page.locator('form.question', { has: this.page.locator('input:enabled') }).first();
    await form.getByLabel(option).first().check();
    await form.locator('button[type="submit"]').click();
    if (explained) await this.page.locator('.question .result').first().waitFor();
  }

  /** Waits until the task of that title has passed. */
  async passed(title: string): Promise<void> {
    await this.page.locator('li.task.passed', { hasText: title }).waitFor({ timeout: 60_000 });
  }

  async next(): Promise<void> {
    await this.page.locator('button.onward').click();
  }

  /** What axe finds wrong with what is seen now: rule and places. */
  async faults(): Promise<string[]> {
    await this.page.evaluate(readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run(
            context: Document,
            options: object,
          ): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
        };
      };
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
      );
    });
  }

  /** Presses a key until what has the focus is, or lies in, what fits the selector. */
  async tabTo(selector: string, key = 'Tab'): Promise<void> {
    for (let step = 0; step < 80; step += 1) {
      if (await this.page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector))
        return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`${key} does not reach ${selector}`);
  }

  /** Runs an action by its name in the command palette. */
  async command(name: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('[role="option"]').first().waitFor();
    await this.page.keyboard.type(name);
    await this.page.locator('[role="option"]', { hasText: name }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }
}
