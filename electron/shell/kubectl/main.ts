import { enableCompileCache } from 'node:module';

/**
 * Runs kubectl on its own, over this process's streams and files: `node electron/shell/kubectl/main.ts get pods`. Starting
 * it is most of what a short command takes, so what was compiled once is kept in Node's cache.
 */
enableCompileCache();
const { BrokenPipe } = await import('../errors.ts');
const { nodeIo } = await import('./node-io.ts');
const { runKubectl } = await import('./kubectl.ts');
const { closeConnections } = await import('./agents.ts');

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());
try {
  process.exitCode = await runKubectl(nodeIo(['kubectl', ...process.argv.slice(2)], controller.signal));
} catch (error) {
  if (!(error instanceof BrokenPipe)) throw error;
  process.exitCode = 141;
}
closeConnections();
