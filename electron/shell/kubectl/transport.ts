import http from 'node:http';
import https from 'node:https';
import { agentFor } from './agents.ts';
import type { ClientConfig } from './client-config.ts';
import { ConnectionError, KubectlError, StatusError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import { parseObject } from './json.ts';
import type { CreateConnection } from './lab-sockets.ts';
import { labSockets } from './lab-sockets.ts';
import type { RequestLog } from './request-log.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`, without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly accept?: string;
  /** A JSON value, or text as it is. */
  readonly body?: Json | string;
  readonly contentType?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export const acceptTable =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

const userAgent = 'kubectl/v1.33.1 (leme)';

/** For a client of WebSockets. */
export interface SocketAddress {
  readonly url: string;
  readonly options: {
    readonly headers: Readonly<Record<string, string | string[]>>;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
    readonly rejectUnauthorized: boolean;
    readonly createConnection?: CreateConnection;
  };
}

export interface TransportHooks {
  /** Texts of `Warning` headers. */
  onWarning(text: string): void;
  readonly log?: RequestLog;
  sleep(ms: number): Promise<void>;
  /** The command's environment: in a lab, machines' addresses are dialled inside. */
  readonly env: Readonly<Record<string, string>>;
}

interface Opened {
  readonly response: http.IncomingMessage;
  readonly done: () => void;
  /** The time given ran out. */
  readonly late: () => boolean;
}

const bodyTimeout = 'net/http: request canceled (Client.Timeout or context cancellation while reading body)';

/** How often a request is made again, as client-go's `MaxRetries`. */
const maxRetries = 10;

/** Seconds the server asks to wait before the same request is made again. */
function retryAfter(response: http.IncomingMessage): number | undefined {
  const status = response.statusCode ?? 0;
  const seconds = response.headers['retry-after'] ?? '';
  return (status === 429 || status >= 500) && /^\d+$/.test(seconds) ? Number(seconds) : undefined;
}

/** One client of one API server, over HTTPS with keep-alive. */
export class Transport {
  readonly config: ClientConfig;
  private readonly signal: AbortSignal;
  private readonly hooks: TransportHooks;
  private readonly base: URL;
  /** Server time minus our own in milliseconds, from the `Date` header: a simulated cluster has its own time. */
  private skew = 0;

  constructor(config: ClientConfig, signal: AbortSignal, hooks: TransportHooks) {
    this.config = config;
    this.signal = signal;
    this.hooks = hooks;
    this.base = new URL(config.server);
  }

  /** The cluster's present time as its last answer told it. */
  now(): number {
    return Date.now() + this.skew;
  }

  /** A request whose answer must be a success; throws `StatusError` or `ConnectionError`. */
  async send(request: ApiRequest): Promise<ApiResponse> {
    const response = await this.exchange(request);
    if (response.status >= 200 && response.status < 300) return response;
    throw failure(response);
  }

  async json(request: ApiRequest): Promise<JsonObject> {
    const response = await this.send({ accept: 'application/json', ...request });
    const value = parseObject(response.text);
    if (!value)
      throw new StatusError({
        message: `the server answered something that is not JSON: ${response.text.slice(0, 200)}`,
        code: response.status,
      });
    return value;
  }

  private async exchange(request: ApiRequest): Promise<ApiResponse> {
    const { response, done, late } = await this.open(request, this.config.timeoutMs);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString('utf8');
      this.hooks.log?.body(text);
      return { status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '', text };
    } catch (error) {
      if (late()) throw new KubectlError(bodyTimeout);
      throw this.connectionError(error);
    } finally {
      done();
    }
  }

  /** The answer line by line as it arrives (watch, followed logs). Ends when the server ends it or the signal fires. */
  async *lines(request: ApiRequest, signal?: AbortSignal): AsyncGenerator<string> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.chunks(request, signal, true)) {
      rest += decoder.decode(chunk, { stream: true });
      let newline = rest.indexOf('\n');
      while (newline >= 0) {
        const line = rest.slice(0, newline);
        rest = rest.slice(newline + 1);
        if (line !== '') yield line;
        newline = rest.indexOf('\n');
      }
    }
    if (rest !== '') yield rest;
  }

  /** The answer as it arrives. With `lateIsEnd` a time-out only ends it, as it does a watch. */
  async *chunks(request: ApiRequest, signal?: AbortSignal, lateIsEnd = false): AsyncGenerator<Uint8Array> {
    let opened: Opened;
    try {
      opened = await this.open(request, this.config.timeoutMs, signal);
    } catch (error) {
      if (this.signal.aborted || signal?.aborted) return;
      throw error;
    }
    const { response, done, late } = opened;
    try {
      if ((response.statusCode ?? 0) >= 300) {
        const parts: Buffer[] = [];
        for await (const chunk of response) parts.push(chunk as Buffer);
        const text = Buffer.concat(parts).toString('utf8');
        throw failure({ status: response.statusCode ?? 0, contentType: '', text });
      }
      for await (const chunk of response) yield chunk as Buffer;
    } catch (error) {
      if (this.signal.aborted || signal?.aborted || (late() && lateIsEnd)) return;
      if (error instanceof StatusError) throw error;
      if (late()) throw new KubectlError(bodyTimeout);
      throw this.connectionError(error);
    } finally {
      response.destroy();
      done();
    }
  }

  /** Where a WebSocket for a request goes and what it brings. */
  socketAddress(request: Pick<ApiRequest, 'path'> & { readonly query: URLSearchParams }): SocketAddress {
    const path = `${this.base.pathname.replace(/\/$/, '')}${request.path}?${request.query.toString()}`;
    const { ca, cert, key, insecure, tlsServerName } = this.config;
    const lab = labSockets(this.hooks.env, this.base);
    return {
      url: `${this.base.protocol === 'https:' ? 'wss:' : 'ws:'}//${this.base.host}${path}`,
      options: {
        headers: { 'User-Agent': userAgent, ...this.credentials() },
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(tlsServerName ? { servername: tlsServerName } : {}),
        rejectUnauthorized: !insecure,
        ...(lab === undefined ? {} : { createConnection: lab.createConnection }),
      },
    };
  }

  /** How to ask the server for a path by hand, with our credentials (`proxy`). */
  passThrough(path: string): https.RequestOptions & { readonly secure: boolean } {
    return {
      secure: this.base.protocol === 'https:',
      host: this.base.hostname.replace(/^\[|\]$/g, ''),
      port: this.base.port,
      path: `${this.base.pathname.replace(/\/$/, '')}${path}`,
      headers: this.credentials(),
      agent: agentFor(this.config, this.hooks.env),
    };
  }

  /** What is thrown for an answer that is no success, or for a connection that failed. */
  failureOf(cause: ApiResponse | Error): Error {
    return cause instanceof Error ? this.connectionError(cause) : failure(cause);
  }

  /**
   * Asks, and asks again while the server says when to (`Retry-After` of a 429 or a failure of its own). Models `withRetry` of
   * client-go's rest/with_retry.go (v0.33).
   */
  private async open(request: ApiRequest, timeoutMs: number, more?: AbortSignal): Promise<Opened> {
    for (let again = 0; ; again++) {
      const opened = await this.openOnce(request, timeoutMs, more);
      const wait = retryAfter(opened.response);
      if (wait === undefined || again >= maxRetries) return opened;
      opened.done();
      opened.response.resume();
      await this.hooks.sleep(wait * 1000);
      if (this.signal.aborted || more?.aborted) throw this.connectionError(new Error('interrupted'));
    }
  }

  private openOnce(request: ApiRequest, timeoutMs: number, more?: AbortSignal): Promise<Opened> {
    const query = Object.entries(request.query ?? {})
      .filter((pair): pair is [string, string] => pair[1] !== undefined)
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .sort()
      .join('&');
    const path = `${this.base.pathname.replace(/\/$/, '')}${request.path}${query === '' ? '' : `${request.path.includes('?') ? '&' : '?'}${query}`}`;
    const headers: Record<string, string | string[]> = {
      Accept: request.accept ?? 'application/json',
      'User-Agent': userAgent,
      ...this.credentials(),
    };
    let body: string | undefined;
    if (request.body !== undefined) {
      body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
      headers['Content-Type'] = request.contentType ?? 'application/json';
      headers['Content-Length'] = String(Buffer.byteLength(body));
    }
    const method = request.method ?? 'GET';
    const url = `${this.base.protocol}//${this.base.host}${path}`;
    const finish = this.hooks.log?.begin(method, url, headers, body);
    const send = this.base.protocol === 'https:' ? https.request : http.request;
    return new Promise((resolve, reject) => {
      const controller = new AbortController();
      const stop = (): void => controller.abort();
      this.signal.addEventListener('abort', stop, { once: true });
      more?.addEventListener('abort', stop, { once: true });
      if (this.signal.aborted || more?.aborted) stop();
      let timedOut = false;
      const timer = timeoutMs > 0 ? setTimeout(() => ((timedOut = true), stop()), timeoutMs) : undefined;
      const done = (): void => {
        if (timer) clearTimeout(timer);
        this.signal.removeEventListener('abort', stop);
        more?.removeEventListener('abort', stop);
      };
      const call = send(
        {
          host: this.base.hostname.replace(/^\[|\]$/g, ''),
          port: this.base.port,
          path,
          method,
          headers,
          agent: agentFor(this.config, this.hooks.env),
          signal: controller.signal,
        },
        (response) => {
          this.noteHeaders(response);
          finish?.(response.statusCode ?? 0, response.statusMessage ?? '', response.rawHeaders);
          resolve({ response, done, late: () => timedOut });
        },
      );
      call.on('error', (error) => {
        done();
        finish?.(0, '', []);
        if (timedOut)
          reject(
            new ConnectionError(
              this.base.host,
              false,
              'net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
            ),
          );
        else reject(this.connectionError(error));
      });
      call.end(body);
    });
  }

  private credentials(): Record<string, string | string[]> {
    const { token, username, password, asUser, asGroups, asUid } = this.config;
    const headers: Record<string, string | string[]> = {};
    if (token !== undefined && token !== '') headers['Authorization'] = `Bearer ${token}`;
    else if (username)
      headers['Authorization'] = `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
    if (asUser) headers['Impersonate-User'] = asUser;
    if (asGroups.length > 0) headers['Impersonate-Group'] = [...asGroups];
    if (asUid) headers['Impersonate-Uid'] = asUid;
    return headers;
  }

  private noteHeaders(response: http.IncomingMessage): void {
    const date = Date.parse(response.headers.date ?? '');
    if (!Number.isNaN(date)) {
      const apart = date - Date.now();
      // The header has whole seconds; a clock that agrees with ours to the second is ours.
      this.skew = Math.abs(apart) < 2000 ? 0 : apart;
    }
    for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
      if (response.rawHeaders[i]?.toLowerCase() !== 'warning') continue;
      for (const text of warningTexts(response.rawHeaders[i + 1] ?? '')) this.hooks.onWarning(text);
    }
  }

  private connectionError(error: unknown): Error {
    if (error instanceof StatusError || error instanceof ConnectionError) return error;
    const failure = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
    const code = failure.code ?? failure.errors?.[0]?.code ?? '';
    const { host, hostname } = this.base;
    if (this.signal.aborted) return Object.assign(new Error('interrupted'), { name: 'AbortError' });
    if (code === 'ECONNREFUSED') return new ConnectionError(host, true, 'connection refused');
    const texts: Record<string, string> = {
      ENOTFOUND: `dial tcp: lookup ${hostname}: no such host`,
      EAI_AGAIN: `dial tcp: lookup ${hostname}: Temporary failure in name resolution`,
      ETIMEDOUT: `dial tcp ${host}: i/o timeout`,
      EHOSTUNREACH: `dial tcp ${host}: connect: no route to host`,
      ECONNRESET: 'EOF',
      DEPTH_ZERO_SELF_SIGNED_CERT:
        'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      SELF_SIGNED_CERT_IN_CHAIN:
        'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      CERT_HAS_EXPIRED:
        'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
      ERR_TLS_CERT_ALTNAME_INVALID: `tls: failed to verify certificate: x509: certificate is not valid for ${hostname}`,
    };
    return new ConnectionError(host, false, texts[code] ?? (failure.message || code));
  }
}

function warningTexts(header: string): string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? '').replace(/\\(.)/g, '$1'),
  );
}

function failure(response: ApiResponse): StatusError {
  const status = parseObject(response.text);
  if (status && status['kind'] === 'Status') return new StatusError(status);
  return new StatusError(unstructuredFailure(response));
}

const reasons: Readonly<Record<number, readonly [string, string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', ''],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', ''],
  409: ['Conflict', 'the server reported a conflict'],
  415: ['UnsupportedMediaType', ''],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  500: ['InternalError', ''],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

/** A `Status` for an answer that brought none. Models apimachinery's `NewGenericServerResponse`. */
function unstructuredFailure(response: ApiResponse): JsonObject {
  const [reason, text] = reasons[response.status] ?? ['', ''];
  const words = response.text.trim();
  const plain = words !== '' && !words.startsWith('{') ? words : '';
  if (response.status === 500)
    return {
      reason,
      code: 500,
      message: `an error on the server (${JSON.stringify(words).replace(/\\n/g, '\\n')}) has prevented the request from succeeding`,
    };
  return {
    reason,
    code: response.status,
    message:
      text !== ''
        ? text
        : plain !== ''
          ? plain
          : `the server responded with the status code ${response.status} but did not return more information`,
  };
}
