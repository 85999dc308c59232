import type { Disposable } from '../../base/disposable.ts';
import type { KubeObject } from '../api/types.ts';
import { isExpired, isGone, isStatusCode } from './api-errors.ts';
import { Backoff, reflectorBackoff } from './backoff.ts';
import type { ComponentContext } from './component-context.ts';
import type { ListOptions, ResourceClient, WatchEvent, WatchHandle } from './interface.ts';

/** Where a reflector puts what it sees. Calls come in the turn of the message that brought it. */
export interface ReflectorSink<T extends KubeObject> {
  /** A full list: whatever is not in it is gone. */
  replace(objects: readonly T[]): void;
  added(object: T): void;
  modified(object: T): void;
  deleted(object: T): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  /** For the log, e.g. `*v1.Pod`. */
  readonly name: string;
  readonly client: ResourceClient<T>;
  readonly selector?: Pick<ListOptions, 'fieldSelector' | 'labelSelector'>;
  readonly sink: ReflectorSink<T>;
}

/** How a watch ended. `relist` when going on from where it was is not possible. */
type WatchEnd = { readonly next: 'rewatch'; readonly wait: boolean } | { readonly next: 'relist' };

const pageSize = 500;
/** A server ends a watch after five to ten minutes, so that clients spread anew over API servers. */
const minWatchSeconds = 300;

/**
 * Keeps a sink in step with the API server: list, then watch from the list's resourceVersion, again and
 * again. 410 leads to a new list, a lost connection to a new watch after a pause. Models client-go
 * tools/cache/reflector.go (v1.34) without streaming lists.
 */
export class Reflector<T extends KubeObject> implements Disposable {
  readonly #context: ComponentContext;
  readonly #options: ReflectorOptions<T>;
  readonly #backoff: Backoff;
  #resourceVersion = '';
  #unavailable = false;
  #watch: WatchHandle | undefined;
  #endWatch: ((end: WatchEnd) => void) | undefined;
  #stopped = false;

  constructor(context: ComponentContext, options: ReflectorOptions<T>) {
    this.#context = context;
    this.#options = options;
    this.#backoff = new Backoff(reflectorBackoff, context.rand, () => context.clock.now());
  }

  get lastSyncResourceVersion(): string {
    return this.#resourceVersion;
  }

  start(): void {
    this.#context.go(() => this.#run());
  }

  dispose(): void {
    this.#stopped = true;
    this.#watch?.stop();
    this.#endWatch?.({ next: 'rewatch', wait: false });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (!(await this.#list())) {
        await this.#context.clock.sleep(this.#backoff.next());
        continue;
      }
      for (;;) {
        if (this.#stopped) return;
        const end = await this.#watchOnce();
        if (this.#stopped) return;
        if (end.next === 'relist') break;
        if (end.wait) await this.#context.clock.sleep(this.#backoff.next());
      }
    }
  }

  async #list(): Promise<boolean> {
    const { client, selector, sink, name } = this.#options;
    try {
      const items: T[] = [];
      let token: string | undefined;
      let version = '';
      do {
        // The first list may come from the watch cache; after an expiry only a quorum read is new enough.
        const from = this.#unavailable ? '' : this.#resourceVersion === '' ? '0' : this.#resourceVersion;
        const page: ListOptions = {
          ...selector,
          limit: pageSize,
          ...(token === undefined ? (from === '' ? {} : { resourceVersion: from }) : { continue: token }),
        };
        const list = await client.list(page);
        for (const item of list.items) items.push(item);
        version = list.metadata?.resourceVersion ?? version;
        token = list.metadata?.continue === '' ? undefined : list.metadata?.continue;
      } while (token !== undefined);
      if (this.#stopped) return false;
      this.#resourceVersion = version;
      this.#unavailable = false;
      sink.replace(items);
      return true;
    } catch (error) {
      if (isExpired(error) || isGone(error)) this.#unavailable = true;
      this.#context.log.error('Failed to watch', {
        caller: 'reflector.go:205',
        err: `failed to list ${name}: ${text(error)}`,
        logger: 'UnhandledError',
        type: name,
      });
      return false;
    }
  }

  #watchOnce(): Promise<WatchEnd> {
    const { client, selector } = this.#options;
    return new Promise((resolve) => {
      let ended = false;
      const end = (how: WatchEnd): void => {
        if (ended) return;
        ended = true;
        this.#watch = undefined;
        this.#endWatch = undefined;
        resolve(how);
      };
      this.#endWatch = end;
      const handle = client.watch(
        {
          ...selector,
          allowWatchBookmarks: true,
          resourceVersion: this.#resourceVersion,
          timeoutSeconds: minWatchSeconds + this.#context.rand.int(minWatchSeconds),
        },
        {
          onEvent: (event) => {
            if (ended || this.#stopped) return;
            const stop = this.#receive(event);
            if (stop === undefined) return;
            this.#watch?.stop();
            end(stop);
          },
          onEnd: (error) => end(error === undefined ? { next: 'rewatch', wait: false } : this.#failed(error)),
        },
      );
      if (!ended) this.#watch = handle;
    });
  }

  #receive(event: WatchEvent<T>): WatchEnd | undefined {
    const { sink, name } = this.#options;
    if (event.type === 'ERROR') {
      const status = event.object as { readonly code?: number; readonly message?: string };
      this.#context.log.info('Watch closed', {
        caller: 'reflector.go:556',
        type: name,
        err: status.message ?? 'unknown',
      });
      if (status.code === 410) this.#unavailable = true;
      return { next: 'relist' };
    }
    this.#resourceVersion = event.object.metadata?.resourceVersion ?? this.#resourceVersion;
    if (event.type === 'ADDED') sink.added(event.object);
    else if (event.type === 'MODIFIED') sink.modified(event.object);
    else if (event.type === 'DELETED') sink.deleted(event.object);
    return undefined;
  }

  #failed(error: Error): WatchEnd {
    this.#context.log.error('Failed to watch', {
      caller: 'reflector.go:205',
      err: text(error),
      logger: 'UnhandledError',
      type: this.#options.name,
    });
    if (isExpired(error) || isGone(error)) {
      this.#unavailable = true;
      return { next: 'relist' };
    }
    // Refused with any other status: list again (after its own pause, should that fail too).
    if (isStatusCode(error) && !isStatusCode(error, 429)) return { next: 'relist' };
    return { next: 'rewatch', wait: true };
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
