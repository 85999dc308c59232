import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { bytesToLatin1, latin1ToBytes } from '../../../cluster/network/byte-text.ts';
import { streamMessageOf } from '../../../cluster/network/stream-message.ts';
import type { StreamClient, StreamPeer } from './interface.ts';
import { PortConnections } from './port-connections.ts';
import type { ByteCarrier } from './spdy/connection.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** Only in v5: the stream whose number follows has ended. */
const CLOSE = 255;

/** For processes, in order of preference. v4 and older cannot say that standard input has ended. */
export const CHANNEL_PROTOCOLS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const server = new WebSocketServer({
  noServer: true,
  handleProtocols: () => false,
  maxPayload: 32 * 1024 * 1024,
});
const protocols = new WeakMap<IncomingMessage, string>();
server.on('headers', (headers, request) => {
  const protocol = protocols.get(request);
  // `ws` takes no slash in a name, but one of Kubernetes' has one.
  if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

/** Subprotocols that a client offers, in its order. */
export function offeredProtocols(request: IncomingMessage): string[] {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Completes a WebSocket handshake with one of the offered subprotocols. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
  ready: (websocket: WebSocket) => void,
): void {
  protocols.set(request, protocol);
  delete request.headers['sec-websocket-protocol'];
  server.handleUpgrade(request, socket, head, ready);
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** exec and attach over a WebSocket: the first byte of each message is its channel. Models kubelet's remotecommand (v1.34). */
export function channelClient(websocket: WebSocket, peer: StreamPeer): StreamClient {
  websocket.on('message', (data: Buffer | ArrayBuffer | Buffer[]) => {
    const bytes = bytesOf(data);
    const payload = bytes.subarray(1);
    if (bytes[0] === STDIN) peer.send({ type: 'data', stream: 'stdin', data: bytesToLatin1(payload) });
    else if (bytes[0] === CLOSE && payload[0] === STDIN) peer.send({ type: 'close', stream: 'stdin' });
    else if (bytes[0] === RESIZE) {
      const size = parseSize(payload.toString('utf8'));
      if (size !== undefined) peer.send({ type: 'resize', ...size });
    }
  });
  websocket.on('close', () => peer.gone());
  websocket.on('error', () => websocket.terminate());
  const send = (channel: number, payload: Uint8Array): void =>
    websocket.send(Buffer.concat([Buffer.from([channel]), payload]));
  return {
    deliver(body) {
      const message = streamMessageOf(body);
      if (message?.type === 'data')
        send(message.stream === 'stderr' ? STDERR : STDOUT, latin1ToBytes(message.data));
      else if (message?.type === 'status') send(ERROR, Buffer.from(JSON.stringify(message.status), 'utf8'));
    },
    end(error) {
      if (error === undefined) websocket.close(1000);
      else websocket.terminate();
    },
  };
}

/**
 * Port-forward over a WebSocket (`v4.channel.k8s.io`): channels 2n and 2n+1 are data and errors of the n-th port asked for;
 * the first message of each is the port, little-endian. Models k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go.
 */
export function portChannelClient(
  websocket: WebSocket,
  peer: StreamPeer,
  asked: readonly number[],
): StreamClient {
  const ports = new PortConnections(peer);
  const send = (channel: number, payload: Uint8Array): void =>
    websocket.send(Buffer.concat([Buffer.of(channel), payload]));
  const connections = asked.map((port, index) => {
    const greeting = Buffer.alloc(2);
    greeting.writeUInt16LE(port, 0);
    send(2 * index, greeting);
    send(2 * index + 1, greeting);
    return ports.open(port, {
      data: (bytes) => send(2 * index, bytes),
      error: (text) => send(2 * index + 1, Buffer.from(text, 'utf8')),
      closed: () => {
        if (ports.none) websocket.close(1000);
      },
    });
  });
  websocket.on('message', (data: Buffer | ArrayBuffer | Buffer[]) => {
    const bytes = bytesOf(data);
    const channel = bytes[0] ?? 0;
    const connection = connections[channel / 2];
    if (connection !== undefined) ports.write(connection, bytes.subarray(1));
  });
  websocket.on('close', () => peer.gone());
  websocket.on('error', () => websocket.terminate());
  return {
    deliver: (body) => ports.deliver(body),
    end: () => websocket.close(1000),
  };
}

/** The bytes of a tunnel: binary messages without any frame of their own. */
export function tunnel(
  websocket: WebSocket,
  receive: (bytes: Buffer) => void,
  gone: () => void,
): ByteCarrier {
  websocket.on('message', (data: Buffer | ArrayBuffer | Buffer[]) => receive(bytesOf(data)));
  websocket.on('close', gone);
  websocket.on('error', () => websocket.terminate());
  return {
    write: (bytes) => websocket.send(bytes),
    close: () => websocket.close(1000),
  };
}

/** `{"Width":80,"Height":24}`; clients differ in capitals, and Go reads either. */
export function parseSize(text: string): { width: number; height: number } | undefined {
  try {
    const fields = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const size = Object.fromEntries(
      Object.entries(fields ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const { width, height } = size;
    return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
  } catch {
    // A malformed size changes nothing.
    return undefined;
  }
}
