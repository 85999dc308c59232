import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedHost, temporaryFolder } from '../harness/serve.ts';
import { hasChromium, LemePage, openBrowser } from './pages/browser.ts';

const folder = temporaryFolder();
const CONFIG_MAP = '/registry/configmaps/default/note';
let host: ServedHost;
let browser: Browser;

beforeAll(async () => {
  if (!hasChromium()) return;
  host = await ServedHost.start(folder.path, '--speed', '10');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await host?.stop();
  folder.remove();
});

/** What axe finds wrong inside `selector`. */
async function violations(page: Page, selector: string): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send('Runtime.evaluate', {
    expression: `${axe}; axe.run(${JSON.stringify(selector)}, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ' ' + v.nodes[0].target))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value as string[];
}

/** Finds a key by its whole name and opens it, by keyboard. */
async function openKey(page: Page, key: string): Promise<void> {
  await page.locator('.keys input[type="search"]').fill(key);
  await page.locator('[role="treeitem"]:not([aria-expanded])').first().waitFor();
  await page.locator('[role="treeitem"]').first().focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.locator('.key .name', { hasText: key }).waitFor();
}

const fact = (page: Page, name: string): Promise<string> =>
  page.locator('.key .facts > div', { hasText: name }).locator('dd').innerText();

describe.skipIf(!hasChromium())('etcd seen from inside', () => {
  it('shows the keys that commands write, their revisions, what changed, and why', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    const { page } = app;
    await app.type('kubectl create configmap note --from-literal=mood=calm');
    await app.consoleShows(/configmap\/note created/);
    await page.keyboard.press('F6');
    await page.keyboard.press('Alt+e');
    await page.locator('[role="treeitem"]', { hasText: '/registry/' }).first().waitFor();
    await openKey(page, CONFIG_MAP);
    await page.locator('.key pre', { hasText: '"mood": "calm"' }).waitFor();
    expect(await fact(page, 'Version')).toBe('1');
    const created = Number(await fact(page, 'Created at'));
    expect(await fact(page, 'Modified at')).toContain(String(created));

    await app.type(`kubectl patch configmap note -p '{"data":{"mood":"restless"}}'`);
    await app.consoleShows(/configmap\/note patched/);
    // It came by itself: nobody reloaded anything.
    await page.locator('.key pre', { hasText: '"mood": "restless"' }).waitFor();
    expect(await fact(page, 'Version')).toBe('2');
    await page.locator('.key .tab', { hasText: 'Changes' }).click();
    // Beside it only its owner changed.
    const values = async (lines: string): Promise<string[]> =>
      (await page.locator(lines).allInnerTexts()).filter((line) => line.includes('"mood"'));
    expect(await values('.diff .removed')).toEqual([expect.stringContaining('"mood": "calm"')]);
    expect(await values('.diff .added')).toEqual([expect.stringContaining('"mood": "restless"')]);

    await page.locator('.key .tab', { hasText: 'History' }).click();
    expect(await page.locator('.key tbody tr').count()).toBe(2);
    await page.locator('.key tbody tr').last().locator('.link').first().click();
    await page.getByText('This is the first revision of the key').waitFor();
    await page.locator('.key .why').click();
    await page.locator('.inspector', { hasText: 'Txn put /registry/configmaps/default/note' }).waitFor();

    await app.type('kubectl delete configmap note');
    await app.consoleShows(/configmap "note" deleted/);
    await page.getByText('This key was deleted.').waitFor();
    await page.locator('.key .steps button').last().click();
    await page.locator('.key .tab', { hasText: 'Value' }).click();
    expect(await violations(page, '.etcd')).toEqual([]);
    expect(app.errors).toEqual([]);
    await page.context().close();
  });

  it('is reached from the diagram and by the palette, and shows the member and its log moving', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US', 'dark');
    const { page } = app;
    await page.keyboard.press('F6');
    await page.keyboard.press('Alt+d');
    expect(await app.component('cp-1/etcd').innerText()).toMatch(/etcd\s*leader · term \d+/);
    await app.choose('cp-1/etcd', 'Members and logs');
    await page.locator('.lanes .row[role="img"]').first().waitFor();
    const label = (): Promise<string | null> =>
      page.locator('.lanes .row[role="img"]').first().getAttribute('aria-label');
    expect(await label()).toMatch(/^cp-1: log up to \d+, committed up to \d+, applied up to \d+$/);
    const before = await label();
    await app.type('kubectl create configmap other');
    await app.consoleShows(/configmap\/other created/);
    await page.locator('.members td.request', { hasText: '/registry/configmaps/default/other' }).waitFor();
    expect(await label()).not.toBe(before);
    await page.getByText('Quorum: 1 of 1 member.').waitFor();
    expect(await violations(page, '.etcd')).toEqual([]);
    await page.keyboard.press('F6');
    await page.keyboard.press('F1');
    await page.keyboard.type('keys of etcd');
    await page.locator('[role="option"]').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[role="tree"]').waitFor();
    expect(app.errors).toEqual([]);
    await page.context().close();
  });

  it('speaks Portuguese, and shows what is on the disk of a member that is stopped', async () => {
    const app = await LemePage.open(browser, host.served.url, 'pt-BR');
    const { page } = app;
    await page.keyboard.press('F6');
    await app.choose('cp-1/etcd', 'Parar');
    await page.locator('[data-thing="component:cp-1/etcd"].stopped').waitFor();
    await page.keyboard.press('Alt+e');
    await page.getByText('O etcd de cp-1 não está em execução').waitFor();
    await openKey(page, '/registry/namespaces/default');
    await page.locator('.key pre', { hasText: '"kind": "Namespace"' }).waitFor();
    await page.getByText('sem líder').waitFor();
    await page.keyboard.press('Alt+d');
    await app.choose('cp-1/etcd', 'Iniciar');
    await page.locator('[data-thing="component:cp-1/etcd"].running').waitFor({ timeout: 60_000 });
    expect(app.errors).toEqual([]);
    await page.context().close();
  });
});
