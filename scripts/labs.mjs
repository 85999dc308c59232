// Proves all labs, half of them in each of two processes: a proof keeps one core at work.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HOST_FLAGS, nodeBinary, root } from './node-binary.mjs';

const folders = readdirSync(join(root, 'labs'), { withFileTypes: true })
  .filter((track) => track.isDirectory() && track.name !== 'schema')
  .flatMap((track) =>
    readdirSync(join(root, 'labs', track.name)).map((lab) => join('labs', track.name, lab)),
  );
const halves = [0, 1].map((half) => folders.filter((_, index) => index % 2 === half));

/** Its lines come when it has ended, so that those of two do not mix. */
function prove(labs) {
  return new Promise((resolve) => {
    const program = join(root, 'dist/labs/lab.mjs');
    const child = spawn(nodeBinary(), [...HOST_FLAGS, program, 'test', ...labs], { cwd: root });
    const parts = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => parts.push(part));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(parts));
      resolve(code === 0);
    });
  });
}

const proven = await Promise.all(halves.filter((labs) => labs.length > 0).map(prove));
process.exit(proven.every(Boolean) ? 0 : 1);
