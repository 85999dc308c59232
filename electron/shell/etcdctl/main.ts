import { enableCompileCache } from 'node:module';

/**
 * Runs etcdctl on its own, over this process's streams and files: `node electron/shell/etcdctl/main.ts get a`. Starting it
 * is most of what a short command takes, so what was compiled once is kept in Node's cache.
 */
enableCompileCache();
const { BrokenPipe } = await import('../errors.ts');
const { nodeIo } = await import('../kubectl/node-io.ts');
const { etcdctlProgram } = await import('./program.ts');
const { runProgram } = await import('./run.ts');

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
