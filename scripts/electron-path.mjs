// Finds the Electron binary of the package `electron`, which downloads it when it is first needed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './node-binary.mjs';

/** Absolute path, or undefined when it is not there. ELECTRON_OVERRIDE_DIST_PATH names another folder, as for the package. */
export function electronPath() {
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : undefined;
  if (override === undefined && name === undefined) return undefined;
  const binary = join(override ?? join(folder, 'dist'), name ?? 'electron');
  return existsSync(binary) ? binary : undefined;
}
