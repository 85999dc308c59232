import type { ProcessContext, Program } from '../machine/interface.ts';
import { logLine } from './log-line.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { serveRuntime } from './serve-runtime.ts';
import type { RuntimeSettings } from './variants/interface.ts';

/** CRI-O, serving `/run/crio/crio.sock`. Its containers are held by conmon and outlive it. */
export function crioProgram(runtime: NodeRuntime): Program {
  return async (process: ProcessContext) => {
    const { variant } = runtime;
    logLine(process, 'info', `Starting CRI-O, version: ${variant.runtimeVersion}`);
    let settings: RuntimeSettings;
    try {
      settings = variant.settings(process.files);
    } catch (error) {
      logLine(process, 'fatal', error instanceof Error ? error.message : String(error));
      return 1;
    }
    logLine(process, 'info', 'Using conmon executable: /usr/libexec/crio/conmon');
    serveRuntime(process, runtime, settings, variant.socket);
    logLine(process, 'info', 'Registered SIGHUP reload watcher');
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };
}
