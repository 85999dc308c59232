import type { Command, Terminal } from '../interface.ts';
import type { ExecutorFs } from '../fs/executor-fs.ts';
import type { Builtin } from '../builtins/interface.ts';

/** What all environments of one shell share. */
export interface Services {
  readonly fs: ExecutorFs;
  readonly commands: ReadonlyMap<string, Command>;
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly tty?: Terminal;
  /** Ends with the shell; background jobs live until then. */
  readonly lifetime: AbortSignal;
  /** Waits; returns early when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

let lastBreath = 0;
const breathMs = 8;

/** Lets timers, keys and network in once in a while: a loop that never waits must still hear Ctrl-C. */
export function breathe(): Promise<void> | undefined {
  const now = performance.now();
  if (now - lastBreath < breathMs) return undefined;
  return new Promise((resolve) => {
    setImmediate(() => {
      lastBreath = performance.now();
      resolve();
    });
  });
}

/** Real time, cut short by the signal. */
export function realSleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, 2_147_483_647));
    signal.addEventListener('abort', done);
  });
}
