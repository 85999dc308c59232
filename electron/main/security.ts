import type { BrowserWindowConstructorOptions, WebContents } from 'electron';

export const APP_ORIGIN = 'app://leme';

/** Sites that a link in the app may open, in the person's own browser. */
const EXTERNAL_HOSTS: ReadonlySet<string> = new Set([
  'kubernetes.io',
  'etcd.io',
  'docs.oracle.com',
  'www.cncf.io',
  'github.com',
]);

/** The only way a window of Leme is made. */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'Leme',
    // The menu is for its shortcuts and for macOS; elsewhere Alt shows it.
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  };
}

/** Exactly our origin, by a parser: a prefix test can be fooled. */
export function isAppUrl(url: string): boolean {
  try {
    const parsed = new URL(url);
    return parsed.protocol === 'app:' && parsed.host === 'leme';
  } catch {
    return false;
  }
}

/** Whether a link may be handed to the person's browser. */
export function isAllowedExternal(url: string): boolean {
  try {
    const parsed = new URL(url);
    // No port and no user name: `host` has the port, and a link of ours never carries either.
    return (
      parsed.protocol === 'https:' &&
      EXTERNAL_HOSTS.has(parsed.host) &&
      parsed.username === '' &&
      parsed.password === ''
    );
  } catch {
    return false;
  }
}

/** What a page may ask of the browser: the clipboard, for the console. Camera, notifications and all else are denied. */
export function isAllowedPermission(permission: string): boolean {
  return permission === 'clipboard-sanitized-write' || permission === 'clipboard-read';
}

/** Denies what a window of Leme never does: leaving its origin, new windows, web views. */
export function guardContents(contents: WebContents, openExternal: (url: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (isAllowedExternal(url)) openExternal(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event, url) => {
    if (!isAppUrl(url)) event.preventDefault();
  });
  contents.on('will-redirect', (event, url) => {
    if (!isAppUrl(url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
