import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { WebSocketServer } from 'ws';
import type { Channel } from '../../shared/rpc/channel.ts';
import { webSocketChannel } from '../transports/websocket-channel.ts';
import { appHeaders } from './content-security-policy.ts';
import { fileBelow } from './file-below.ts';
import { mediaType } from './media-type.ts';

const PROTOCOL = 'leme.v1';
const MAX_MESSAGE = 4 * 1024 * 1024;

export interface AppServerOptions {
  /** Folder of the built app. */
  readonly root: string;
  /** 0: any free port. */
  readonly port: number;
  /** Per-run secret; a page that does not have it gets no channel. */
  readonly token: string;
  readonly onChannel: (channel: Channel) => void;
}

export interface AppServer {
  readonly port: number;
  /** With the token in the fragment, which browsers do not send. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the app and its channel on 127.0.0.1. Other Host names (DNS rebinding) and pages of other origins
 * are refused; the token travels as a WebSocket subprotocol, `token.<token>`.
 * @throws Error when the port is taken.
 */
export async function openAppServer(options: AppServerOptions): Promise<AppServer> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    handleProtocols: () => PROTOCOL,
  });
  let port = options.port;
  const hosts = (): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];
  const server = createServer({ maxHeaderSize: 32 * 1024 }, (request, response) => {
    void serveFile(options.root, hosts(), port, request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuseUpgrade(request, hosts(), options.token);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => options.onChannel(webSocketChannel(accepted)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
  return {
    port,
    url: `http://127.0.0.1:${port}/#token=${options.token}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function serveFile(
  root: string,
  hosts: readonly string[],
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = appHeaders(`ws://127.0.0.1:${port} ws://localhost:${port}`);
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(text);
  };
  if (!hosts.includes(request.headers.host ?? '')) return refuse(421, 'unexpected Host\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'method not allowed\n');
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const file = fileBelow(root, pathname === '/' ? '/index.html' : pathname);
  const type = file === undefined ? undefined : mediaType(extname(file));
  if (file === undefined || type === undefined) return refuse(404, 'not found\n');
  try {
    const body = await readFile(file);
    const cache = pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
    response.writeHead(200, { ...headers, 'content-type': type, 'cache-control': cache });
    response.end(request.method === 'HEAD' ? undefined : body);
  } catch {
    // Not there, or not readable: the page does not need to know which.
    refuse(404, 'not found\n');
  }
}

function refuseUpgrade(
  request: IncomingMessage,
  hosts: readonly string[],
  token: string,
): string | undefined {
  if (!hosts.includes(request.headers.host ?? '')) return '421 Misdirected Request';
  const { origin } = request.headers;
  if (origin === undefined || !hosts.some((host) => origin === `http://${host}`)) return '403 Forbidden';
  if (request.url !== '/rpc') return '404 Not Found';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes(PROTOCOL)) return '400 Bad Request';
  const given = offered.find((name) => name.startsWith('token.'))?.slice('token.'.length) ?? '';
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) return '401 Unauthorized';
  return undefined;
}
