import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StreamClient, StreamPeer } from './interface.ts';
import type { ByteCarrier } from './spdy/connection.ts';
import type { SpdyClient } from './spdy/spdy-client.ts';
import { spdyPortClient, spdyProcessClient } from './spdy/spdy-client.ts';
import {
  acceptWebSocket,
  channelClient,
  CHANNEL_PROTOCOLS,
  offeredProtocols,
  portChannelClient,
  tunnel,
} from './websocket.ts';

/** How an accepted client is spoken to. */
export type Transport = (accepted: (make: (peer: StreamPeer) => StreamClient) => void) => void;

const TUNNEL = 'SPDY/3.1+portforward.k8s.io';

function isPortForward(request: IncomingMessage): boolean {
  return new URL(request.url ?? '/', 'https://x').pathname.endsWith('/portforward');
}

/** `?ports=80&ports=81`, or one list. */
function askedPorts(request: IncomingMessage): number[] {
  return new URL(request.url ?? '/', 'https://x').searchParams
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number)
    .filter((port) => Number.isInteger(port) && port > 0 && port < 65_536);
}

function webSocketTransport(request: IncomingMessage, socket: Duplex, head: Buffer): Transport | undefined {
  const offered = offeredProtocols(request);
  if (!isPortForward(request)) {
    const protocol = CHANNEL_PROTOCOLS.find((name) => offered.includes(name));
    if (protocol === undefined) return undefined;
    return (accepted) =>
      acceptWebSocket(request, socket, head, protocol, (websocket) =>
        accepted((peer) => channelClient(websocket, peer)),
      );
  }
  if (offered.includes(TUNNEL))
    return (accepted) =>
      acceptWebSocket(request, socket, head, TUNNEL, (websocket) =>
        accepted((peer) => {
          const carrier = tunnel(
            websocket,
            (bytes) => client.receive(bytes),
            () => peer.gone(),
          );
          const client: SpdyClient = spdyPortClient(carrier, peer);
          return client;
        }),
      );
  const ports = askedPorts(request);
  if (ports.length === 0 || !offered.includes('v4.channel.k8s.io')) return undefined;
  return (accepted) =>
    acceptWebSocket(request, socket, head, 'v4.channel.k8s.io', (websocket) =>
      accepted((peer) => portChannelClient(websocket, peer, ports)),
    );
}

/** Versions are a header of their own, several of them or one with commas. */
function spdyProtocol(request: IncomingMessage): string | undefined {
  const header = request.headers['x-stream-protocol-version'] ?? '';
  const offered = String(header)
    .split(',')
    .map((name) => name.trim());
  const wanted = isPortForward(request) ? 'portforward.k8s.io' : 'v4.channel.k8s.io';
  return offered.includes(wanted) ? wanted : undefined;
}

function spdyTransport(request: IncomingMessage, socket: Duplex, head: Buffer): Transport | undefined {
  const protocol = spdyProtocol(request);
  if (protocol === undefined) return undefined;
  return (accepted) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
    );
    accepted((peer) => {
      const carrier: ByteCarrier = {
        write: (bytes) => socket.write(bytes),
        close: () => socket.end(),
      };
      const client =
        protocol === 'portforward.k8s.io' ? spdyPortClient(carrier, peer) : spdyProcessClient(carrier, peer);
      socket.on('data', (bytes: Buffer) => client.receive(bytes));
      if (head.length > 0) client.receive(head);
      return client;
    });
  };
}

/** How to speak with a client that wants to upgrade; undefined when it asks for nothing that is known. */
export function transportOf(request: IncomingMessage, socket: Duplex, head: Buffer): Transport | undefined {
  switch ((request.headers.upgrade ?? '').toLowerCase()) {
    case 'websocket':
      return webSocketTransport(request, socket, head);
    case 'spdy/3.1':
      return spdyTransport(request, socket, head);
    default:
      return undefined;
  }
}
