import { bytesToLatin1, latin1ToBytes } from '../../../../cluster/network/byte-text.ts';
import type { ProcessStream } from '../../../../cluster/network/stream-message.ts';
import { streamMessageOf } from '../../../../cluster/network/stream-message.ts';
import type { StreamClient, StreamPeer } from '../interface.ts';
import { PortConnections } from '../port-connections.ts';
import { parseSize } from '../websocket.ts';
import type { SpdyStream } from './connection.ts';
import { SpdyConnection } from './connection.ts';
import type { ByteCarrier } from './connection.ts';

/** What a SPDY client is made of: what it tells the cluster, and where its own bytes go in. */
export interface SpdyClient extends StreamClient {
  receive(bytes: Buffer): void;
}

type Side = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

/**
 * exec and attach over SPDY (`v4.channel.k8s.io`): a stream each for input, output, size and the final Status. Models
 * k8s.io/kubelet/pkg/cri/streaming/remotecommand (v0.34). The process may write before its streams are open.
 */
export function spdyProcessClient(carrier: ByteCarrier, peer: StreamPeer): SpdyClient {
  const streams = new Map<Side, SpdyStream>();
  const waiting = new Map<Side, Buffer[]>();
  let over = false;
  const write = (side: Side, bytes: Buffer): void => {
    const stream = streams.get(side);
    if (stream !== undefined) stream.write(bytes);
    else waiting.set(side, [...(waiting.get(side) ?? []), bytes]);
  };
  const connection = new SpdyConnection(carrier, (stream) => {
    const side = (stream.headers.get('streamtype') ?? '') as Side;
    streams.set(side, stream);
    if (side === 'stdin') {
      stream.onData = (bytes) => peer.send({ type: 'data', stream: 'stdin', data: bytesToLatin1(bytes) });
      stream.onEnd = () => peer.send({ type: 'close', stream: 'stdin' });
    } else if (side === 'resize') {
      let text = '';
      stream.onData = (bytes) => {
        text += bytes.toString('utf8');
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const size of lines.map(parseSize))
          if (size !== undefined) peer.send({ type: 'resize', ...size });
      };
    }
    for (const bytes of waiting.get(side) ?? []) stream.write(bytes);
    waiting.delete(side);
    // The Status may have come before its stream.
    if (over) stream.end();
  });
  const outputs: Readonly<Record<ProcessStream, Side>> = {
    stdin: 'stdin',
    stdout: 'stdout',
    stderr: 'stderr',
  };
  return {
    receive: (bytes) => connection.receive(bytes),
    deliver(body) {
      const message = streamMessageOf(body);
      if (message?.type === 'data') write(outputs[message.stream], Buffer.from(latin1ToBytes(message.data)));
      else if (message?.type === 'status')
        write('error', Buffer.from(JSON.stringify(message.status), 'utf8'));
    },
    end(error) {
      over = true;
      if (error !== undefined) connection.close();
      else for (const stream of streams.values()) stream.end();
    },
  };
}

/**
 * Port-forward over SPDY (`portforward.k8s.io`): a stream for errors and one for data each connection. Models
 * k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go (v0.34).
 */
export function spdyPortClient(carrier: ByteCarrier, peer: StreamPeer): SpdyClient {
  const ports = new PortConnections(peer);
  const errors = new Map<string, SpdyStream>();
  const connection = new SpdyConnection(carrier, (stream) => {
    const id = stream.headers.get('requestid') ?? stream.headers.get('port') ?? '';
    if (stream.headers.get('streamtype') === 'error') {
      errors.set(id, stream);
      return;
    }
    const failures = errors.get(id);
    errors.delete(id);
    const number = ports.open(Number(stream.headers.get('port')), {
      data: (bytes) => stream.write(Buffer.from(bytes)),
      error: (text) => failures?.write(Buffer.from(text, 'utf8')),
      closed: () => {
        stream.end();
        failures?.end();
      },
    });
    stream.onData = (bytes) => ports.write(number, bytes);
    stream.onEnd = () => ports.endInput(number);
  });
  return {
    receive: (bytes) => connection.receive(bytes),
    deliver: (body) => ports.deliver(body),
    end() {
      ports.close();
      connection.close();
    },
  };
}
