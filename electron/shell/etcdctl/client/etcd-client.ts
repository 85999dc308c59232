import * as grpc from '@grpc/grpc-js';
import { checkServerIdentity } from 'node:tls';
import { CallError, deadlineExceeded } from '../errors.ts';
import { connectionError } from './connection-error.ts';
import { statusText } from './status-text.ts';
import type { Endpoint } from './endpoint.ts';
import type { Answer } from './messages.ts';
import { methods, type Method } from './methods.ts';
import { decodeMessage, encodeMessage, messageType, type Message } from './schema.ts';

/** Go's client refuses to send more by itself. */
const MAX_SEND = 2 * 1024 * 1024;
const RETRY_MS = 100;

export interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly skipVerify: boolean;
}

/** Where a connection goes, and as whom it addresses the server; default the endpoint as typed. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly authority?: string;
}

export interface ClientConfig {
  /** At least one; calls go round them. */
  readonly endpoints: readonly Endpoint[];
  /** Used for `https://` endpoints, and for endpoints without a scheme when it is set. */
  readonly tls?: TlsFiles;
  readonly user?: { readonly name: string; readonly password: string };
  /** Milliseconds. */
  readonly dialTimeout: number;
  readonly keepAliveTime: number;
  readonly keepAliveTimeout: number;
  /** Where a host and port are really reached; the same when nothing is known about them. */
  readonly dial: (endpoint: Endpoint) => Promise<Address>;
  /** An attempt failed; Go's client logs these. */
  readonly onRetry: (about: { endpoint: string; method: string; attempt: number; error: string }) => void;
  readonly signal: AbortSignal;
}

export interface CallOptions {
  /** Milliseconds; default none. */
  readonly timeout?: number;
  /** Only this endpoint is asked. */
  readonly endpoint?: Endpoint;
  readonly signal?: AbortSignal;
}

/**
 * etcd's v3 API over gRPC as Go's client speaks it: calls wait until some endpoint can be reached, reads are repeated
 * while the server is unavailable, writes only when they never left. Every failure is a {@link CallError}.
 */
export class EtcdClient {
  readonly #config: ClientConfig;
  readonly #clients = new Map<string, Promise<grpc.Client>>();
  #next = 0;
  #token: string | undefined;

  constructor(config: ClientConfig) {
    this.#config = config;
  }

  get endpoints(): readonly Endpoint[] {
    return this.#config.endpoints;
  }

  /** Gets a token for the user, if there is one. @throws CallError */
  async authenticate(): Promise<void> {
    const { user, dialTimeout } = this.#config;
    if (user === undefined) return;
    try {
      const answer = await this.call<{ token: string }>(
        'Authenticate',
        { name: user.name, password: user.password },
        { timeout: Math.max(dialTimeout, 2000) },
      );
      this.#token = answer.message.token;
    } catch (error) {
      if (!(error instanceof CallError) || error.message !== 'etcdserver: authentication is not enabled')
        throw error;
    }
  }

  /** One request, one answer. @throws CallError */
  async call<T = Message>(method: Method, request: Message, options: CallOptions = {}): Promise<Answer<T>> {
    const { service, request: requestType, response, policy } = methods[method];
    const path = `/${service}/${method}`;
    const bytes = encodeMessage(messageType(requestType), request);
    if (bytes.length > MAX_SEND) {
      throw new CallError(
        `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${bytes.length} vs. ${MAX_SEND})`,
        grpc.status.RESOURCE_EXHAUSTED,
      );
    }
    const until = options.timeout === undefined ? Infinity : Date.now() + options.timeout;
    const among = options.endpoint === undefined ? this.#config.endpoints : [options.endpoint];
    let lastConnection: string | undefined;
    let renewed = false;
    for (let attempt = 0; ;) {
      const endpoint = among[this.#next % among.length] as Endpoint;
      const failure = (error: string): void =>
        this.#config.onRetry({ endpoint: endpoint.text, method: path, attempt, error });
      try {
        const answer = await this.#once(endpoint, path, bytes, until, options.signal);
        return {
          type: messageType(response),
          bytes: answer,
          message: decodeMessage(messageType(response), answer) as T,
        };
      } catch (error) {
        if (!isServiceError(error)) throw error;
        if (this.#config.signal.aborted || options.signal?.aborted === true)
          throw new CallError('context canceled');
        this.#next += 1;
        const gone = neverLeft(error);
        if (gone) lastConnection = connectionError(error.details, endpoint.text.replace(/^\w+:\/\//, ''));
        if (error.code === grpc.status.DEADLINE_EXCEEDED && Date.now() >= until - 5) {
          failure(
            `rpc error: code = DeadlineExceeded desc = ${lastConnection === undefined ? 'context deadline exceeded' : `latest balancer error: last connection error: ${lastConnection}`}`,
          );
          throw deadlineExceeded();
        }
        if (
          error.details === 'etcdserver: invalid auth token' &&
          this.#config.user !== undefined &&
          !renewed
        ) {
          renewed = true;
          await this.authenticate();
          continue;
        }
        if (!gone) {
          failure(statusText(error.code, error.details));
          attempt += 1;
        }
        const again = gone || (policy === 'repeatable' && error.code === grpc.status.UNAVAILABLE);
        if (!again) throw new CallError(message(error), error.code);
        if (Date.now() + RETRY_MS >= until) {
          await this.#pause(until - Date.now(), options.signal);
          failure(
            `rpc error: code = DeadlineExceeded desc = ${lastConnection === undefined ? 'context deadline exceeded' : `latest balancer error: last connection error: ${lastConnection}`}`,
          );
          throw deadlineExceeded();
        }
        await this.#pause(RETRY_MS, options.signal);
      }
    }
  }

  /** A stream in both directions to some endpoint; its failures arrive as `error` events. */
  async bidi(
    path: string,
    requestType: string,
    responseType: string,
  ): Promise<grpc.ClientDuplexStream<Message, Message>> {
    const endpoint = this.#config.endpoints[this.#next % this.#config.endpoints.length] as Endpoint;
    const client = await this.#client(endpoint);
    const response = messageType(responseType);
    const metadata = this.#metadata();
    // As WithRequireLeader: a member that has lost its leader ends the stream.
    if (path.endsWith('/Watch')) metadata.set('hasleader', 'true');
    return client.makeBidiStreamRequest<Message, Message>(
      path,
      (value) => encodeMessage(messageType(requestType), value),
      (bytes) => decodeMessage(response, bytes),
      metadata,
    );
  }

  /** One request, a stream of answers. */
  async serverStream(
    path: string,
    requestType: string,
    responseType: string,
    request: Message,
  ): Promise<grpc.ClientReadableStream<Message>> {
    const client = await this.#client(this.#config.endpoints[0] as Endpoint);
    return client.makeServerStreamRequest<Message, Message>(
      path,
      (value) => encodeMessage(messageType(requestType), value),
      (bytes) => decodeMessage(messageType(responseType), bytes),
      request,
      this.#metadata(),
    );
  }

  /** The next stream goes to another endpoint. */
  rotate(): void {
    this.#next += 1;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) (await client).close();
  }

  async #once(
    endpoint: Endpoint,
    path: string,
    bytes: Buffer,
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<Buffer> {
    const client = await this.#client(endpoint);
    return new Promise((resolve, reject) => {
      const call = client.makeUnaryRequest<Buffer, Buffer>(
        path,
        (value) => value,
        (value) => value,
        bytes,
        this.#metadata(),
        Number.isFinite(until) ? { deadline: until } : {},
        (error, value) => {
          stop.removeEventListener('abort', cancel);
          if (error !== null) reject(error);
          else resolve(value as Buffer);
        },
      );
      const stop =
        signal === undefined ? this.#config.signal : AbortSignal.any([signal, this.#config.signal]);
      const cancel = (): void => call.cancel();
      stop.addEventListener('abort', cancel);
      if (stop.aborted) cancel();
    });
  }

  #metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    if (this.#token !== undefined) metadata.set('token', this.#token);
    return metadata;
  }

  #client(endpoint: Endpoint): Promise<grpc.Client> {
    let client = this.#clients.get(endpoint.text);
    if (client === undefined) {
      client = this.#open(endpoint);
      this.#clients.set(endpoint.text, client);
    }
    return client;
  }

  async #open(endpoint: Endpoint): Promise<grpc.Client> {
    const { tls, dial, keepAliveTime, keepAliveTimeout } = this.#config;
    const address = await dial(endpoint);
    const secure = endpoint.scheme === 'https' || (endpoint.scheme === undefined && tls !== undefined);
    const name = address.authority ?? `${endpoint.host}:${endpoint.port}`;
    return new grpc.Client(
      `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`,
      secure ? credentials(endpoint.host, tls) : grpc.credentials.createInsecure(),
      {
        'grpc.default_authority': name,
        // The check against the name that was typed is ours; the name sent (SNI) may be no address.
        ...(secure
          ? {
              'grpc.ssl_target_name_override': /^[\d.]+$|:/.test(endpoint.host) ? 'localhost' : endpoint.host,
            }
          : {}),
        'grpc.max_receive_message_length': -1,
        'grpc.max_send_message_length': -1,
        'grpc.keepalive_time_ms': Math.max(keepAliveTime, 10_000),
        'grpc.keepalive_timeout_ms': keepAliveTimeout,
        'grpc.initial_reconnect_backoff_ms': RETRY_MS,
        'grpc.min_reconnect_backoff_ms': RETRY_MS,
        'grpc.max_reconnect_backoff_ms': 2000,
        'grpc.enable_retries': 0,
        'grpc.service_config_disable_resolution': 1,
        'grpc.enable_http_proxy': 0,
      },
    );
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const stop = signal === undefined ? this.#config.signal : AbortSignal.any([signal, this.#config.signal]);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      stop.addEventListener('abort', done);
      if (stop.aborted) done();
    });
  }
}

function credentials(host: string, tls: TlsFiles | undefined): grpc.ChannelCredentials {
  return grpc.credentials.createSsl(tls?.ca ?? null, tls?.key ?? null, tls?.cert ?? null, {
    rejectUnauthorized: tls?.skipVerify !== true,
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  });
}

export function isServiceError(error: unknown): error is grpc.ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';
}

/** The connection never came about, so the request never left. */
function neverLeft(error: grpc.ServiceError): boolean {
  return (
    error.code === grpc.status.UNAVAILABLE &&
    /^No connection established|^Name resolution failed|^Failed to connect|ECONNREFUSED/.test(error.details)
  );
}

/** What Go's client makes of a status: its own errors by their text, the rest as gRPC prints them. */
export function message(error: { code: number; details: string }): string {
  return error.details.startsWith('etcdserver: ') ? error.details : statusText(error.code, error.details);
}
