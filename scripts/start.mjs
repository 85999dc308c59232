// npm start: installs and builds what is missing, then opens the app: in Electron, or where that cannot be,
// in the browser from a loopback server.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { electronPath } from './electron-path.mjs';
import { HOST_FLAGS, nodeBinary, root } from './node-binary.mjs';
import { passSignals } from './pass-signals.mjs';

/** Real milliseconds within which an Electron that fails has shown nothing yet. */
const AT_ONCE = 5000;

/** Path of the Electron binary, downloading it once when it is not there yet. Throws why it cannot be had. */
function electronBinary() {
  const present = electronPath();
  if (present !== undefined) return present;
  if (process.env.LEME_NO_ELECTRON_DOWNLOAD !== undefined) throw new Error('it is not installed');
  const { status } = spawnSync(nodeBinary(), [join(root, 'node_modules/electron/install.js')], {
    stdio: 'ignore',
    timeout: 300_000,
  });
  const binary = status === 0 ? electronPath() : undefined;
  if (binary === undefined) throw new Error('its download failed');
  return binary;
}

function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function startInBrowser(reason, args) {
  console.log(`Leme: ${reason}; opening the same app in your browser.`);
  const child = spawn(nodeBinary(), [...HOST_FLAGS, join(root, 'dist/host/serve.mjs'), '--open', ...args], {
    stdio: 'inherit',
  });
  passSignals(child);
  child.on('exit', (code) => process.exit(code ?? 1));
}

ensureBuilt();
const args = process.argv.slice(2);
try {
  if (!hasDisplay()) throw new Error('there is no display');
  const child = spawn(electronBinary(), [root, ...args], { stdio: 'inherit' });
  const startedAt = Date.now();
  passSignals(child);
  child.on('error', (error) => startInBrowser(`Electron does not start (${error.message})`, args));
  child.on('exit', (code, signal) => {
    // A library that is missing, or a sandbox that may not be: it ends before there is a window.
    const atOnce =
      code !== 0 && signal !== 'SIGINT' && signal !== 'SIGTERM' && Date.now() - startedAt < AT_ONCE;
    if (atOnce) startInBrowser(`Electron ended as soon as it started (${signal ?? `code ${code}`})`, args);
    else process.exit(code ?? 0);
  });
} catch (error) {
  const why =
    error.message === 'there is no display'
      ? error.message
      : `Electron cannot be used here: ${error.message}`;
  startInBrowser(why, args);
}
