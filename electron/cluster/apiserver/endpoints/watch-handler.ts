import type { Disposable } from '../../../base/disposable.ts';
import type { KubeObject } from '../../api/types.ts';
import type { WatchEvent } from '../../client/interface.ts';
import { newTooOldResourceVersion, StatusError } from '../../apimachinery/status.ts';
import { partialObjectMetadata, toTable } from '../../apimachinery/table.ts';
import type { EndReason, HttpBody } from '../../network/http.ts';
import { parseRevision } from '../registry/resource-store.ts';
import { storageToStatus } from '../registry/storage-to-status.ts';
import type { WatchRequest } from '../storage/watch-cache.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { ApiRequest } from './api-request.ts';
import { negotiate } from './negotiation.ts';
import type { Transform } from './negotiation.ts';
import { buildPredicate } from './predicate.ts';
import { includeObjectOf } from './read-handlers.ts';
import { parseWatchOptions } from './request-options.ts';
import type { ServedResource } from './served-resource.ts';

/** Seconds; a watch without a timeout of its own ends after this, or up to twice this. Models --min-request-timeout. */
const MIN_TIMEOUT = 1_800;

type Convert = (body: HttpBody) => HttpBody;

/** How frames change on their way to this client; undefined when they go out as they are, shared by all. */
function converter(request: ApiRequest, resource: ServedResource, transform: Transform): Convert | undefined {
  const { store, strategy } = resource;
  const stored = strategy.storage !== undefined;
  if (transform === 'none' && !stored) return undefined;
  const include = includeObjectOf(request.info.query);
  let columnsSent = false;
  return (body) => {
    if (body.type !== 'object') return body;
    const event = body.value as WatchEvent;
    if (event.type === 'ERROR') return body;
    const object: KubeObject =
      stored && event.type !== 'BOOKMARK' ? store.fromStorage(event.object) : event.object;
    if (transform === 'none') return { type: 'object', value: { type: event.type, object } };
    if (transform !== 'Table') {
      return {
        type: 'object',
        value: { type: event.type, object: partialObjectMetadata(object.metadata ?? {}) },
      };
    }
    const objects = event.type === 'BOOKMARK' ? [] : [object];
    const resourceVersion = object.metadata?.resourceVersion;
    const metadata = resourceVersion === undefined ? {} : { resourceVersion };
    const table = toTable(strategy, objects, store.context.clock.now(), metadata, include);
    // Column definitions go with the first event only; they do not change.
    const value = { type: event.type, object: columnsSent ? { ...table, columnDefinitions: [] } : table };
    columnsSent = true;
    return { type: 'object', value };
  };
}

/** One client's watch: a stream that begins with the answer's head and ends by timeout, cancel or failure. */
class WatchStream {
  readonly #request: ApiRequest;
  readonly #resource: ServedResource;
  readonly #convert: Convert | undefined;
  #subscription: Disposable | undefined;
  #timer: Disposable | undefined;
  #over = false;

  constructor(request: ApiRequest, resource: ServedResource, convert: Convert | undefined) {
    this.#request = request;
    this.#resource = resource;
    this.#convert = convert;
    request.exchange.onCancel(() => this.#release());
  }

  begin(watch: WatchRequest, timeoutSeconds: number): void {
    const { exchange, trail } = this.#request;
    const { context, cache } = this.#resource.store;
    exchange.respond(
      {
        status: 200,
        stream: true,
        headers: { 'cache-control': 'no-cache, private', 'content-type': 'application/json' },
      },
      { ...trail, code: 200 },
    );
    this.#timer = context.clock.setTimeout(() => this.end('timeout'), timeoutSeconds * 1000);
    try {
      this.#subscription = cache.watch(watch, {
        send: (body, summary) => exchange.sendItem(this.#convert?.(body) ?? body, summary),
        end: () => this.end(),
      });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#fail(error);
    }
    if (this.#over) this.#release();
  }

  end(reason?: EndReason): void {
    this.#release();
    this.#request.exchange.end(reason);
  }

  /** The stream has begun, so a failure goes out as its last event. */
  #fail(error: StorageError): void {
    const { resource } = this.#resource.store;
    const status = error.code === 'too-old' ? tooOld(error) : storageToStatus(error, resource, '');
    const value = { type: 'ERROR', object: status instanceof StatusError ? status.status : {} };
    this.#request.exchange.sendItem({ type: 'object', value }, `ERROR ${error.message}`);
    this.end();
  }

  #release(): void {
    this.#over = true;
    this.#timer?.dispose();
    this.#subscription?.dispose();
  }
}

function tooOld(error: StorageError): StatusError {
  const numbers = /version: (\d+) \((\d+)\)/.exec(error.message);
  return newTooOldResourceVersion(numbers?.[1] ?? '', numbers?.[2] ?? '');
}

/** Serves a watch. @throws StatusError before the stream has begun */
export async function handleWatch(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange } = request;
  const { query } = info;
  const { transform } = negotiate(exchange.request.headers['accept'], { transforms: true, yaml: false });
  const options = parseWatchOptions(query);
  let fieldSelector = query.get('fieldSelector') ?? '';
  if (info.name !== '')
    fieldSelector = `${fieldSelector === '' ? '' : `${fieldSelector},`}metadata.name=${info.name}`;
  const predicate = buildPredicate(
    resource.strategy,
    info.namespaceOfObject,
    query.get('labelSelector') ?? '',
    fieldSelector,
  );
  const { store } = resource;
  // The client may go away while the cache is being filled.
  const stream = new WatchStream(request, resource, converter(request, resource, transform));
  try {
    await store.cache.start();
    if (options.sendInitialEvents) {
      const asked = parseRevision(options.resourceVersion);
      await store.cache.waitUntilFresh(asked > 0 ? asked : (await store.store.count(store.prefix)).revision);
    }
  } catch (error) {
    throw storageToStatus(error, store.resource, '');
  }
  const { rand } = store.context;
  const timeout = options.timeoutSeconds > 0 ? options.timeoutSeconds : MIN_TIMEOUT * (1 + rand.float());
  stream.begin(
    {
      predicate,
      revision: parseRevision(options.resourceVersion),
      bookmarks: options.bookmarks,
      sendInitialEvents: options.sendInitialEvents,
    },
    timeout,
  );
}
