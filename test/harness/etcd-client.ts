import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:http2';
import { decodeMessage } from '../../electron/host/listeners/etcd/codec/decode.ts';
import { encodeMessage } from '../../electron/host/listeners/etcd/codec/encode.ts';
import type { MethodType } from '../../electron/host/listeners/etcd/codec/schema.ts';
import { METHODS } from '../../electron/host/listeners/etcd/codec/schema.ts';

type Message = Readonly<Record<string, unknown>>;

export interface WatchSession {
  send(request: object): void;
  close(): void;
}

/** A small gRPC client over Node's HTTP/2, the same for a real etcd and for ours. Plain text only. */
export class EtcdTestClient {
  readonly #session: ClientHttp2Session;

  constructor(url: string) {
    this.#session = connect(url);
    // Each call hears of it by itself.
    this.#session.on('error', () => undefined);
    this.#session.setMaxListeners(0);
  }

  /** The response; rejects with the status' number and text, or when the connection breaks. */
  call(path: string, request: object): Promise<Message> {
    const method = methodOf(path);
    const body = frame(method, request);
    return new Promise((resolve, reject) => {
      const stream = this.#session.request(headers(path));
      const parts: Buffer[] = [];
      let status: Message = {};
      stream.on('response', (got) => (status = got['grpc-status'] === undefined ? status : got));
      stream.on('trailers', (got) => (status = got));
      stream.on('data', (chunk: Buffer) => parts.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => {
        if (status['grpc-status'] !== '0')
          reject(new Error(`${String(status['grpc-status'])}: ${String(status['grpc-message'])}`));
        else resolve(decodeMessage(method.response, Buffer.concat(parts).subarray(5)));
      });
      stream.end(body);
    });
  }

  watch(onResponse: (response: Message) => void): WatchSession {
    const method = methodOf('/etcdserverpb.Watch/Watch');
    const stream = this.#session.request(headers(method.path), { endStream: false });
    let rest: Buffer = Buffer.alloc(0);
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const end = 5 + rest.readUInt32BE(1);
        onResponse(decodeMessage(method.response, rest.subarray(5, end)));
        rest = rest.subarray(end);
      }
    });
    return { send: (request) => void stream.write(frame(method, request)), close: () => stream.close() };
  }

  close(): void {
    this.#session.destroy();
  }
}

function methodOf(path: string): MethodType {
  const method = METHODS.get(path);
  if (method === undefined) throw new Error(`there is no method ${path}`);
  return method;
}

function headers(path: string): Record<string, string> {
  return { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
}

function frame(method: MethodType, request: object): Buffer {
  const bytes = encodeMessage(method.request, request, 5);
  bytes[0] = 0;
  bytes.writeUInt32BE(bytes.length - 5, 1);
  return bytes;
}
