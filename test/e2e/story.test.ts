import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, ServedHost, temporaryFolder } from '../harness/serve.ts';
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

const MANIFEST = `kubectl apply -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata:
  name: typed
EOF`;

describe.skipIf(!hasChromium())('the story in a browser', () => {
  it('speaks the language of the browser, and another when asked', async () => {
    const app = await LemePage.open(browser, host.served.url, 'pt-BR');
    await app.page.getByText('O laço de reconciliação').first().waitFor();
    expect(await app.page.locator('html').getAttribute('lang')).toBe('pt-BR');
    await app.page.keyboard.press('F1');
    await app.page.keyboard.type('ingl');
    await app.page.locator('[role="option"]').first().waitFor();
    await app.page.keyboard.press('Enter');
    await app.page.getByText('The reconciliation loop').first().waitFor();
    expect(app.errors).toEqual([]);
    await app.page.context().close();
  });

  it('has no fault that axe finds, in any place, in both themes', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US', 'dark');
    const { page } = app;
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const places: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['diagram', () => page.getByRole('tab', { name: 'Diagram' }).click()],
      ['narrative', () => page.getByRole('tab', { name: 'Narrative' }).click()],
      ['tables', () => page.getByRole('tab', { name: 'Tables' }).click()],
      ['etcd', () => page.getByRole('tab', { name: 'etcd', exact: true }).click()],
      ['inspector', () => page.getByRole('tab', { name: 'Inspector' }).click()],
    ];
    for (const theme of ['Dark theme', 'Light theme']) {
      await app.command(theme);
      for (const [place, go] of places) {
        await go();
        expect(await app.faults(), `${theme}, ${place}`).toEqual([]);
      }
      await page.keyboard.press('F1');
      await page.locator('[role="option"]').first().waitFor();
      expect(await app.faults(), `${theme}, palette`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Shift+L');
      await page.locator('[role="dialog"]').waitFor();
      expect(await app.faults(), `${theme}, labs`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('[role="dialog"]').waitFor({ state: 'detached' });
    }
    // The checker is awake: a picture without a name is a fault.
    await page.evaluate(() => document.body.prepend(document.createElement('img')));
    expect((await app.faults()).join()).toContain('image-alt');
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(dark);
    await app.command('System theme');
    await page.context().close();
  });

  it('runs what is typed: pipes, here-documents, history, Ctrl-C; and shows each message', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    await app.type('kubectl create deployment web --image=nginx --replicas=3');
    await app.consoleShows(/deployment\.apps\/web created/);
    await app.passed('Create the Deployment web with 3 replicas');
    await app.passed('Wait until all three Pods are ready');
    await app.type('kubectl get deploy web -o yaml | grep -i replicas');
    await app.consoleShows(/readyReplicas: 3/);
    await app.type(MANIFEST);
    await app.consoleShows(/configmap\/typed created/);
    await app.clear();
    await app.type('kubectl get pods -w | head -1');
    await app.consoleShows(/NAME +READY +STATUS +RESTARTS +AGE\s+learner@leme/);
    await app.clear();
    await app.type('kubectl get pods -w');
    await app.consoleShows(/(web-\S+ .*\n){3}/);
    await app.page.keyboard.press('Control+c');
    await app.consoleShows(/\^C\s*\nlearner@leme/);
    await app.clear();
    await app.page.keyboard.press('ArrowUp');
    await app.page.keyboard.press('ArrowUp');
    await app.consoleShows(/\$ kubectl get pods -w$/m);
    await app.page.keyboard.press('Control+c');

    await app.page.locator('select').first().selectOption('console/gateway');
    const post = app.page.locator('.record', { hasText: 'POST /apis/apps/v1' }).first();
    await post.click();
    await app.page.locator('.path .record').first().waitFor();
    expect(await app.page.locator('.inspector').textContent()).toContain('nginx');
    expect(app.errors).toEqual([]);
    await app.page.context().close();
  });

  it('heals, stops healing, and heals again; predictions first, to the end of the lab', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    await app.next();
    await app.answer(/Another Pod appears, with another name/);
    await app.type('kubectl delete $(kubectl get pods -l app=web -o name | head -1)');
    await app.passed('Delete one Pod of web and see another take its place');
    await app.passed('Three Pods ready again');
    await app.next();
    await app.menu('cp-1/kube-controller-manager', 'Stop');
    await app.page.locator('[data-thing="component:cp-1/kube-controller-manager"].stopped').waitFor();
    await app.passed('Stop kube-controller-manager on cp-1');
    await app.answer(/The Pod is deleted and two are left/);
    await app.next();
    await app.clear();
    await app.type('kubectl delete $(kubectl get pods -l app=web -o name | head -1)');
    await app.passed('Delete one Pod of web; two are left');
    await app.type('kubectl get deploy web');
    await app.consoleShows(/web +3\/3/);
    await app.answer(/is written by the controller, and it is stopped/);
    await app.next();
    await app.answer(/Lists the Pods, sees two/);
    await app.menu('cp-1/kube-controller-manager', 'Start');
    await app.passed('Start kube-controller-manager');
    await app.passed('Three Pods ready, without you creating any');
    await app.next();
    await app.type('kubectl scale deployment web --replicas=5');
    await app.passed('Bring web to 5 ready replicas');
    await app.answer('kube-controller-manager', false);
    await app.page
      .getByText(/100\s*%/)
      .first()
      .waitFor();
    expect(app.errors).toEqual([]);
    await app.page.context().close();
  });

  it('lets time stand still and go step by step', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    const newest = (): Promise<string> => app.page.locator('.record').first().innerText();
    await app.page.keyboard.press('F8');
    await app.page.locator('.status', { hasText: 'Paused' }).waitFor();
    const before = await newest();
    await app.type('kubectl get nodes');
    await app.page.keyboard.press('F10');
    await eventually(newest, (now) => now !== before);
    await app.page.locator('.status', { hasText: 'Paused' }).waitFor();
    await app.page.keyboard.press('F8');
    await app.consoleShows(/cp-1 +Ready/);
    await app.page.context().close();
  });

  it('restarts the lab from the keyboard, and begins again from nothing', async () => {
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    const { page } = app;
    await page.keyboard.press('Control+Shift+F10');
    const dialog = page.getByRole('alertdialog', { name: 'Restart the lab?' });
    await dialog.waitFor();
    await app.tabTo('[role="alertdialog"] button:last-of-type');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('li.task', { hasText: 'Create the Deployment web with 3 replicas' }).waitFor();
    await eventually(
      () => page.locator('li.task.passed').count(),
      (passed) => passed === 0,
    );
    await page.keyboard.press('Alt+3');
    await page.keyboard.type('clear; kubectl get deployments\n');
    await app.consoleShows(/No resources found in default namespace\./, 60_000);
    await page.keyboard.type('kubectl create deployment web --image=nginx --replicas=3\n');
    await app.passed('Create the Deployment web with 3 replicas');
    await app.passed('Wait until all three Pods are ready');
    // Out of the terminal, to the button, to the next step, to the answer: the focus is never lost.
    await page.keyboard.press('Alt+1');
    await app.tabTo('button.onward');
    await page.keyboard.press('Enter');
    await page.locator('article.step', { hasText: 'Undo it, and see it redone' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('article.step'));
    await app.tabTo('form.question input');
    await page.keyboard.press('ArrowDown');
    await app.tabTo('form.question button[type="submit"]');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.matches('.question .result'));
    expect(app.errors).toEqual([]);
    await page.context().close();
  });

  it('is where it was after SIGKILL', async () => {
    const before = await LemePage.open(browser, host.served.url, 'en-US');
    await before.type('kubectl set image deployment/web nginx=nginx:1.27');
    await before.consoleShows(/deployment\.apps\/web image updated/);
    await before.page.context().close();
    await host.stop('SIGKILL');
    host = await ServedHost.start(folder.path);
    const app = await LemePage.open(browser, host.served.url, 'en-US');
    await app.type('', false);
    await app.page.keyboard.press('ArrowUp');
    await app.consoleShows(/kubectl set image deployment\/web nginx=nginx:1\.27/);
    await app.page.keyboard.press('Control+c');
    await app.type('kubectl rollout status deployment/web --timeout=100s');
    await app.consoleShows(/successfully rolled out/, 110_000);
    await app.page.keyboard.press('Control+Shift+L');
    await app.page.locator('[role="dialog"]', { hasText: 'The reconciliation loop' }).waitFor();
    expect(await app.page.locator('[role="dialog"]').innerText()).toContain('100');
    await app.page.context().close();
  });
});
