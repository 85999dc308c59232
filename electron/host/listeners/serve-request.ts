import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Writable } from 'node:stream';
import type { Gateway, GatewayCall } from '../../cluster/gateway/interface.ts';
import type { HttpBody, HttpRequest, HttpResponse } from '../../cluster/network/http.ts';
import type { PeerCertificate } from '../../cluster/network/interface.ts';
import { gzipped, wantsGzip } from './content-encoding.ts';
import type { Barrier, Door } from './interface.ts';
import { bodyBytes, itemBytes } from './json-bytes.ts';

/** Bytes of a request body, as upstream. One more is read, so that the server itself can refuse it. */
const BODY_LIMIT = 3 * 1024 * 1024;
/** A watcher that lets so much pile up unread is cut off. */
const UNREAD_LIMIT = 32 * 1024 * 1024;

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

const isHttp2 = (response: Response): response is Http2ServerResponse => 'stream' in response;

function requestHeaders({ headers: received }: Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in received) {
    // HTTP/2 has the first line's words and the host as headers of their own.
    if (name.startsWith(':')) continue;
    const value = received[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const host = received[':authority'];
  if (typeof host === 'string') headers['host'] ??= host;
  return headers;
}

function warningHeader(text: string): string {
  // Header values are latin-1 and one line; what does not fit is shown as a question mark.
  const safe = text.replace(/[\\"]/g, (char) => `\\${char}`).replace(/[^\t\x20-\x7e]/g, '?');
  return `299 - "${safe}"`;
}

const canonical = new Map<string, string>();

/** e.g. `Content-Type`, as Go writes names to clients of HTTP/1.1. */
function canonicalName(name: string): string {
  let written = canonical.get(name);
  if (written === undefined) {
    written = name.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase());
    // Names that clients make up are not remembered.
    if (canonical.size < 100) canonical.set(name, written);
  }
  return written;
}

/** Carries one answer back to the client, never before what it tells is on disk. */
class Answer {
  readonly #response: Response;
  readonly #barrier: Barrier;
  readonly #closeAfter: boolean;
  readonly #hangUp: () => void;
  /** The client's Accept-Encoding. */
  readonly #accepted: string | undefined;
  #call: GatewayCall | undefined;
  #streaming = false;
  #date: string | undefined;
  /** Nothing more comes from the cluster. */
  #complete = false;
  #gone = false;

  constructor(
    response: Response,
    { barrier, hangUp }: Door,
    closeAfter: boolean,
    accepted: string | undefined,
  ) {
    this.#hangUp = hangUp;
    this.#accepted = accepted;
    this.#response = response;
    this.#barrier = barrier;
    this.#closeAfter = closeAfter;
    response.on('close', () => {
      this.#gone = true;
      if (!this.#complete) this.#call?.cancel();
    });
  }

  begin(gateway: Gateway, request: HttpRequest, certificate: PeerCertificate | undefined): void {
    this.#call = gateway.call(request, certificate, {
      onResponse: (head) => this.#barrier.afterCommit(() => this.#sendHead(head)),
      onItem: (body) => this.#barrier.afterCommit(() => this.#sendItem(body)),
      onEnd: (error) => this.#barrier.afterCommit(() => this.#end(error)),
    });
  }

  #sendHead(head: HttpResponse): void {
    if (this.#gone) return;
    const response = this.#response;
    response.sendDate = false;
    response.statusCode = head.status;
    const { date, ...headers } = head.headers;
    if (date !== undefined) this.#date = date;
    const fields: Record<string, string | readonly string[]> = headers;
    if (head.warnings !== undefined && head.warnings.length > 0)
      fields['warning'] = head.warnings.map(warningHeader);
    for (const name of Object.keys(fields).sort())
      response.setHeader(this.#nameOf(name), fields[name] as string | string[]);
    if (this.#closeAfter && !isHttp2(response)) response.setHeader('Connection', 'close');
    if (head.stream === true) {
      this.#streaming = true;
      this.#setDate();
      if (isHttp2(response)) response.writeHead(head.status);
      else response.flushHeaders();
      return;
    }
    const bytes = head.body === undefined ? new Uint8Array(0) : bodyBytes(head.body);
    if (head.body?.type === 'object' && wantsGzip(this.#accepted, bytes)) void this.#sendCompressed(bytes);
    else this.#sendBody(head.status, bytes);
  }

  /** Never rejects. */
  async #sendCompressed(bytes: Uint8Array): Promise<void> {
    const compressed = await gzipped(bytes);
    if (this.#gone) return;
    const response = this.#response;
    if (compressed !== undefined) {
      response.setHeader(this.#nameOf('content-encoding'), 'gzip');
      response.appendHeader(this.#nameOf('vary'), 'Accept-Encoding');
    }
    this.#sendBody(response.statusCode, compressed ?? bytes);
  }

  #sendBody(status: number, bytes: Uint8Array): void {
    const response = this.#response;
    // The last two as Go's servers have them, of either version.
    if (!isHttp2(response)) this.#setDate();
    if (status !== 304) response.setHeader(this.#nameOf('content-length'), bytes.byteLength);
    if (isHttp2(response)) this.#setDate();
    response.end(bytes);
  }

  #setDate(): void {
    if (this.#date !== undefined) this.#response.setHeader(this.#nameOf('date'), this.#date);
  }

  /** As clients see it: HTTP/2 has small names only. */
  #nameOf(name: string): string {
    return isHttp2(this.#response) ? name : canonicalName(name);
  }

  #sendItem(body: HttpBody): void {
    if (this.#gone) return;
    const response: Writable = this.#response;
    response.write(itemBytes(body));
    if (response.writableLength > UNREAD_LIMIT) response.destroy();
  }

  #end(error: Error | undefined): void {
    this.#complete = true;
    if (this.#gone) return;
    if (error === undefined) {
      if (this.#streaming) this.#response.end();
    } else this.#hangUp();
  }
}

function refuse(response: Response, status: number, text: string): void {
  response.sendDate = false;
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  if (!isHttp2(response)) response.setHeader('Connection', 'close');
  response.end(`${text}\n`);
}

/** Passes one request on to the door's gateway and its answer back. */
export function serveRequest(door: Door, request: Request, response: Response): void {
  const { gateway, forbidden, certificate } = door;
  if (forbidden !== undefined) {
    refuse(response, 403, forbidden);
    request.resume();
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  let started = false;
  const start = (): void => {
    if (started) return;
    started = true;
    const accepted = request.headers['accept-encoding'];
    const answer = new Answer(
      response,
      door,
      size > BODY_LIMIT,
      typeof accepted === 'string' ? accepted : undefined,
    );
    const body: HttpBody | undefined =
      size === 0 ? undefined : { type: 'bytes', bytes: Buffer.concat(chunks) };
    const head = {
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      headers: requestHeaders(request),
    };
    answer.begin(gateway, body === undefined ? head : { ...head, body }, certificate);
  };
  request.on('data', (chunk: Buffer) => {
    if (started) return;
    size += chunk.length;
    chunks.push(chunk);
    // What follows of an oversized body is let go unread; the connection closes after the answer.
    if (size > BODY_LIMIT) start();
  });
  request.on('end', start);
  request.on('error', () => response.destroy());
}
