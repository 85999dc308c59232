import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../harness/serve.ts';

/**
 * A file or folder of the recorded references (`kube/oracle.py`, `scheduler`): below `LEME_ORACLE` where that is set, else
 * in `shared/oracle` beside the checkout. Undefined when it is not there; says so once.
 */
export function reference(path: string): string | undefined {
  const folder = process.env['LEME_ORACLE'] ?? join(root, '..', 'shared', 'oracle');
  const found = join(folder, path);
  if (existsSync(found)) return found;
  console.warn(`skipped: there is no ${path} in ${folder} (set LEME_ORACLE to the folder of the recordings)`);
  return undefined;
}
