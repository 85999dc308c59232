import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpBody, HttpResponse } from '../../cluster/network/http.ts';
import type { StreamMessage } from '../../cluster/network/stream-message.ts';
import { streamBody, streamSummary } from '../../cluster/network/stream-message.ts';
import type { Door } from './interface.ts';
import { bodyBytes } from './json-bytes.ts';
import type { StreamClient } from './streams/interface.ts';
import { transportOf } from './streams/transport.ts';

function refuse(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}content-length: ${body.byteLength}\r\nconnection: close\r\n\r\n`,
  );
  socket.end(body);
}

function refuseText(socket: Duplex, status: number, text: string): void {
  refuse(socket, status, { 'content-type': 'text/plain; charset=utf-8' }, Buffer.from(`${text}\n`, 'utf8'));
}

/**
 * A request that wants to become a stream (exec, attach, port-forward). It goes through the cluster first: only when the
 * API server has agreed is the connection upgraded, so that a refusal is an ordinary answer with its Status.
 */
export function serveUpgrade(
  { gateway, barrier, forbidden, certificate }: Door,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy());
  if (forbidden !== undefined) {
    refuseText(socket, 403, forbidden);
    return;
  }
  const transport = transportOf(request, socket, head);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  // The API server still says first what is wrong with the request itself.
  if (transport === undefined) headers['upgrade'] = 'unsupported';
  let client: StreamClient | undefined;
  let before: (() => void)[] = [];
  /** What comes before the handshake is complete waits for it. */
  const later = (run: (ready: StreamClient) => void): void => {
    if (client === undefined) before.push(() => run(client as StreamClient));
    else run(client);
  };
  let upgraded = false;
  const call = gateway.call(
    { method: request.method ?? 'GET', target: request.url ?? '/', headers },
    certificate,
    {
      onResponse: (response: HttpResponse) =>
        barrier.afterCommit(() => {
          if (response.status !== 101) {
            const body = response.body === undefined ? new Uint8Array(0) : bodyBytes(response.body);
            refuse(socket, response.status, response.headers, body);
            return;
          }
          if (transport === undefined) {
            call.cancel();
            refuseText(socket, 400, 'unable to upgrade: unsupported protocol');
            return;
          }
          upgraded = true;
          transport((make) => {
            client = make({
              send: (message: StreamMessage) => call.send(streamBody(message), streamSummary(message)),
              gone: () => call.cancel(),
            });
            for (const run of before) run();
            before = [];
          });
        }),
      onItem: (body: HttpBody) => barrier.afterCommit(() => later((ready) => ready.deliver(body))),
      onEnd: (error) =>
        barrier.afterCommit(() => {
          if (upgraded) later((ready) => ready.end(error));
          else if (error !== undefined) socket.destroy();
        }),
    },
  );
  socket.on('close', () => call.cancel());
}
