import type { SpdyHeaders } from './header-codec.ts';
import { HeaderCodec } from './header-codec.ts';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const FIN = 1;
const PROTOCOL_ERROR = 1;
/** A frame's largest data, as we write it. */
const CHUNK = 32 * 1024;
/** No frame of these clients is larger; what is, ends the connection. */
const FRAME_LIMIT = 4 * 1024 * 1024;

/** What carries the bytes of a connection: a socket, or a WebSocket with a tunnel in it. */
export interface ByteCarrier {
  write(bytes: Buffer): void;
  /** Ends it; nothing comes any more. */
  close(): void;
}

/** One stream that the client opened. */
export interface SpdyStream {
  readonly headers: SpdyHeaders;
  onData: (bytes: Buffer) => void;
  /** The client sends nothing more, or has given the stream up. */
  onEnd: () => void;
  write(bytes: Buffer): void;
  end(): void;
}

/**
 * The server's side of a SPDY/3.1 connection as kubectl uses it: the client opens streams, both write data, either ends its
 * half. No flow control (github.com/moby/spdystream has none either), no push, no settings.
 */
export class SpdyConnection {
  readonly #carrier: ByteCarrier;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #codec = new HeaderCodec();
  readonly #streams = new Map<number, SpdyStream>();
  #unread: Buffer = Buffer.alloc(0);
  /** Frames are handled one after the other: header blocks are decompressed asynchronously. */
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(carrier: ByteCarrier, onStream: (stream: SpdyStream) => void) {
    this.#carrier = carrier;
    this.#onStream = onStream;
  }

  receive(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= 8) {
      const length = this.#unread.readUIntBE(5, 3);
      if (length > FRAME_LIMIT) return this.close();
      if (this.#unread.length < 8 + length) return;
      const frame = this.#unread.subarray(0, 8 + length);
      this.#unread = this.#unread.subarray(8 + length);
      this.#turn = this.#turn
        .then(() => this.#frame(frame))
        // A client that breaks the protocol loses its connection.
        .catch(() => this.close());
    }
  }

  async #frame(frame: Buffer): Promise<void> {
    if (this.#closed) return;
    const body = frame.subarray(8);
    const flags = frame[4] ?? 0;
    if (frame.readUInt8(0) < 0x80) {
      const stream = this.#streams.get(frame.readUInt32BE(0));
      if (stream === undefined) this.#control(RST_STREAM, 0, idAnd(frame.readUInt32BE(0), PROTOCOL_ERROR));
      else {
        if (body.length > 0) stream.onData(body);
        if ((flags & FIN) !== 0) stream.onEnd();
      }
      return;
    }
    switch (frame.readUInt16BE(2)) {
      case SYN_STREAM:
        return this.#open(body.readUInt32BE(0), await this.#codec.decode(body.subarray(10)), flags);
      case RST_STREAM: {
        const id = body.readUInt32BE(0);
        this.#streams.get(id)?.onEnd();
        this.#streams.delete(id);
        return;
      }
      case PING:
        return this.#control(PING, 0, body);
      case GOAWAY:
        return;
      default:
        // Settings and window updates change nothing here.
        return;
    }
  }

  async #open(id: number, headers: SpdyHeaders, flags: number): Promise<void> {
    const stream: SpdyStream = {
      headers,
      onData: () => undefined,
      onEnd: () => undefined,
      write: (bytes) => {
        for (let at = 0; at < bytes.length; at += CHUNK) this.#data(id, bytes.subarray(at, at + CHUNK), 0);
      },
      end: () => this.#data(id, Buffer.alloc(0), FIN),
    };
    this.#streams.set(id, stream);
    this.#control(SYN_REPLY, 0, Buffer.concat([idAnd(id), await this.#codec.encodeEmpty()]));
    this.#onStream(stream);
    if ((flags & FIN) !== 0) stream.onEnd();
  }

  #control(type: number, flags: number, body: Buffer): void {
    if (this.#closed) return;
    const head = Buffer.alloc(8);
    head.writeUInt16BE(0x8003, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(body.length, 4);
    head.writeUInt8(flags, 4);
    this.#carrier.write(Buffer.concat([head, body]));
  }

  #data(id: number, bytes: Buffer, flags: number): void {
    if (this.#closed) return;
    const head = Buffer.alloc(8);
    head.writeUInt32BE(id, 0);
    head.writeUInt32BE(bytes.length, 4);
    head.writeUInt8(flags, 4);
    this.#carrier.write(Buffer.concat([head, bytes]));
  }

  /** Ends the connection and tells the streams. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of this.#streams.values()) stream.onEnd();
    this.#streams.clear();
    this.#codec.dispose();
    this.#carrier.close();
  }
}

function idAnd(id: number, value?: number): Buffer {
  const bytes = Buffer.alloc(value === undefined ? 4 : 8);
  bytes.writeUInt32BE(id, 0);
  if (value !== undefined) bytes.writeUInt32BE(value, 4);
  return bytes;
}
