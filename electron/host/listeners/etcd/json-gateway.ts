import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConcurrencyMethod, ConcurrencyMethods } from '../../../cluster/etcd/client/concurrency.ts';
import type { StreamHandlers } from '../../../cluster/etcd/client/connection.ts';
import type { EtcdError } from '../../../cluster/etcd/client/interface.ts';
import type { WatchRequest } from '../../../cluster/etcd/client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../../../cluster/etcd/client/methods.ts';
import type { EtcdGatewayConnection } from '../../../cluster/gateway/etcd-interface.ts';
import type { Barrier } from '../interface.ts';
import type { AddressTranslation } from './address-translation.ts';
import { isConcurrency } from './calls/concurrency-call.ts';
import { callMetadata } from './call-metadata.ts';
import { fromJson, JsonMappingError, toJson } from './codec/json.ts';
import type { MethodType } from './codec/schema.ts';
import { METHODS } from './codec/schema.ts';
import type { GrpcFailure } from './grpc-status.ts';
import { GRPC_CODES } from './grpc-status.ts';
import { JSON_ROUTES } from './json-routes.ts';

/** Bytes of a request body: a message of the largest size in base64. */
const BODY_LIMIT = 4 * 1024 * 1024;

export interface JsonGatewayOptions {
  readonly connection: EtcdGatewayConnection;
  readonly barrier: Barrier;
  readonly translation: AddressTranslation;
}

/** Whether this path belongs to the JSON gateway. */
export function isJsonPath(path: string): boolean {
  return path.startsWith('/v3/');
}

/** Serves one request to `/v3/…`: JSON for gRPC. Models grpc-gateway as etcd sets it up. */
export function serveJson(
  options: JsonGatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = (request.url ?? '/').split('?')[0] ?? '';
  const method = METHODS.get(JSON_ROUTES.get(path) ?? '');
  if (method === undefined) {
    plain(response, 404, 'Not Found');
    return;
  }
  if (request.method !== 'POST') {
    plain(response, 405, 'Method Not Allowed');
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
    else if (!response.headersSent) {
      fail(response, { code: 'InvalidArgument', message: 'http: request body too large' });
      request.destroy();
    }
  });
  request.on('end', () => {
    if (size > BODY_LIMIT) return;
    try {
      begin(options, method, Buffer.concat(chunks).toString('utf8'), request, response);
    } catch (error) {
      if (!(error instanceof JsonMappingError) && !(error instanceof SyntaxError)) throw error;
      fail(response, { code: 'InvalidArgument', message: error.message });
    }
  });
}

function begin(
  options: JsonGatewayOptions,
  method: MethodType,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const metadata = callMetadata((name) => {
    const value = request.headers[name] ?? request.headers[`grpc-metadata-${name}`];
    return Array.isArray(value) ? value[0] : value;
  });
  const messages = splitJson(body).map((text) => fromJson(method.request, JSON.parse(text)));
  const stream = new JsonStream(options, method, response);
  const first = messages[0] ?? fromJson(method.request, {});
  const { connection } = options;
  if (isConcurrency(method)) {
    const call = connection.concurrency(
      method.name as ConcurrencyMethod,
      first as unknown as ConcurrencyMethods[ConcurrencyMethod]['request'],
      metadata,
      method.responseStream ? stream : new SingleAnswer(options, method, response),
    );
    response.on('close', () => call.cancel());
    return;
  }
  switch (method.name) {
    case 'Watch': {
      const watch = connection.watch(metadata, {
        onResponse: (item) => {
          stream.onResponse(item);
          watch.ack(1);
        },
        onEnd: (error) => stream.onEnd(error),
      });
      response.on('close', () => watch.cancel());
      for (const message of messages) watch.send(message as unknown as WatchRequest);
      return;
    }
    case 'LeaseKeepAlive': {
      let pending = messages.length;
      if (pending === 0) stream.onEnd(undefined);
      for (const message of messages) {
        connection.call(
          'LeaseKeepAlive',
          message as unknown as EtcdMethods['LeaseKeepAlive']['request'],
          metadata,
          (outcome) => {
            pending -= 1;
            if ('error' in outcome) stream.onEnd(outcome.error);
            else stream.onResponse(outcome.response);
            if (pending === 0) stream.onEnd(undefined);
          },
        );
      }
      return;
    }
    case 'Snapshot': {
      const call = connection.snapshot(metadata, stream);
      response.on('close', () => call.cancel());
      return;
    }
    default: {
      const answer = new SingleAnswer(options, method, response);
      const call = connection.call(
        method.name as EtcdMethod,
        first as unknown as EtcdMethods[EtcdMethod]['request'],
        metadata,
        (outcome) => {
          if ('error' in outcome) answer.onEnd(outcome.error);
          else answer.onResponse(outcome.response);
        },
      );
      response.on('close', () => call.cancel());
    }
  }
}

/** A streamed answer: one JSON object a line. */
class JsonStream implements StreamHandlers<object> {
  readonly #barrier: Barrier;
  readonly #method: MethodType;
  readonly #response: ServerResponse;

  constructor({ barrier }: JsonGatewayOptions, method: MethodType, response: ServerResponse) {
    this.#barrier = barrier;
    this.#method = method;
    this.#response = response;
  }

  onResponse(message: object): void {
    this.#barrier.afterCommit(() => this.#line({ result: toJson(this.#method.response, message) }));
  }

  onEnd(error: EtcdError | undefined): void {
    this.#barrier.afterCommit(() => {
      if (error !== undefined) {
        const { number, http } = GRPC_CODES[error.code];
        this.#line({ error: { grpc_code: number, http_code: http, message: error.message } });
      }
      if (!this.#response.headersSent) this.#head();
      this.#response.end();
    });
  }

  #line(value: object): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (!this.#response.headersSent) this.#head();
    this.#response.write(`${goJson(value)}\n`);
  }

  #head(): void {
    this.#response.writeHead(200, { 'Content-Type': 'application/json' });
  }
}

/** The answer of a call that has one, where it comes as a stream. */
class SingleAnswer implements StreamHandlers<object> {
  readonly #options: JsonGatewayOptions;
  readonly #method: MethodType;
  readonly #response: ServerResponse;

  constructor(options: JsonGatewayOptions, method: MethodType, response: ServerResponse) {
    this.#options = options;
    this.#method = method;
    this.#response = response;
  }

  onResponse(message: object): void {
    const { barrier, translation } = this.#options;
    barrier.afterCommit(() =>
      json(this.#response, 200, toJson(this.#method.response, translation.outward(message))),
    );
  }

  onEnd(error: EtcdError | undefined): void {
    if (error !== undefined) this.#options.barrier.afterCommit(() => fail(this.#response, error));
  }
}

function fail(response: ServerResponse, { code, message }: GrpcFailure): void {
  const { number, http } = GRPC_CODES[code];
  json(response, http, { error: message, message, code: number });
}

function json(response: ServerResponse, status: number, value: object): void {
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.from(goJson(value), 'utf8');
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
  response.end(bytes);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${text}\n`);
}

/** JSON as Go's encoder writes it: these are escaped. */
function goJson(value: object): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Cuts a body into its JSON texts: a stream of requests has one after another. @throws SyntaxError */
function splitJson(body: string): readonly string[] {
  const texts: string[] = [];
  let depth = 0;
  let start = 0;
  let isText = false;
  for (let at = 0; at < body.length; at += 1) {
    const char = body[at];
    if (isText) {
      if (char === '\\') at += 1;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (char === '}') {
      depth -= 1;
      if (depth === 0) texts.push(body.slice(start, at + 1));
      if (depth < 0) throw new SyntaxError("invalid character '}' looking for beginning of value");
    } else if (depth === 0 && char !== undefined && !/\s/.test(char)) {
      throw new SyntaxError(`invalid character '${char}' looking for beginning of value`);
    }
  }
  if (depth > 0) throw new SyntaxError('unexpected EOF');
  return texts;
}
