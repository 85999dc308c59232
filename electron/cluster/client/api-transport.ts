import type { Clock } from '../../base/clock.ts';
import type { HttpBody, HttpRequest, HttpResponse, HttpStream, HttpStreamHandlers } from '../network/http.ts';
import { HttpClientConnection } from '../network/http-client.ts';
import type { NetworkAccess } from '../network/interface.ts';
import type { ClientConfig } from './kubeconfig.ts';
import { serverAddress } from './kubeconfig.ts';

/** The decoded value of a body. */
export function bodyValue(body: HttpBody | undefined): unknown {
  if (body === undefined) return undefined;
  if (body.type === 'object') return body.value;
  const text = body.type === 'text' ? body.text : new TextDecoder().decode(body.bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * One connection to the API server, dialled when first needed and again when it broke; calls that come
 * while it is being dialled share the attempt. Errors read like those of Go's net/http.
 */
export class ApiTransport {
  readonly config: ClientConfig;
  readonly #net: NetworkAccess;
  readonly #clock: Clock;
  #connection: HttpClientConnection | undefined;
  #dialling: Promise<HttpClientConnection> | undefined;

  constructor(net: NetworkAccess, clock: Clock, config: ClientConfig) {
    this.#net = net;
    this.#clock = clock;
    this.config = config;
  }

  /** @throws Error `Get "https://…": dial tcp …: connect: connection refused` */
  async call(request: HttpRequest): Promise<HttpResponse> {
    try {
      const connection = await this.#connect();
      return await connection.call(request);
    } catch (error) {
      throw this.#explain(request, error);
    }
  }

  async stream(request: HttpRequest, handlers: HttpStreamHandlers): Promise<HttpStream> {
    try {
      const connection = await this.#connect();
      return await connection.stream(request, handlers);
    } catch (error) {
      throw this.#explain(request, error);
    }
  }

  headers(userAgent: string, accept = 'application/json'): Record<string, string> {
    const { token } = this.config;
    return {
      accept,
      'user-agent': userAgent,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  close(): void {
    this.#connection?.close();
  }

  async #connect(): Promise<HttpClientConnection> {
    if (this.#connection !== undefined && !this.#connection.closed) return this.#connection;
    this.#dialling ??= this.#dial();
    return this.#dialling;
  }

  async #dial(): Promise<HttpClientConnection> {
    const { server, certificate } = this.config;
    try {
      const connection = await this.#net.dial(serverAddress(server), {
        protocol: 'https',
        ...(certificate === undefined ? {} : { certificate }),
      });
      this.#connection = new HttpClientConnection(connection, this.#clock);
      return this.#connection;
    } finally {
      this.#dialling = undefined;
    }
  }

  #explain(request: HttpRequest, error: unknown): Error {
    const method = request.method.charAt(0) + request.method.slice(1).toLowerCase();
    const reason = error instanceof Error ? error.message : String(error);
    return new Error(`${method} "${this.config.server}${request.target}": ${reason}`, { cause: error });
  }
}
