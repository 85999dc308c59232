import type { BrowserWindow as ElectronWindow, BrowserWindowConstructorOptions, WebContents } from 'electron';
import type { Page } from 'playwright-core';
import { browser, isQuitting, openWindows, windowClosed } from './app.ts';
import { tellTest } from './control.ts';
import type { Listener } from './events.ts';
import { ask, Events } from './events.ts';
import { onlyKeys, strict } from './strict.ts';
import { ShimWebContents } from './web-contents.ts';

const OPTIONS = [
  'width',
  'height',
  'minWidth',
  'minHeight',
  'show',
  'title',
  'autoHideMenuBar',
  'backgroundColor',
  'webPreferences',
];
const PREFERENCES: Readonly<Record<string, unknown>> = {
  nodeIntegration: false,
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  webviewTag: false,
  spellcheck: false,
};
/** Pages that belong to windows; any other is one that a page wanted to open. */
const ours = new Set<Page>();
const windows = new Map<number, ShimBrowserWindow>();
/** One page at a time: which new page is whose must be certain. */
let opening: Promise<unknown> = Promise.resolve();
let watching = false;

export function windowById(id: number): ShimBrowserWindow {
  const window = windows.get(id);
  if (window === undefined) throw new Error(`there is no window ${id}`);
  return window;
}

async function newPage(): Promise<Page> {
  const { context } = await browser;
  if (!watching) {
    watching = true;
    const [blank] = context.pages();
    context.on('page', (page) => {
      // Denied by the program (see ShimWebContents), as Electron would before it exists.
      if (!ours.has(page)) void page.opener().then((opener) => (opener === null ? undefined : page.close()));
    });
    if (blank !== undefined) return blank;
  }
  return context.newPage();
}

class ShimBrowserWindow implements Pick<
  ElectronWindow,
  'id' | 'webContents' | 'on' | 'once' | 'loadURL' | 'show' | 'focus' | 'isMinimized' | 'restore' | 'close'
> {
  readonly id: number;
  readonly webContents: WebContents;
  readonly #contents = new ShimWebContents();
  readonly #events = new Events('BrowserWindow', ['ready-to-show', 'close', 'closed']);
  readonly #page: Promise<Page>;
  #closed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    onlyKeys('BrowserWindow', options, OPTIONS);
    const { preload, ...preferences } = options.webPreferences ?? {};
    for (const [name, value] of Object.entries(PREFERENCES)) {
      if (preferences[name as keyof typeof preferences] !== value)
        throw new Error(`the shim of Electron has only windows with ${name}: ${String(value)}`);
    }
    onlyKeys('webPreferences', preferences, Object.keys(PREFERENCES));
    this.id = this.#contents.id;
    this.webContents = this.#contents.self;
    windows.set(this.id, this);
    openWindows.add(this);
    this.#page = opening.then(async () => {
      const page = await newPage();
      ours.add(page);
      await this.#contents.attach(page, preload);
      page.on('close', () => this.#gone());
      return page;
    });
    opening = this.#page;
    this.#contents.on('did-finish-load', () => this.#events.emit('ready-to-show'));
  }

  on(event: string, listener: Listener): ElectronWindow {
    this.#events.add(event, listener);
    return this as unknown as ElectronWindow;
  }

  once(event: string, listener: Listener): ElectronWindow {
    this.#events.add(event, listener, true);
    return this as unknown as ElectronWindow;
  }

  async loadURL(url: string): Promise<void> {
    await this.#page;
    await this.#contents.load(url);
  }

  show(): void {
    tellTest({ event: 'shown', window: this.id });
  }

  focus(): void {
    tellTest({ event: 'focused', window: this.id });
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    throw new Error('a window of the shim is never minimized');
  }

  close(): void {
    if (this.#closed || !ask(this.#events, 'close')) return;
    // As Electron: `closed` first, then what the app makes of it.
    void this.#page.then((page) => page.close());
  }

  #gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    windows.delete(this.id);
    openWindows.delete(this);
    this.#events.emit('closed');
    windowClosed();
  }
}

export const BrowserWindow = new Proxy(ShimBrowserWindow, {
  construct: (Target, [options]: [BrowserWindowConstructorOptions]) => {
    if (isQuitting()) throw new Error('a window is opened while the app quits');
    return strict('BrowserWindow', new Target(options));
  },
});
