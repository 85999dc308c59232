import { contextBridge, ipcRenderer } from 'electron';

/**
 * The page's only door: asks the main process for a channel to the host. The port arrives as a `message`
 * event of the window, with `{ type: 'leme:port', nonce }` as data.
 */
contextBridge.exposeInMainWorld(
  'hostBridge',
  Object.freeze({
    platform: process.platform,
    requestPort: (nonce: string): void => ipcRenderer.send('leme:request-port', nonce),
  }),
);

ipcRenderer.on('leme:port', (event, nonce: string) => {
  window.postMessage({ type: 'leme:port', nonce }, window.location.origin, event.ports);
});
