import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hasChromium, LemePage } from '../e2e/pages/browser.ts';
import { ORIGIN } from '../harness/electron/shim/origin.ts';
import { ShimmedElectron } from '../harness/electron/shimmed-electron.ts';
import { eventually, root, ServedHost, temporaryFolder } from '../harness/serve.ts';

// The built main process, preload script and host, unmodified, on the shim of Electron (see harness/electron).

const folder = temporaryFolder();
const started: ShimmedElectron[] = [];
let next = 1;

function start(
  options: { userData?: string; locale?: string; args?: string[]; env?: Record<string, string> } = {},
): ShimmedElectron {
  const app = new ShimmedElectron({ userData: join(folder.path, `app-${next++}`), ...options });
  started.push(app);
  return app;
}

afterEach(() => {
  for (const app of started.splice(0)) app.kill();
});
afterAll(() => folder.remove());

/** Where `npm run serve` keeps its workspace too, when no folder is named. */
const workspaceOf = (userData: string): string => join(userData, 'leme', 'workspace');

const connected = async (page: Page): Promise<LemePage> => {
  const app = new LemePage(page);
  await app.consoleShows(/learner@leme:/, 60_000);
  return app;
};

describe.skipIf(!hasChromium())('the desktop app, on a shim of Electron', () => {
  it('opens its window on app://leme with its policy, isolated, and joins the page to the host', async () => {
    const electron = start();
    const page = await electron.window();
    const policies: (string | undefined)[] = [];
    page.on('response', (response) => policies.push(response.headers()['content-security-policy']));
    const app = await connected(page);
    // What a page may see of Electron: the bridge, frozen, and nothing else.
    expect(
      await page.evaluate(() => ({
        bridge: Object.keys(window.hostBridge ?? {}),
        frozen: Object.isFrozen(window.hostBridge),
        require: typeof (globalThis as { require?: unknown }).require,
        process: typeof (globalThis as { process?: unknown }).process,
        binding: typeof (globalThis as { __lemeShim?: unknown }).__lemeShim,
        platform: (window.hostBridge as unknown as { platform: string }).platform,
      })),
    ).toEqual({
      bridge: ['platform', 'requestPort'],
      frozen: true,
      require: 'undefined',
      process: 'undefined',
      binding: 'undefined',
      platform: process.platform,
    });
    await app.type('kubectl create deployment web --image=nginx --replicas=2');
    await app.consoleShows(/deployment\.apps\/web created/);
    await app.type('kubectl rollout status deployment/web');
    await app.consoleShows(/successfully rolled out/, 60_000);
    expect(app.errors).toEqual([]);

    await page.reload();
    await (await connected(page)).consoleShows(/successfully rolled out/);
    expect(policies.length).toBeGreaterThan(0);
    for (const policy of policies) expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(await electron.close()).toBe(0);
    expect(electron.stderr.join('')).toBe('');
  });

  it('keeps what was done when it is closed by its menu, and opens again where it was', async () => {
    const userData = join(folder.path, 'again');
    const first = start({ userData });
    const before = await connected(await first.window());
    await before.type('kubectl create configmap kept --from-literal=a=b');
    await before.consoleShows(/configmap\/kept created/);
    expect(await first.ask({ do: 'menuShape' })).toEqual([
      { fileMenu: ['quit'] },
      'editMenu',
      { viewMenu: ['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen', 'toggleDevTools'] },
      'windowMenu',
    ]);
    await first.ask({ do: 'menu', path: ['fileMenu', 'quit'] });
    // The gate holds the quit until the host has stored and ended.
    expect(await first.ended).toBe(0);
    expect(existsSync(join(workspaceOf(userData), 'workspace.leme-wal'))).toBe(false);

    const second = start({ userData });
    const after = await connected(await second.window());
    await after.type('kubectl get configmap kept');
    await after.consoleShows(/kept +1 /);
    expect(await second.close()).toBe(0);
  });

  it('never leaves its origin, opens no windows, and gives only known links to the browser', async () => {
    const electron = start();
    const page = await electron.window();
    await connected(page);
    const home = page.url();
    for (const url of ['https://kubernetes.io/docs/', 'https://evil.example/', 'http://127.0.0.1:1/']) {
      await page.evaluate((target) => void (location.href = target), url);
      // A round trip through the page: the navigation was asked for before it.
      await page.evaluate(() => new Promise((resolve) => void setTimeout(resolve, 50)));
      expect(page.url()).toBe(home);
    }
    await page.evaluate(() => {
      window.open('https://kubernetes.io/docs/concepts/');
      window.open('https://evil.example/');
      window.open('https://kubernetes.io.evil.example/');
    });
    await eventually(
      () => electron.opened(),
      (urls) => urls.length > 0,
    );
    await eventually(
      () => electron.pages().length,
      (count) => count === 1,
    );
    expect(electron.opened()).toEqual(['https://kubernetes.io/docs/concepts/']);
    expect(page.url()).toBe(home);
    // Our own origin has nothing but the files of the app.
    expect(
      await page.evaluate(async () => {
        const paths = [
          '/nothing.js',
          '/../package.json',
          '/%2e%2e/main/main.mjs',
          '/assets/../../main/main.mjs',
        ];
        return Promise.all(paths.map(async (path) => (await fetch(path)).status));
      }),
    ).toEqual([404, 404, 404, 404]);
    expect(await page.evaluate((origin) => fetch(`${origin}x.example/`).catch(String), ORIGIN)).toBe(
      'TypeError: Failed to fetch',
    );
    expect(await electron.close()).toBe(0);
  });

  it('grants the clipboard and nothing else', async () => {
    const electron = start();
    await electron.window();
    const answers = (await electron.ask({ do: 'permissions' })) as Record<string, object>;
    const granted = Object.entries(answers).filter(([, answer]) => Object.values(answer).includes(true));
    expect(granted).toEqual([
      ['clipboard-read', { asked: true, checked: true }],
      ['clipboard-sanitized-write', { asked: true, checked: true }],
    ]);
    expect(await electron.close()).toBe(0);
  });

  it('refuses a channel to a window that is not its own', async () => {
    const electron = start();
    await connected(await electron.window());
    await electron.ask({
      do: 'foreignWindow',
      preload: join(root, 'dist/preload/preload.cjs'),
      url: 'app://leme/index.html',
    });
    await eventually(
      () => electron.stderr.join(''),
      (text) => text.includes('leme: refused a channel: request from another window'),
    );
  });

  it('runs once: a second start brings the first window to the front', async () => {
    const userData = join(folder.path, 'once');
    const first = start({ userData });
    await first.window();
    const second = start({ userData });
    expect(await second.ended).toBe(0);
    await first.until((told): told is Extract<typeof told, { event: 'focused' }> => told.event === 'focused');
    expect(await first.close()).toBe(0);
  });

  it('says in the window which workspace is busy, and opens it once it is free', async () => {
    const userData = join(folder.path, 'busy');
    const dataDir = workspaceOf(userData);
    mkdirSync(dataDir, { recursive: true });
    const other = await ServedHost.start(dataDir);
    try {
      const electron = start({ userData, locale: 'pt-BR' });
      const page = await electron.window();
      const alert = page.getByRole('alert');
      await alert.getByText('Esta área de trabalho está aberta em outro Leme').waitFor();
      expect(await alert.innerText()).toContain(join(dataDir, 'workspace.leme'));
      expect(await alert.innerText()).toContain('--data PASTA');
      expect(electron.stderr.join('')).toContain(
        `leme: The workspace ${join(dataDir, 'workspace.leme')} is open in another Leme.`,
      );
      expect(electron.stderr.join('')).not.toMatch(/^\s+at /m);
      await other.stop();
      await page.getByRole('button', { name: 'Tentar de novo' }).click();
      await connected(page);
      expect(await electron.close()).toBe(0);
    } finally {
      await other.stop('SIGKILL');
    }
  });

  it('says in the window that a flag makes no sense', async () => {
    const electron = start({ args: ['--speed', '1000'] });
    const page = await electron.window();
    await page.getByText('--speed must be between 0.5 and 100, not 1000').waitFor();
    expect(await electron.close()).toBe(0);
  });

  it('gives its host the flags of Node that the served one has', async () => {
    const electron = start();
    await connected(await electron.window());
    const { command } = hostOf(electron.pid);
    expect(command).toEqual(expect.arrayContaining(['--enable-source-maps', '--max-semi-space-size=16']));
    expect(await electron.close()).toBe(0);
  });

  it('says in a box, once, that the host cannot start, and does not start it for ever', async () => {
    // What a damaged program does: it ends before it serves.
    const broken = join(folder.path, 'broken.cjs');
    writeFileSync(broken, "if (process.argv[1].endsWith('utility.mjs')) process.exit(7);\n");
    const electron = start({ locale: 'pt-BR', env: { NODE_OPTIONS: `--require ${broken}` } });
    const box = await electron.until(
      (told): told is Extract<typeof told, { event: 'errorBox' }> => told.event === 'errorBox',
    );
    expect(box.title).toBe('O Leme não consegue iniciar');
    expect(box.content).toContain('terminou três vezes logo ao iniciar (código 7)');
    expect(electron.stderr.join('').match(/the host ended with code 7/g)).toHaveLength(3);
  });

  it('joins the page to a new host when the host was killed', async () => {
    const electron = start();
    const page = await electron.window();
    const app = await connected(page);
    await app.type('kubectl create configmap before --from-literal=a=b');
    await app.consoleShows(/configmap\/before created/);
    const { pid } = hostOf(electron.pid);
    process.kill(pid, 'SIGKILL');
    await eventually(
      () => electron.stderr.join(''),
      (text) => text.includes('leme: the host ended with code 9'),
    );
    // The console is a new one, with the history of the one that died.
    await page.locator('[role="alert"]').waitFor({ state: 'detached' });
    await app.consoleShows(/^\s*learner@leme:~\$\s*$/);
    await app.type('kubectl get configmap before');
    await app.consoleShows(/before +1 /);
    expect(await electron.close()).toBe(0);
  });
});

/** The utility process among the children of the main process. */
function hostOf(parent: number): { pid: number; command: string[] } {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (Number(fields[1]) === parent && command.includes('utility.mjs'))
        return { pid: Number(name), command: command.split('\0') };
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error('the host is not running');
}
