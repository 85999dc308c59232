import { closeConnections } from './transport.ts';
import { nodeIo } from './node-io.ts';
import { runKubectl } from './kubectl.ts';
import { BrokenPipe } from '../errors.ts';

/** Runs kubectl on its own, over this process's streams and files: `node electron/shell/kubectl/main.ts get pods`. */
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());
try {
  process.exitCode = await runKubectl(nodeIo(['kubectl', ...process.argv.slice(2)], controller.signal));
} catch (error) {
  if (!(error instanceof BrokenPipe)) throw error;
  process.exitCode = 141;
}
closeConnections();
