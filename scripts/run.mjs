// Runs one of the built programs: node scripts/run.mjs serve|shell|lab|bench [ARGS…]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { HOST_FLAGS, nodeBinary, root } from './node-binary.mjs';
import { passSignals } from './pass-signals.mjs';

const PROGRAMS = {
  serve: 'dist/host/serve.mjs',
  shell: 'dist/host/shell.mjs',
  lab: 'dist/labs/lab.mjs',
  bench: 'test/bench/main.ts',
};
const [name, ...args] = process.argv.slice(2);
const program = PROGRAMS[name];
if (program === undefined) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(PROGRAMS).join('|')} [arguments]`);
  process.exit(2);
}
ensureBuilt();
const child = spawn(nodeBinary(), [...HOST_FLAGS, join(root, program), ...args], {
  stdio: 'inherit',
  // Paths that a person types are relative to where they stand.
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
passSignals(child);
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
