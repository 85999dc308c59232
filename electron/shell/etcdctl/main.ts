import { BrokenPipe } from '../errors.ts';
import { nodeIo } from '../kubectl/node-io.ts';
import { etcdctlProgram } from './program.ts';
import { runProgram } from './run.ts';

/** Runs etcdctl on its own, over this process's streams and files: `node electron/shell/etcdctl/main.ts get a`. */
const controller = new AbortController();
process.once('SIGINT', () => controller.abort(2));
process.once('SIGTERM', () => controller.abort(15));
try {
  process.exitCode = await runProgram(
    etcdctlProgram,
    nodeIo(['etcdctl', ...process.argv.slice(2)], controller.signal),
  );
} catch (error) {
  if (!(error instanceof BrokenPipe)) throw error;
  process.exitCode = 141;
}
process.exit();
