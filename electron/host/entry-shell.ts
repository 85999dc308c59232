import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { defaultDataDir, installation } from './entry-common.ts';
import { findRunning } from './running.ts';

// `npm run shell [-- --data DIR] [script …]`: the lab shell in any terminal, on the cluster that is running.

const args = process.argv.slice(2);
const given = args.indexOf('--data');
const [, dataDir = defaultDataDir()] = given < 0 ? [] : args.splice(given, 2);
const variables = findRunning(dataDir);
if (variables === undefined) {
  console.error(`leme: no cluster is running on ${dataDir}; start one with npm start or npm run serve`);
  process.exit(1);
}
const child = spawn(
  process.execPath,
  [join(installation(import.meta.dirname).dist, 'shell', 'shell.mjs'), ...args],
  {
    stdio: 'inherit',
    env: { ...process.env, ...variables },
  },
);
// The shell itself decides what Ctrl-C means.
process.on('SIGINT', () => undefined);
child.on('exit', (code) => process.exit(code ?? 1));
