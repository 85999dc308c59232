import { join } from 'node:path';
import type { UtilityProcess } from 'electron';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  MessageChannelMain,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { serveApp } from './app-protocol.ts';
import { HOST_EXEC_ARGV, hostArguments } from './host-arguments.ts';
import { hostFailureText } from './host-failure-text.ts';
import { HostFailures } from './host-failures.ts';
import { brokerPort, REQUEST_PORT } from './ipc/port-broker.ts';
import { installMenu } from './menu.ts';
import { QuitGate } from './quit-gate.ts';
import { APP_ORIGIN, guardContents, isAllowedPermission, windowOptions } from './security.ts';

const dist = join(import.meta.dirname, '..');
let window: BrowserWindow | undefined;
let host: UtilityProcess | undefined;
const failures = new HostFailures(() => performance.now());
/** A quit waits for the host to store what it has. */
const quitGate = new QuitGate({ host: () => host, quit: () => app.quit() });

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);

/**
 * The host owns cluster, storage and consoles; it runs in a process of its own, so that the window never waits for it. Its
 * default folder is that of `npm run serve`: the same workspace opens in the window and in a browser.
 */
function startHost(): UtilityProcess {
  const args = [...hostArguments(process.argv, app.isPackaged)];
  failures.started();
  const child = utilityProcess.fork(join(dist, 'host', 'utility.mjs'), args, {
    serviceName: 'leme-host',
    stdio: 'inherit',
    execArgv: HOST_EXEC_ARGV,
  });
  child.on('exit', (code) => {
    host = undefined;
    // The page shows "disconnected" and asks for a new port, which starts a new host.
    if (code !== 0) console.error(`leme: the host ended with code ${code}`);
    if (failures.ended(code)) dialog.showErrorBox(...hostFailureText(app.getLocale(), code));
  });
  return child;
}

function openWindow(): void {
  window = new BrowserWindow(windowOptions(join(dist, 'preload', 'preload.cjs')));
  guardContents(window.webContents, (url) => void shell.openExternal(url));
  window.once('ready-to-show', () => window?.show());
  window.on('closed', () => {
    window = undefined;
  });
  void window.loadURL(`${APP_ORIGIN}/index.html`);
}

function run(): void {
  host = startHost();
  protocol.handle('app', (request) => serveApp(join(dist, 'app'), request));
  session.defaultSession.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(isAllowedPermission(permission)),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission) =>
    isAllowedPermission(permission),
  );
  ipcMain.on(REQUEST_PORT, (event, nonce: unknown) =>
    brokerPort(
      {
        windowId: () => window?.webContents.id,
        createChannel: () => new MessageChannelMain(),
        toHost: (port) => {
          if (host === undefined && failures.mayStart) host = startHost();
          if (host === undefined) port.close();
          else host.postMessage('channel', [port]);
        },
        refuse: (why) => console.error(`leme: refused a channel: ${why}`),
      },
      event,
      nonce,
    ),
  );
  installMenu();
  openWindow();
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => quitGate.beforeQuit(event));
  void app.whenReady().then(run);
} else {
  app.quit();
}
