import { BrowserWindow, windowById } from './browser-window.ts';
import { serveTest } from './control.ts';
import { clickMenu, menuShape } from './menu.ts';
import { permissions } from './session.ts';

// What `import 'electron'` gives a main process under test. A name that is not here does not link.

export { app } from './app.ts';
export { dialog } from './dialog.ts';
export { ipcMain } from './ipc-main.ts';
export { Menu } from './menu.ts';
export { MessageChannelMain } from './message-channel.ts';
export { protocol } from './protocol.ts';
export { session } from './session.ts';
export { shell } from './shell.ts';
export { utilityProcess } from './utility-process.ts';
export { BrowserWindow };

serveTest({
  menu: ({ path }) => clickMenu(path),
  menuShape: () => menuShape(),
  permissions,
  closeWindow: ({ window }) => windowById(window).close(),
  foreignWindow: async ({ preload, url }) => {
    const window = new BrowserWindow({
      webPreferences: {
        preload,
        nodeIntegration: false,
        contextIsolation: true,
        sandbox: true,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
      },
    });
    await window.loadURL(url);
    return window.id;
  },
});
