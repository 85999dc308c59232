// npm start: installs and builds what is missing, then opens the app: in Electron, or where that cannot be,
// in the browser from a loopback server.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { HOST_FLAGS, nodeBinary, root } from './node-binary.mjs';
import { passSignals } from './pass-signals.mjs';

/** Path of the Electron binary, downloading it once when it is not there yet. Throws why it cannot be had. */
function electronBinary() {
  const folder = join(root, 'node_modules', 'electron');
  const locate = () => {
    const pathFile = join(folder, 'path.txt');
    if (!existsSync(pathFile)) return undefined;
    const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
    return existsSync(binary) ? binary : undefined;
  };
  const present = locate();
  if (present !== undefined) return present;
  if (process.env.LEME_NO_ELECTRON_DOWNLOAD !== undefined) throw new Error('it is not installed');
  const { status } = spawnSync(nodeBinary(), [join(folder, 'install.js')], {
    stdio: 'ignore',
    timeout: 300_000,
  });
  const binary = status === 0 ? locate() : undefined;
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
  passSignals(child);
  child.on('error', (error) => startInBrowser(`Electron does not start (${error.message})`, args));
  child.on('exit', (code) => process.exit(code ?? 0));
} catch (error) {
  const why =
    error.message === 'there is no display'
      ? error.message
      : `Electron cannot be used here: ${error.message}`;
  startInBrowser(why, args);
}
