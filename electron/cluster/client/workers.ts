import type { ComponentContext } from './component-context.ts';
import type { WorkQueue } from './work-queue.ts';

export interface WorkersOptions {
  readonly queue: WorkQueue;
  readonly workers: number;
  /** Brings one key from observed to desired. A rejection means: try again later. */
  sync(key: string): Promise<void>;
  /** After so many failures in a row the key is dropped; default: never. */
  readonly maxRetries?: number;
  /** Said in the log when a sync failed; default `Error syncing <queue>`. */
  readonly failure?: string;
}

/** Starts workers that take keys from a queue until the process ends. Models the worker loop of pkg/controller. */
export function runWorkers(context: ComponentContext, options: WorkersOptions): void {
  for (let index = 0; index < options.workers; index += 1) context.go(() => work(context, options));
}

async function work(context: ComponentContext, options: WorkersOptions): Promise<void> {
  const { queue } = options;
  for (;;) {
    const key = await queue.get();
    if (key === undefined) return;
    let failure: string | undefined;
    try {
      await options.sync(key);
      queue.forget(key);
    } catch (error) {
      if (isBug(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      failure = message;
      if (options.maxRetries !== undefined && queue.retries(key) >= options.maxRetries) {
        context.log.error('Dropping key out of the queue', { queue: queue.name, key, err: message });
        queue.forget(key);
      } else {
        context.log.warn(options.failure ?? `Error syncing ${queue.name}`, { key, err: message });
        queue.addRateLimited(key);
      }
    } finally {
      queue.done(key, failure);
    }
  }
}

/** Programming errors are not retried: they end the component and are seen. */
function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}
