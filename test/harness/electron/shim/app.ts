import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'electron';
import { Chromium } from './chromium.ts';
import { tellTest } from './control.ts';
import type { Listener } from './events.ts';
import { ask, Events } from './events.ts';
import { strict } from './strict.ts';

const userData = process.env['LEME_SHIM_USER_DATA'];
if (userData === undefined) throw new Error('LEME_SHIM_USER_DATA names no folder');
const folder: string = userData;
mkdirSync(folder, { recursive: true });
const lock = join(folder, 'SingletonLock');

export const appEvents = new Events('app', [
  'second-instance',
  'window-all-closed',
  'before-quit',
  'will-quit',
  'quit',
  'activate',
]);

/** What `quit` closes; set by browser-window.ts. */
export const openWindows = new Set<{ close(): void }>();
let quitting = false;
let ready = false;
let hasLock = false;

export const isQuitting = (): boolean => quitting;

export const browser: Promise<Chromium> = Promise.resolve().then(() => Chromium.launch(folder));
const isReady = browser.then((chromium) => {
  ready = true;
  tellTest({ event: 'ready', browser: chromium.address });
});
// A launch that failed is told by whoever waits for it.
isReady.catch(() => undefined);

/** The last window is gone: the end of a quit, or an event that may lead to one. */
export function windowClosed(): void {
  if (openWindows.size > 0) return;
  if (quitting) return finish();
  if (appEvents.has('window-all-closed')) appEvents.emit('window-all-closed');
  else quit();
}

function quit(): void {
  if (!ask(appEvents, 'before-quit')) return;
  quitting = true;
  if (openWindows.size === 0) return finish();
  for (const window of [...openWindows]) window.close();
}

function finish(): void {
  if (!ask(appEvents, 'will-quit')) {
    quitting = false;
    return;
  }
  appEvents.emit('quit', {}, 0);
  if (hasLock) rmSync(lock, { force: true });
  void browser
    .then((chromium) => chromium.context.close())
    .catch(() => undefined)
    .then(() => process.exit(0));
}

/** True for the first of its folder; a later one wakes the first, which hears `second-instance`. */
function requestSingleInstanceLock(): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    hasLock = true;
    process.on('SIGUSR2', () => appEvents.emit('second-instance', {}, [], process.cwd(), undefined));
    return true;
  } catch {
    process.kill(Number(readFileSync(lock, 'utf8')), 'SIGUSR2');
    return false;
  }
}

export const app = strict('app', {
  isPackaged: false,
  isReady: () => ready,
  whenReady: () => isReady,
  getLocale: () => process.env['LEME_SHIM_LOCALE'] ?? 'en-US',
  quit,
  requestSingleInstanceLock,
  on(event: string, listener: Listener): App {
    appEvents.add(event, listener);
    return app as unknown as App;
  },
} satisfies Pick<
  App,
  'isPackaged' | 'isReady' | 'whenReady' | 'getLocale' | 'quit' | 'requestSingleInstanceLock' | 'on'
>);
