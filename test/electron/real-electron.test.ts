import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { _electron } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { LemePage } from '../e2e/pages/browser.ts';
import { root, temporaryFolder } from '../harness/serve.ts';

// The app in a real Electron: what the shim of main-process.test.ts cannot show. Skipped, and counted as skipped, where there
// is no binary or no display.

const { electronPath } = (await import('../../scripts/electron-path.mjs' as string)) as {
  electronPath: () => string | undefined;
};
const binary = electronPath();
const hasDisplay =
  process.platform !== 'linux' ||
  Boolean(process.env['DISPLAY'] ?? '') ||
  Boolean(process.env['WAYLAND_DISPLAY'] ?? '');
const missing = binary === undefined ? 'the Electron binary' : hasDisplay ? undefined : 'a display';
if (missing !== undefined) console.warn(`the specs of a real Electron are skipped: ${missing} is missing`);

const folder = temporaryFolder();
const started: ElectronApplication[] = [];

async function start(dataDir: string, ...args: string[]): Promise<ElectronApplication> {
  const app = await _electron.launch({
    executablePath: binary as string,
    // A container's root may not use Chromium's sandbox.
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(folder.path, 'user-data')}`,
      root,
      '--data',
      dataDir,
      '--api-port',
      '0',
      '--etcd-port',
      '0',
      ...args,
    ],
    locale: 'en-US',
  });
  started.push(app);
  return app;
}

const connected = async (app: ElectronApplication): Promise<{ page: Page; leme: LemePage }> => {
  const page = await app.firstWindow();
  const leme = new LemePage(page);
  await leme.consoleShows(/learner@leme:/, 60_000);
  return { page, leme };
};

afterEach(async () => {
  for (const app of started.splice(0)) await app.close().catch(() => undefined);
});
afterAll(() => folder.remove());

describe.skipIf(missing !== undefined)('the desktop app, in Electron', () => {
  it('opens app://leme in a sandboxed, isolated page, and a typed command reaches the cluster', async () => {
    const app = await start(join(folder.path, 'first'));
    const { page, leme } = await connected(app);
    expect(page.url()).toBe('app://leme/index.html');
    expect(
      await page.evaluate(() => ({
        bridge: Object.keys(window.hostBridge ?? {}).sort(),
        frozen: Object.isFrozen(window.hostBridge),
        require: typeof (globalThis as { require?: unknown }).require,
        process: typeof (globalThis as { process?: unknown }).process,
      })),
    ).toEqual({
      bridge: ['platform', 'requestPort'],
      frozen: true,
      require: 'undefined',
      process: 'undefined',
    });
    expect(
      await app.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        const preferences = (
          window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
        ).getLastWebPreferences();
        return [preferences['sandbox'], preferences['contextIsolation'], preferences['nodeIntegration']];
      }),
    ).toEqual([true, true, false]);
    // The host is a process of its own.
    expect(
      await app.evaluate(({ app: electron }) =>
        electron.getAppMetrics().some((metric) => metric.name === 'leme-host'),
      ),
    ).toBe(true);
    await leme.type('kubectl create deployment web --image=nginx --replicas=2');
    await leme.consoleShows(/deployment\.apps\/web created/);
    await leme.type('kubectl rollout status deployment/web');
    await leme.consoleShows(/successfully rolled out/, 60_000);
    expect(leme.errors).toEqual([]);
  });

  it('keeps what was done when its window is closed, and opens again where it was', async () => {
    const dataDir = join(folder.path, 'again');
    const first = await start(dataDir);
    const before = await connected(first);
    await before.leme.type('kubectl create configmap kept --from-literal=a=b');
    await before.leme.consoleShows(/configmap\/kept created/);
    await first.close();
    // The quit waited for the host: nothing is left to replay.
    expect(existsSync(join(dataDir, 'workspace.leme-wal'))).toBe(false);
    const after = await connected(await start(dataDir));
    await after.leme.type('kubectl get configmap kept');
    await after.leme.consoleShows(/kept +1 /);
  });

  it('says in the window that a flag makes no sense', async () => {
    const app = await start(join(folder.path, 'flag'), '--speed', '1000');
    const page = await app.firstWindow();
    await page.getByText('--speed must be between 0.5 and 100, not 1000').waitFor();
  });
});
