import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectFailure } from '../../cluster/gateway/interface.ts';

/** What the lab shell asks for: a connection as a program on a machine would make it. */
export interface TunnelRequest {
  /** A machine's name; undefined: the one that stands for the console. */
  readonly from: string | undefined;
  /** e.g. `curl` */
  readonly program: string;
  readonly host: string;
  readonly port: number;
}

export interface TunnelHandlers {
  /** Both ends stand: `serve` takes over the client's socket. `address` is what the name led to. */
  onOpen(address: string, serve: (socket: Socket) => void): void;
  onRefused(failure: ConnectFailure): void;
}

/** Makes the connection; the returned function is called when the client goes away before it stands. */
export type OpenTunnel = (request: TunnelRequest, handlers: TunnelHandlers) => () => void;

const TARGET = /^\[?([^\][/]+?)\]?:(\d{1,5})$/;
const PROGRAM = /^[a-z][a-z0-9-]{0,30}$/;

function answer(socket: Socket, status: string, headers: Readonly<Record<string, string>>): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
}

/**
 * `CONNECT host:port` of the lab shell. 200 once the connection stands inside; 502 with `leme-error` (ECONNREFUSED, ETIMEDOUT,
 * EHOSTUNREACH, ENOTFOUND) and `leme-elapsed` (virtual milliseconds) where it does not come about.
 */
export function serveTunnel(open: OpenTunnel, request: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  const target = TARGET.exec(request.url ?? '');
  const program = String(request.headers['leme-program'] ?? '');
  const from = request.headers['leme-machine'];
  if (target === null || Number(target[2]) > 65_535 || !PROGRAM.test(program) || Array.isArray(from)) {
    answer(socket, '400 Bad Request', { 'content-length': '0' });
    socket.end();
    return;
  }
  let over = false;
  const abandon = open(
    { from, program, host: target[1] as string, port: Number(target[2]) },
    {
      onOpen: (address, serve) => {
        over = true;
        answer(socket, '200 Connection established', { 'leme-address': address });
        if (head.length > 0) socket.unshift(head);
        serve(socket);
      },
      onRefused: ({ code, elapsed }) => {
        over = true;
        answer(socket, '502 Bad Gateway', {
          'leme-error': code,
          'leme-elapsed': String(elapsed),
          'content-length': '0',
        });
        socket.end();
      },
    },
  );
  socket.on('close', () => {
    if (!over) abandon();
  });
}
