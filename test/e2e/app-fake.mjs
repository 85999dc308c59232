// The app's own behaviour in Chromium, on the fake host: keyboard, menu, console, reconnect, size under load.
//   node scripts/node24.mjs test/e2e/app-fake.mjs   (after: vite build -c app/vite.config.ts --mode fake)
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.cache/app-fake');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const server = createServer((request, response) => {
  const file = join(folder, new URL(request.url, 'http://x').pathname);
  if (!existsSync(file)) return void response.writeHead(404).end();
  response
    .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    .end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

async function open(scene = 'running') {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  await page.goto(`http://127.0.0.1:${server.address().port}/dev.html?scene=${scene}&theme=light&locale=en`);
  await page.waitForSelector('.xterm');
  await page.waitForSelector('[data-thing]');
  return page;
}
const focused = (page) =>
  page.evaluate(
    () =>
      document.activeElement?.closest('[data-thing]')?.dataset.thing ??
      document.activeElement?.getAttribute('aria-label') ??
      document.activeElement?.tagName,
  );
const calls = (page, name) =>
  page.evaluate(
    (wanted) => globalThis.fake.host.calls.filter((call) => call.name === wanted).map((call) => call.input),
    name,
  );
const pane = (page) => page.evaluate(() => document.activeElement?.closest('[data-pane]')?.dataset.pane);

const tests = {
  async 'F6 goes round the panes, also out of the terminal'(page) {
    const seen = [];
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press('F6');
      seen.push(await pane(page));
    }
    assert.deepEqual(seen, ['lab', 'diagram', 'console', 'side', 'lab']);
    await page.keyboard.press('Shift+F6');
    assert.equal(await pane(page), 'side');
  },
  async 'arrow keys move on the diagram, Enter inspects, the context menu stops a component'(page) {
    await page.locator('[data-thing="machine:cp-1"]').focus();
    await page.keyboard.press('ArrowDown');
    const first = await focused(page);
    assert.match(first, /^component:cp-1\//);
    await page.locator('[data-thing="component:cp-1/etcd"]').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), 'component:cp-1/kube-scheduler');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), 'component:cp-1/kube-controller-manager');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.inspector h2:has-text("cp-1/kube-controller-manager")');
    await page.keyboard.press('Shift+F10');
    await page.waitForSelector('[role="menu"]');
    await page.keyboard.type('Stop');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-thing="component:cp-1/kube-controller-manager"].stopped');
    assert.deepEqual(await calls(page, 'fault.apply'), [
      { verb: 'stop', component: 'cp-1/kube-controller-manager' },
    ]);
  },
  async 'time by keyboard: F8 anywhere, F9, F10; Space where nobody types'(page) {
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('F8');
    await page.waitForSelector('.status:has-text("Paused")');
    await page.keyboard.press('F9');
    await page.keyboard.press('F10');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Space');
    await page.waitForSelector('.status:has-text("Running")');
    assert.deepEqual(await calls(page, 'time.set'), [{ paused: true }, { speed: 2 }, { paused: false }]);
    assert.deepEqual(await calls(page, 'time.step'), [{ until: 'cause' }]);
  },
  async 'the terminal takes what is typed, Ctrl+K included, and acknowledges what it drew'(page) {
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.type('kubectl get nodes');
    await page.waitForFunction(() =>
      document.querySelector('.xterm-rows').textContent.includes('kubectl get nodes'),
    );
    await page.keyboard.press('Control+k');
    assert.equal(await page.locator('[role="dialog"]').count(), 0);
    const up = await calls(page, 'up');
    assert.ok(up.some((message) => message.type === 'ack' && message.bytes > 0));
    await page.keyboard.press('Control+=');
    await page.waitForFunction(() => globalThis.fake.host.settings.consoleFontSize === 14);
    assert.ok((await calls(page, 'up')).some((message) => message.type === 'resize'));
  },
  async 'search in the console finds and counts'(page) {
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('Running');
    await page.waitForSelector('.search .count:has-text("1 of 2")');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.search').count(), 0);
  },
  async 'the palette runs the best match'(page) {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('dark theme');
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.waitForSelector('html[data-theme="dark"]');
  },
  async 'a message opens with its causes, and back returns'(page) {
    await page.evaluate(() => globalThis.fake.chain());
    await page.locator('.record', { hasText: 'ADDED pods' }).first().click();
    await page.waitForSelector('.path .record');
    const path = await page.locator('.path .route').allTextContents();
    assert.equal(path[0], 'learner');
    await page.locator('.path .record').first().click();
    await page.waitForSelector('.sentence:has-text("You: kubectl delete pod")');
    await page.getByRole('button', { name: 'Previous selection' }).click();
    await page.waitForSelector('.sentence:has-text("was created")');
  },
  async 'a prediction is answered by keyboard alone'(page) {
    await page.locator('input[type="radio"]').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => globalThis.fake.host.calls.some((call) => call.name === 'lab.answer'));
    assert.deepEqual(await calls(page, 'lab.answer'), [{ step: 'delete', question: 'q1', answer: ['b'] }]);
  },
  async 'a hint that costs asks first'(page) {
    await page.locator('.ask').first().click();
    assert.equal((await calls(page, 'lab.hint')).length, 1);
  },
  async 'a refusal is shown in words'(page) {
    await page.evaluate(() => {
      globalThis.fake.host.refuse = Object.assign(new Error('no'), { name: 'RpcError' });
    });
    await page.keyboard.press('F8');
    await page.waitForSelector('.notice[role="alert"]');
  },
  async 'a lost host is announced, and everything comes back when it does'(page) {
    await page.evaluate(() => globalThis.fake.host.hangUp());
    await page.waitForSelector('[role="alert"]:has-text("No connection to Leme")');
    await page.waitForSelector('[role="alert"]', { state: 'detached' });
    await page.waitForFunction(() =>
      document.querySelector('.xterm-rows').textContent.includes('kubectl get pods'),
    );
    await page.keyboard.press('F8');
    await page.waitForSelector('.status:has-text("Paused")');
  },
};

let failed = 0;
for (const [name, run] of Object.entries(tests)) {
  const page = await open();
  try {
    await Promise.race([
      run(page),
      new Promise((_, reject) => setTimeout(() => reject(new Error('took longer than 15 s')), 15_000)),
    ]);
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n     ${String(error.message).split('\n').slice(0, 6).join('\n     ')}`);
  }
  await page.close();
}

// Frames per second with 100 nodes, 3,000 Pods and messages all the time. Figures, not a verdict: the machine decides.
const page = await open('many');
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
const metrics = async () =>
  Object.fromEntries(
    (await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]),
  );
const before = await metrics();
const frames = await page.evaluate(
  () =>
    new Promise((resolve) => {
      const feed = setInterval(() => globalThis.fake.flood(400), 100);
      const gaps = [];
      let last = performance.now();
      const end = last + 4000;
      const tick = (now) => {
        gaps.push(now - last);
        last = now;
        if (now < end) return requestAnimationFrame(tick);
        clearInterval(feed);
        gaps.sort((a, b) => a - b);
        resolve({
          fps: Math.round((gaps.length * 1000) / 4000),
          p50: gaps[gaps.length >> 1],
          p99: gaps[Math.floor(gaps.length * 0.99)],
        });
      };
      requestAnimationFrame(tick);
    }),
);
const after = await metrics();
const busy = ['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].map(
  (name) => `${name} ${(after[name] - before[name]).toFixed(2)} s`,
);
console.log(`main thread in those seconds: ${busy.join(', ')}`);
console.log(
  `100 nodes, 3,000 Pods, messages 10 times a second: ${frames.fps} fps, gap p50 ${frames.p50.toFixed(1)} ms, p99 ${frames.p99.toFixed(1)} ms`,
);
await browser.close();
server.close();
process.exitCode = failed === 0 ? 0 : 1;
