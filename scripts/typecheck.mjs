// Type-checks every environment with its own configuration, so that a wrong-environment use fails.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root } from './node-binary.mjs';

const checks = [
  ['pure', 'typescript/bin/tsc'],
  ['node', 'typescript/bin/tsc'],
  ['electron', 'typescript/bin/tsc'],
  ['dom', 'vue-tsc/bin/vue-tsc.js'],
  ['test', 'vue-tsc/bin/vue-tsc.js'],
];
const wanted = process.argv.slice(2);
let failed = 0;
for (const [name, tool] of checks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const args = [join(root, 'node_modules', tool), '-p', `tsconfig.${name}.json`];
  const { status } = spawnSync(nodeBinary(), args, { cwd: root, stdio: 'inherit' });
  console.log(`typecheck ${name}: ${status === 0 ? 'ok' : 'FAILED'}`);
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
