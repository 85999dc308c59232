import type { KubeList, KubeObject, Status } from '../api/types.ts';
import { newTooManyRequests } from '../apimachinery/status.ts';
import type { HttpResponse, HttpStream } from '../network/http.ts';
import type { NetworkAccess } from '../network/interface.ts';
import { statusError } from './api-errors.ts';
import { ApiTransport, bodyValue } from './api-transport.ts';
import type { ComponentContext } from './component-context.ts';
import type {
  ApiClient,
  DeleteOptions,
  GroupVersionResource,
  ListOptions,
  PatchType,
  ResourceClient,
  WatchEvent,
  WatchHandle,
  WatchHandlers,
  WatchOptions,
} from './interface.ts';
import type { ClientConfig, RateLimits } from './kubeconfig.ts';
import { deleteBody, listQuery, resourcePath } from './query.ts';
import type { ResourceType } from './resource-type.ts';
import type { TokenSource } from './token-source.ts';
import { TokenBucket } from './token-bucket.ts';

/** How a request is to be sent, beyond method, target and body. */
interface CallOptions {
  readonly contentType?: string;
}

const MAX_RETRIES = 10;

/** ApiClient over the simulated network. Models client-go rest.RESTClient (v1.34). */
export class NetworkApiClient implements ApiClient {
  readonly userAgent: string;
  readonly #context: ComponentContext;
  readonly #transport: ApiTransport;
  readonly #limiter: TokenBucket | undefined;
  readonly #tokens: TokenSource | undefined;

  constructor(context: ComponentContext, net: NetworkAccess, config: ClientConfig);
  constructor(
    context: ComponentContext,
    transport: ApiTransport,
    userAgent: string,
    limits: RateLimits | undefined,
    tokens?: TokenSource,
  );
  constructor(
    context: ComponentContext,
    way: NetworkAccess | ApiTransport,
    about: ClientConfig | string,
    limits?: RateLimits,
    tokens?: TokenSource,
  ) {
    this.#context = context;
    this.#tokens = tokens;
    if (way instanceof ApiTransport) {
      this.#transport = way;
      this.userAgent = about as string;
      this.#limiter = limits && new TokenBucket(context.clock, limits.qps, limits.burst);
    } else {
      const config = about as ClientConfig;
      this.#transport = new ApiTransport(way, context.clock, config);
      this.userAgent = config.userAgent;
      this.#limiter = config.limits && new TokenBucket(context.clock, config.limits.qps, config.limits.burst);
    }
  }

  /** The same connection under another user agent, with a bucket of its own, as each clientset of a process has. */
  derive(
    userAgent: string,
    limits: RateLimits | undefined = this.#transport.config.limits,
  ): NetworkApiClient {
    return new NetworkApiClient(this.#context, this.#transport, userAgent, limits, this.#tokens);
  }

  resource<T extends KubeObject>(gvr: GroupVersionResource, namespace?: string): ResourceClient<T> {
    return new NetworkResourceClient<T>(this, gvr, namespace);
  }

  async request(method: string, target: string, body?: unknown): Promise<unknown> {
    return this.send(method, target, body);
  }

  /**
   * Sends and decodes; a status of 400 or more becomes a StatusError. Whoever is told to come back later does, up to
   * ten times. Models client-go's rest/with_retry.go.
   */
  async send(method: string, target: string, body?: unknown, options: CallOptions = {}): Promise<unknown> {
    for (let retries = 0; ; retries += 1) {
      if (this.#limiter !== undefined) await this.#limiter.wait();
      const response = await this.#transport.call({
        method,
        target,
        headers: {
          ...(this.#tokens === undefined ? this.#plainHeaders() : await this.#headers(this.#tokens)),
          ...(body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
        },
        ...(body === undefined ? {} : { body: { type: 'object' as const, value: body } }),
      });
      if (response.status < 400) return bodyValue(response.body);
      if (response.status === 401) this.#tokens?.reset();
      const seconds = retryAfter(response);
      if (seconds === undefined || retries === MAX_RETRIES) throw failure(response);
      await this.#context.clock.sleep(seconds * 1000);
    }
  }

  watch<T extends KubeObject>(target: string, handlers: WatchHandlers<T>): WatchHandle {
    let stopped = false;
    let stream: HttpStream | undefined;
    const open = async (): Promise<void> => {
      try {
        stream = await this.#transport.stream(
          {
            method: 'GET',
            target,
            headers: this.#tokens === undefined ? this.#plainHeaders() : await this.#headers(this.#tokens),
          },
          {
            onItem: (body) => {
              if (!stopped) handlers.onEvent(bodyValue(body) as WatchEvent<T>);
            },
            onEnd: (error) => {
              if (!stopped) handlers.onEnd(error);
            },
          },
        );
      } catch (error) {
        if (!stopped) handlers.onEnd(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (stopped) stream.cancel();
      else if (stream.response.status >= 400 || stream.response.stream !== true)
        handlers.onEnd(failure(stream.response));
    };
    this.#context.go(open);
    return {
      stop: () => {
        if (stopped) return;
        stopped = true;
        stream?.cancel();
      },
    };
  }

  #plainHeaders(): Record<string, string> {
    return this.#transport.headers(this.userAgent);
  }

  async #headers(tokens: TokenSource): Promise<Record<string, string>> {
    return { ...this.#plainHeaders(), authorization: `Bearer ${await tokens.token()}` };
  }
}

/** Seconds after which a refused request may be sent again; undefined when nobody said so. */
function retryAfter({ status, headers }: HttpResponse): number | undefined {
  const text = headers['retry-after'];
  return (status === 429 || status >= 500) && text !== undefined && /^\d+$/.test(text)
    ? Number(text)
    : undefined;
}

/** The error of a failed answer, also where the body is no Status. */
function failure(response: HttpResponse): Error {
  const value = bodyValue(response.body);
  if (typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status') {
    return statusError({ code: response.status, ...(value as Status) });
  }
  if (response.status === 429) {
    const message = 'the server has received too many requests and has asked us to try again later';
    return newTooManyRequests(message, retryAfter(response) ?? 0);
  }
  const text = typeof value === 'string' && value !== '' ? value.trim() : 'unknown';
  return statusError({
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    code: response.status,
    message: `an error on the server ("${text}") has prevented the request from succeeding`,
  });
}

class NetworkResourceClient<T extends KubeObject> implements ResourceClient<T> {
  readonly #client: NetworkApiClient;
  readonly #gvr: GroupVersionResource;
  readonly #namespace: string | undefined;

  constructor(client: NetworkApiClient, gvr: GroupVersionResource, namespace: string | undefined) {
    this.#client = client;
    this.#gvr = gvr;
    this.#namespace = namespace;
  }

  async get(name: string): Promise<T> {
    return (await this.#client.send('GET', this.#path(name))) as T;
  }

  async list(options: ListOptions = {}): Promise<KubeList<T>> {
    const list = (await this.#client.send('GET', this.#path() + listQuery(options))) as KubeList<T>;
    return Array.isArray(list.items) ? list : { ...list, items: [] };
  }

  watch(options: WatchOptions, handlers: WatchHandlers<T>): WatchHandle {
    return this.#client.watch(this.#path() + listQuery(options, true), handlers);
  }

  async create(object: T): Promise<T> {
    return (await this.#client.send('POST', this.#path(), this.#typed(object))) as T;
  }

  async update(object: T): Promise<T> {
    return (await this.#client.send('PUT', this.#path(object.metadata?.name), this.#typed(object))) as T;
  }

  async updateStatus(object: T): Promise<T> {
    return (await this.#client.send(
      'PUT',
      this.#path(object.metadata?.name, 'status'),
      this.#typed(object),
    )) as T;
  }

  async patch(name: string, type: PatchType, patch: unknown, subresource?: string): Promise<T> {
    return (await this.#client.send('PATCH', this.#path(name, subresource), patch, {
      contentType: type,
    })) as T;
  }

  async delete(name: string, options?: DeleteOptions): Promise<void> {
    await this.#client.send('DELETE', this.#path(name), deleteBody(options));
  }

  async deleteCollection(options?: DeleteOptions, list: ListOptions = {}): Promise<void> {
    await this.#client.send('DELETE', this.#path() + listQuery(list), deleteBody(options));
  }

  async createSubresource(name: string, subresource: string, body: unknown): Promise<unknown> {
    return this.#client.send('POST', this.#path(name, subresource), body);
  }

  /** Items of lists carry no kind of their own; what is sent has to, as a typed client's encoder sees to. */
  #typed(object: T): T {
    if (object.kind !== undefined || !('kind' in this.#gvr)) return object;
    const { apiVersion, kind } = this.#gvr as ResourceType;
    return { apiVersion, kind, ...object };
  }

  #path(name?: string, subresource?: string): string {
    return resourcePath(this.#gvr, this.#namespace, name, subresource);
  }
}
