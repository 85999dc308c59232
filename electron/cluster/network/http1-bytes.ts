import { bytesToLatin1, latin1ToBytes, utf8Encode } from './byte-text.ts';
import { httpStatusText } from './http-status.ts';
import type { HttpBody, HttpExchange, HttpRequest, HttpResponse } from './http.ts';
import type { HttpHandler } from './http-server.ts';
import type { Connection } from './interface.ts';

/** Bytes of a head that no request may exceed. */
const HEAD_LIMIT = 64 * 1024;

function bodyBytes(body: HttpBody | undefined): string {
  if (body === undefined) return '';
  if (body.type === 'bytes') return bytesToLatin1(body.bytes);
  return utf8Encode(body.type === 'text' ? body.text : JSON.stringify(body.value));
}

class ByteExchange implements HttpExchange {
  readonly request: HttpRequest;
  readonly #send: (bytes: string) => void;
  readonly #done: (keepAlive: boolean) => void;
  #keepAlive: boolean;
  #streaming = false;
  #over = false;
  #cancelled: (() => void) | undefined;

  constructor(
    request: HttpRequest,
    keepAlive: boolean,
    send: (bytes: string) => void,
    done: (keepAlive: boolean) => void,
  ) {
    this.request = request;
    this.#keepAlive = keepAlive;
    this.#send = send;
    this.#done = done;
  }

  respond(response: HttpResponse): void {
    if (this.#over) return;
    const body = bodyBytes(response.body);
    this.#streaming = response.stream === true;
    // A stream has no length: it ends with its connection.
    if (this.#streaming) this.#keepAlive = false;
    const headers = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    if (!this.#streaming) headers.push(`content-length: ${body.length}\r\n`);
    headers.push(`connection: ${this.#keepAlive ? 'keep-alive' : 'close'}\r\n`);
    const head = `HTTP/1.1 ${response.status} ${httpStatusText(response.status)}\r\n${headers.join('')}\r\n`;
    this.#send(head + (this.request.method === 'HEAD' ? '' : body));
    if (!this.#streaming) this.#finish();
  }

  sendItem(body: HttpBody): void {
    if (this.#streaming && !this.#over) this.#send(bodyBytes(body));
  }

  end(): void {
    if (this.#streaming) this.#finish();
  }

  onUpload(): void {
    // Nobody upgrades on such a connection.
  }

  onCancel(handler: () => void): void {
    this.#cancelled = handler;
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelled?.();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#done(this.#keepAlive);
  }
}

/** Speaks HTTP/1.1 in bytes on a `tcp` connection whose payloads are Latin-1 texts: one request after the other. */
export function serveHttp1Connection(connection: Connection, handle: HttpHandler): void {
  let received = '';
  let open: ByteExchange | undefined;
  const send = (bytes: string): void => {
    if (!connection.closed)
      connection.send(bytes, { phase: 'item', summary: `${bytes.length} bytes`, call: 0 });
  };
  const refuse = (): void => {
    send('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    connection.close();
  };
  const next = (): void => {
    if (open !== undefined || connection.closed) return;
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) {
      if (received.length > HEAD_LIMIT) refuse();
      return;
    }
    const [line = '', ...rows] = received.slice(0, end).split('\r\n');
    const match = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(line);
    if (match === null) {
      refuse();
      return;
    }
    const headers: Record<string, string> = {};
    for (const row of rows)
      headers[row.slice(0, row.indexOf(':')).trim().toLowerCase()] = row.slice(row.indexOf(':') + 1).trim();
    const length = Number(headers['content-length'] ?? 0);
    if (received.length < end + 4 + length) return;
    const body = received.slice(end + 4, end + 4 + length);
    received = received.slice(end + 4 + length);
    const keepAlive = headers['connection']?.toLowerCase() !== 'close' && match[3] === '1';
    const request: HttpRequest = {
      method: match[1] ?? '',
      target: match[2] ?? '/',
      headers,
      ...(body === '' ? {} : { body: { type: 'bytes', bytes: latin1ToBytes(body) } }),
    };
    open = new ByteExchange(request, keepAlive, send, (again) => {
      open = undefined;
      if (again) next();
      else connection.close();
    });
    handle(open, connection.remote);
  };
  connection.onMessage((payload) => {
    received += payload as string;
    next();
  });
  connection.onClose(() => open?.cancel());
}
