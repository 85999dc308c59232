import type { ProcessContext, Program } from '../machine/interface.ts';
import { CriServer } from './cri-server.ts';
import { CONTAINERD_VERSION } from './interface.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { logLine } from './log-line.ts';
import { serveRuntime } from './serve-runtime.ts';
import type { RuntimeSettings } from './variants/interface.ts';

/** containerd, serving `/run/containerd/containerd.sock` (on Windows its pipe); without its CRI plugin it is there for others, such as Docker. */
export function containerdProgram(runtime: NodeRuntime): Program {
  return async (process: ProcessContext) => {
    const { socket } = runtime.variant;
    logLine(process, 'info', 'starting containerd', { version: `v${CONTAINERD_VERSION}` });
    let settings: RuntimeSettings;
    try {
      settings = runtime.variant.settings(process.files);
    } catch (error) {
      process.stderr(error instanceof Error ? error.message : String(error));
      return 1;
    }
    if (settings.criDisabled) new CriServer(process, undefined).listen(socket);
    else serveRuntime(process, runtime, settings, socket);
    logLine(process, 'info', 'containerd successfully booted in 0.04s');
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };
}
