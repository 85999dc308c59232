// Runs a script with the Node that Leme needs: node scripts/node24.mjs FILE [ARGS…]
import { spawnSync } from 'node:child_process';
import { nodeBinary } from './node-binary.mjs';

const result = spawnSync(nodeBinary(), process.argv.slice(2), { stdio: 'inherit' });
process.exit(result.status ?? 1);
