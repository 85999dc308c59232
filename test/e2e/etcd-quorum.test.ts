import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, hasStockKubectl, ServedHost, temporaryFolder } from '../harness/serve.ts';
import { hasChromium, LemePage, openBrowser } from './pages/browser.ts';

const folder = temporaryFolder();
const MACHINES = ['cp-1', 'cp-2', 'cp-3'];
let host: ServedHost;
let browser: Browser;

beforeAll(async () => {
  if (!hasChromium()) return;
  host = await ServedHost.start(folder.path, '--speed', '10', '--topology', 'kubeadm-3-3');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await host?.stop();
  folder.remove();
});

/** What the diagram says of each member, e.g. `leader`, `follower`, or nothing while it is stopped. */
async function roles(app: LemePage): Promise<Record<string, string>> {
  const told: Record<string, string> = {};
  for (const machine of MACHINES) {
    const text = await app.component(`${machine}/etcd`).innerText();
    told[machine] = /(leader|follower|pre-candidate|candidate) · term \d+/.exec(text)?.[1] ?? '';
  }
  return told;
}

/** The machine whose member leads, once one does and all of the others that run follow. */
async function leaderOf(app: LemePage, running: number): Promise<string> {
  const told = await eventually(
    () => roles(app),
    (now) => {
      const all = Object.values(now);
      return all.includes('leader') && all.filter((role) => role === 'follower').length === running - 1;
    },
  );
  return Object.keys(told).find((machine) => told[machine] === 'leader') as string;
}

async function goDownTo(page: Page, entry: string): Promise<void> {
  const wanted = page.getByRole('menuitem', { name: entry, exact: true });
  await wanted.waitFor({ timeout: 10_000 });
  for (let step = 0; step < 40; step += 1) {
    if ((await wanted.getAttribute('data-highlighted')) !== null) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`${entry} cannot be reached by keyboard`);
}

/** The context menu of a member, through a choice of it. */
async function chooseFrom(app: LemePage, id: string, entry: string, item: string): Promise<void> {
  const { page } = app;
  await app.component(id).focus();
  await page.keyboard.press('Shift+F10');
  await goDownTo(page, entry);
  await page.keyboard.press('ArrowRight');
  await goDownTo(page, item);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role="menu"]', { state: 'detached' });
}

async function stop(app: LemePage, machine: string): Promise<void> {
  await app.choose(`${machine}/etcd`, 'Stop');
  await app.page.locator(`[data-thing="component:${machine}/etcd"].stopped`).waitFor();
}

async function start(app: LemePage, machine: string): Promise<void> {
  await app.choose(`${machine}/etcd`, 'Start');
  await app.page.locator(`[data-thing="component:${machine}/etcd"].running`).waitFor({ timeout: 60_000 });
}

describe.skipIf(!hasChromium())('three members of etcd', () => {
  it('go on without one, refuse without two, and are well again when they are back', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    const { page } = app;
    await page.keyboard.press('F6');
    const leader = await leaderOf(app, 3);
    const [first = '', second = ''] = MACHINES.filter((machine) => machine !== leader);
    await stop(app, first);
    // Until the balancer has found out, a request may go to the API server beside the member that is gone.
    await eventually(
      async () => {
        await app.clear();
        await app.type('kubectl create configmap with-two');
        return app.consoleShows(/configmap\/with-two created|already exists|EOF|Error|error:/, 60_000);
      },
      (text) => /configmap\/with-two created|already exists/.test(text),
      90_000,
    );
    await page.keyboard.press('F6');
    await stop(app, second);
    await eventually(
      () => roles(app),
      (now) => now[leader] === 'pre-candidate',
    );
    await page.keyboard.press('Alt+e');
    await page.getByText('no leader').first().waitFor();
    await page.keyboard.press('Alt+d');
    // The balancer finds no API server ready, and hangs up.
    await eventually(
      async () => {
        await app.clear();
        await app.type('kubectl get nodes');
        return app.consoleShows(/Unable to connect to the server: EOF|Error from server|NAME/);
      },
      (text) => text.includes('Unable to connect to the server: EOF'),
      60_000,
    );
    await app.clear();
    await app.type('ssh lb-1 journalctl -u haproxy | tail -n 3');
    await app.consoleShows(/Server apiserverbackend\/cp-\d is DOWN/);
    await page.keyboard.press('F6');
    await start(app, second);
    await leaderOf(app, 2);
    await eventually(
      async () => {
        await app.clear();
        await app.type('kubectl get --raw /readyz/etcd; kubectl get configmap with-two -o name');
        return app.consoleShows(/configmap\/with-two$|EOF|Error/m);
      },
      (text) => /^ok/m.test(text) && text.includes('configmap/with-two'),
      60_000,
    );
    await page.keyboard.press('F6');
    await start(app, first);
    await leaderOf(app, 3);
    expect(app.errors).toEqual([]);
    await page.context().close();
  });

  it('elect another when the leader is cut off, show the cut, and agree again when it is healed', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US', 'dark');
    const { page } = app;
    await page.keyboard.press('F6');
    const before = await leaderOf(app, 3);
    const others = MACHINES.filter((machine) => machine !== before);
    for (const other of others)
      await chooseFrom(app, `${before}/etcd`, 'Cut the link with', `${other} (both ways)`);
    await page.locator('svg.links .severed').nth(1).waitFor({ state: 'attached' });
    await eventually(
      () => roles(app),
      (now) => now[before] === 'pre-candidate' && others.some((machine) => now[machine] === 'leader'),
    );
    for (const other of others)
      await chooseFrom(app, `${before}/etcd`, 'Restore the link with', `${other} (both ways)`);
    await page.locator('svg.links .severed').first().waitFor({ state: 'detached' });
    expect(await leaderOf(app, 3)).not.toBe(before);
    expect(app.errors).toEqual([]);
    await page.context().close();
  });

  it('show a slow link, and ask before they fill or corrupt a disk', async () => {
    const app = await LemePage.open(browser, host.served.url, 'pt-BR');
    const { page } = app;
    await page.keyboard.press('F6');
    await chooseFrom(app, 'cp-1/etcd', 'Rede lenta', 'cp-2: +50 ms');
    await page.locator('svg.links .late-by', { hasText: '+50 ms' }).waitFor({ state: 'attached' });
    await chooseFrom(app, 'cp-1/etcd', 'Rede lenta', 'cp-2: sem atraso');
    await page.locator('svg.links .late-by').waitFor({ state: 'detached' });
    for (const entry of ['Encher o disco', 'Corromper os dados']) {
      await app.choose('cp-2/etcd', entry);
      const dialog = page.getByRole('alertdialog');
      await dialog.waitFor();
      expect(await dialog.innerText()).toContain('cp-2');
      expect(await app.faults()).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    await app.choose('cp-2/etcd', 'Encher o disco');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Encher o disco' }).click();
    await app.choose('cp-2/etcd', 'Membros e logs');
    await page.getByText('disco cheio').first().waitFor();
    await page.keyboard.press('Alt+d');
    await app.choose('cp-2/etcd', 'Liberar o disco');
    expect(app.errors).toEqual([]);
    await page.context().close();
  });
});

it.skipIf(!hasStockKubectl() || !hasChromium())('leaves the cluster as it was to a stock kubectl', () => {
  expect(host.kubectl(['get', '--raw', '/readyz/etcd']).stdout).toBe('ok');
});
