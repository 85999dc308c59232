import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedHost, temporaryFolder } from '../harness/serve.ts';
import { hasChromium, LemePage, openBrowser } from './pages/browser.ts';

const folder = temporaryFolder();
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
    expression: `${axe}; axe.run(${JSON.stringify(selector)}, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ' ' + v.nodes[0].target + ' ' + (v.nodes[0].any[0]?.message ?? '')))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value as string[];
}

async function openKind(page: Page, resource: string): Promise<void> {
  await page.locator('.kinds input').fill(resource);
  await page.locator('.kinds input').press('Enter');
}

/** Puts `text` in place of `old` in the editor, by keyboard. */
async function replace(page: Page, old: string, text: string): Promise<void> {
  const line = page.locator('.cm-line', { hasText: old });
  await line.click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.type(text);
}

describe.skipIf(!hasChromium())('the explorer', () => {
  it('edits an object through the API, meets a conflict, and loses nothing', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    const { page } = app;
    await app.type('kubectl create configmap note --from-literal=mood=calm');
    await app.consoleShows(/configmap\/note created/);
    await page.keyboard.press('F6');
    await page.keyboard.press('Alt+o');
    await page.locator('.kinds .kind', { hasText: 'configmaps' }).waitFor();
    await openKind(page, 'configmaps');
    const row = page.locator('.rows [role=row]', { hasText: 'note' });
    await row.waitFor();
    const [head, tools] = await Promise.all(
      ['.rows .head', '.table-pane .tools'].map((place) => page.locator(place).boundingBox()),
    );
    // The names of the columns stand on the rows, under the filters.
    expect(head?.y).toBeGreaterThanOrEqual((tools?.y ?? Infinity) + (tools?.height ?? 0) - 1);
    await row.focus();
    await page.keyboard.press('Enter');
    await page.locator('.cm-line', { hasText: 'mood: calm' }).waitFor();

    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await replace(page, 'mood: calm', 'mood: curious');
    // Meanwhile somebody else writes.
    await app.type(`kubectl label configmap note by=other`);
    await app.consoleShows(/configmap\/note labeled/);
    await page.getByText('The object changed on the server while you edit.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.problem', { hasText: '409 Conflict' }).waitFor();
    expect(await page.locator('.problem .message').innerText()).toBe(
      'Operation cannot be fulfilled on configmaps "note": the object has been modified; please apply your changes to the latest version and try again',
    );
    expect(await violations(page, '.explorer')).toEqual([]);
    await page.locator('.problem').getByRole('button', { name: 'Put my edit on top' }).click();
    await page.locator('.preview .removed', { hasText: 'mood: calm' }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    await app.type('kubectl get configmap note -o jsonpath="{.data.mood}!"');
    await app.consoleShows(/curious!/);

    // What the server's schema does not know is marked before anything is sent.
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await replace(page, 'kind: ConfigMap', 'knid: ConfigMap');
    await page.locator('.options .chip.bad', { hasText: 'problem' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.locator('.rows [role=row]', { hasText: 'kube-root-ca' }).first().waitFor();
    await row.waitFor({ state: 'detached' });
    expect(await violations(page, '.explorer')).toEqual([]);
    expect(app.errors).toEqual([]);
    await page.context().close();
  });

  it('shows a request with what each stage said, and who can do what', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US', 'dark');
    const { page } = app;
    await app.type('kubectl create configmap seen');
    await app.consoleShows(/configmap\/seen created/);
    await page.locator('.record', { hasText: 'POST /api/v1/namespaces/default/configmaps' }).first().click();
    const inspector = page.locator('.inspector');
    await inspector.locator('.status', { hasText: '201 Created' }).waitFor();
    expect(await inspector.locator('.stages strong').allInnerTexts()).toEqual([
      'Authentication',
      'Priority and fairness',
      'Authorization',
      'Admission',
      'Validation',
      'Storage',
    ]);
    expect(await inspector.innerText()).toMatch(/User\s+kubernetes-admin/);
    await inspector.getByText('user-agent').first().waitFor();
    expect(await violations(page, '.inspector')).toEqual([]);

    await page.keyboard.press('F6');
    await page.keyboard.press('Alt+o');
    await openKind(page, 'deployments');
    await page.locator('.explorer [aria-label="Deployment"]').waitFor();
    await page.getByRole('tab', { name: 'Who can do what' }).click();
    await page.locator('.access, .empty').first().waitFor();
    expect(await violations(page, '.explorer')).toEqual([]);
    expect(app.errors).toEqual([]);
    await page.context().close();
  });
});
