import type { Duplex } from 'node:stream';
import { ConnectionError, ErrorCode } from './errors.ts';
import type { Frame } from './frames.ts';
import { Flag, frameHeader, FrameReader, FrameType, PREFACE, Setting, unpadded, words } from './frames.ts';
import type { HeaderField } from './hpack-decoder.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import type { ServerSessionOptions } from './interface.ts';
import type { Carrier } from './outgoing-stream.ts';
import { OutgoingStream } from './outgoing-stream.ts';

const DEFAULT_WINDOW = 65_535;
const MAX_WINDOW = 0x7fff_ffff;
const HEADER_TABLE = 4096;
/** A header block's bytes as they travel: more than a HEADERS and some CONTINUATION frames need. */
const MAX_BLOCK = 128 * 1024;
/** So much may wait in the socket before DATA is held back. */
const SOCKET_HIGH = 1024 * 1024;
/** A client that asks for answers (PING, SETTINGS, resets) and does not read them is cut off. */
const SOCKET_LIMIT = 64 * 1024 * 1024;
/** Streams that a client may open and take back without letting one of them be answered. */
const MAX_FRUITLESS_RESETS = 10_000;

/**
 * The server's side of one HTTP/2 connection (RFC 9113) over any byte stream. Every `:authority` is let through, also
 * those which a strict server refuses. What a client does wrong ends its stream or its connection, never more.
 */
export class ServerSession implements Carrier {
  readonly maxFrame = 16_384;
  readonly #socket: Duplex;
  readonly #options: ServerSessionOptions;
  readonly #reader = new FrameReader();
  readonly #hpack: HpackDecoder;
  readonly #streams = new Map<number, OutgoingStream>();
  readonly #waiting = new Set<OutgoingStream>();
  /** Open until the block of headers is complete. */
  #block: { readonly stream: number; readonly flags: number; parts: Buffer[]; size: number } | undefined;
  #preface = 0;
  #lastStream = 0;
  #initialWindow = DEFAULT_WINDOW;
  #sendWindow = DEFAULT_WINDOW;
  #receiveWindow = DEFAULT_WINDOW;
  /** Consumed bytes for which no credit was given yet. */
  #unacknowledged = 0;
  #resets = 0;
  #out: Buffer[] = [];
  #outBytes = 0;
  #flushing = false;
  #closed = false;

  constructor(socket: Duplex, options: ServerSessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#hpack = new HpackDecoder(HEADER_TABLE, options.maxHeaderBytes);
    socket.on('drain', () => this.#pumpWaiting());
    socket.on('close', () => this.#shut());
    const settings: number[] = [];
    const announce = (id: number, value: number): void =>
      void settings.push(id >> 8, id & 0xff, ...words(value));
    announce(Setting.maxConcurrentStreams, options.maxStreams);
    announce(Setting.initialWindowSize, options.streamWindow);
    announce(Setting.maxHeaderListSize, options.maxHeaderBytes);
    this.send(FrameType.settings, 0, 0, Buffer.from(settings));
    const more = options.connectionWindow - DEFAULT_WINDOW;
    if (more > 0) {
      this.#receiveWindow += more;
      this.send(FrameType.windowUpdate, 0, 0, words(more));
    }
  }

  /** How many streams are open. */
  get openStreams(): number {
    return this.#streams.size;
  }

  get budget(): number {
    if (this.#socket.writableLength + this.#outBytes > SOCKET_HIGH) return 0;
    return this.#sendWindow;
  }

  /** Bytes from the client. Never throws for what is in them. */
  receive(chunk: Buffer): void {
    if (this.#closed) return;
    try {
      let bytes = chunk;
      if (this.#preface < PREFACE.length) {
        const part = bytes.subarray(0, PREFACE.length - this.#preface);
        if (part.compare(PREFACE, this.#preface, this.#preface + part.length) !== 0) {
          throw new ConnectionError(ErrorCode.protocolError, 'this is no HTTP/2 preface');
        }
        this.#preface += part.length;
        bytes = bytes.subarray(part.length);
      }
      this.#reader.read(bytes, (received) => {
        if (!this.#closed) this.#handle(received);
      });
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.close(error.code, error.message);
    }
  }

  /** Says goodbye and closes; streams under way are dropped. */
  close(code: number = ErrorCode.noError, reason = ''): void {
    if (this.#closed) return;
    this.send(
      FrameType.goaway,
      0,
      0,
      Buffer.concat([words(this.#lastStream, code), Buffer.from(reason, 'utf8')]),
    );
    this.#flush();
    this.#shut();
    this.#socket.end();
    // Who does not close its own side is not waited for.
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }

  send(type: number, flags: number, stream: number, payload: Buffer): void {
    this.#push(frameHeader(payload.length, type, flags, stream));
    if (payload.length > 0) this.#push(payload);
  }

  sendData(flags: number, stream: number, payload: Buffer): void {
    this.#sendWindow -= payload.length;
    this.send(FrameType.data, flags, stream, payload);
  }

  wait(stream: OutgoingStream): void {
    this.#waiting.add(stream);
  }

  ended(stream: OutgoingStream): void {
    this.#resets = Math.max(0, this.#resets - 1);
    const { remoteEnded } = stream;
    this.#remove(stream);
    // The client need not send the rest.
    if (!remoteEnded) this.send(FrameType.rstStream, 0, stream.id, words(ErrorCode.noError));
  }

  reset(stream: OutgoingStream, code: number): void {
    this.#remove(stream);
    this.send(FrameType.rstStream, 0, stream.id, words(code));
  }

  /** Credit is given a quarter of the window at a time: most requests end before. */
  consumed(stream: OutgoingStream, bytes: number): void {
    stream.unacknowledged += bytes;
    if (stream.remoteEnded || stream.unacknowledged < this.#options.streamWindow / 4) return;
    this.send(FrameType.windowUpdate, 0, stream.id, words(stream.unacknowledged));
    stream.receiveWindow += stream.unacknowledged;
    stream.unacknowledged = 0;
  }

  #handle(received: Frame): void {
    const { type } = received;
    if (this.#block !== undefined && type !== FrameType.continuation)
      throw protocol('headers were interrupted');
    switch (type) {
      case FrameType.data:
        this.#data(received);
        return;
      case FrameType.headers:
        this.#headers(received);
        return;
      case FrameType.continuation:
        this.#continuation(received);
        return;
      case FrameType.rstStream:
        this.#rstStream(received);
        return;
      case FrameType.settings:
        this.#settings(received);
        return;
      case FrameType.ping:
        if (received.payload.length !== 8) throw frameSize('PING');
        if ((received.flags & Flag.ack) === 0)
          this.send(FrameType.ping, Flag.ack, 0, Buffer.from(received.payload));
        return;
      case FrameType.windowUpdate:
        this.#windowUpdate(received);
        return;
      case FrameType.pushPromise:
        throw protocol('a client cannot push');
      default:
        // PRIORITY means nothing to us; GOAWAY: it will close by itself; unknown types are to be ignored.
        return;
    }
  }

  #data(received: Frame): void {
    const { length } = received.payload;
    this.#receiveWindow -= length;
    if (this.#receiveWindow < 0)
      throw new ConnectionError(ErrorCode.flowControlError, 'the window was not kept');
    this.#credit(length);
    const stream = this.#streams.get(received.stream);
    if (stream === undefined || stream.remoteEnded) {
      if (received.stream === 0 || received.stream > this.#lastStream)
        throw protocol('DATA on an idle stream');
      return;
    }
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0) {
      this.#fail(stream, ErrorCode.flowControlError);
      return;
    }
    const bytes = unpadded(received);
    // Padding is consumed by nobody else.
    if (length > bytes.length) this.consumed(stream, length - bytes.length);
    if (bytes.length > 0) stream.handler?.onData(bytes);
    if ((received.flags & Flag.endStream) !== 0) this.#remoteEnd(stream);
  }

  /** The connection's own window follows what arrives: each stream has its own. */
  #credit(bytes: number): void {
    this.#unacknowledged += bytes;
    if (this.#unacknowledged < this.#options.connectionWindow / 4) return;
    this.send(FrameType.windowUpdate, 0, 0, words(this.#unacknowledged));
    this.#receiveWindow += this.#unacknowledged;
    this.#unacknowledged = 0;
  }

  #headers(received: Frame): void {
    const { stream, flags } = received;
    if (stream % 2 === 0) throw protocol('clients open odd streams');
    let fragment = unpadded(received);
    if ((flags & Flag.priority) !== 0) {
      if (fragment.length < 5) throw frameSize('HEADERS');
      fragment = fragment.subarray(5);
    }
    this.#block = { stream, flags, parts: [], size: 0 };
    this.#addToBlock(fragment, (flags & Flag.endHeaders) !== 0);
  }

  #continuation({ stream, flags, payload }: Frame): void {
    if (this.#block?.stream !== stream) throw protocol('CONTINUATION of nothing');
    this.#addToBlock(payload, (flags & Flag.endHeaders) !== 0);
  }

  #addToBlock(fragment: Buffer, isLast: boolean): void {
    const block = this.#block;
    if (block === undefined) return;
    block.size += fragment.length;
    if (block.size > MAX_BLOCK || block.parts.length > 64) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too many header bytes');
    }
    if (!isLast) {
      block.parts.push(Buffer.from(fragment));
      return;
    }
    this.#block = undefined;
    const fields = this.#hpack.decode(
      block.parts.length === 0 ? fragment : Buffer.concat([...block.parts, fragment]),
    );
    const known = this.#streams.get(block.stream);
    if (known !== undefined) this.#trailers(known, block.flags);
    else if (block.stream > this.#lastStream) this.#open(block.stream, block.flags, fields);
    // Else: trailers of a stream that we ended.
  }

  #trailers(stream: OutgoingStream, flags: number): void {
    if ((flags & Flag.endStream) === 0 || stream.remoteEnded) this.#fail(stream, ErrorCode.protocolError);
    else this.#remoteEnd(stream);
  }

  #open(id: number, flags: number, fields: readonly HeaderField[] | undefined): void {
    this.#lastStream = id;
    const refusal =
      this.#streams.size >= this.#options.maxStreams
        ? ErrorCode.refusedStream
        : fields === undefined
          ? ErrorCode.enhanceYourCalm
          : isRequest(fields)
            ? undefined
            : ErrorCode.protocolError;
    if (refusal !== undefined) {
      this.#countReset();
      this.send(FrameType.rstStream, 0, id, words(refusal));
      return;
    }
    const stream = new OutgoingStream(id, new Map(fields), this, {
      send: this.#initialWindow,
      receive: this.#options.streamWindow,
    });
    this.#streams.set(id, stream);
    stream.handler = this.#options.onStream(stream);
    if ((flags & Flag.endStream) !== 0) this.#remoteEnd(stream);
  }

  #remoteEnd(stream: OutgoingStream): void {
    stream.remoteEnded = true;
    stream.handler?.onEnd();
  }

  #rstStream({ stream: id, payload }: Frame): void {
    if (payload.length !== 4) throw frameSize('RST_STREAM');
    if (id === 0 || id > this.#lastStream) throw protocol('RST_STREAM of an idle stream');
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#countReset();
    this.#remove(stream);
    stream.handler?.onReset();
  }

  #countReset(): void {
    this.#resets += 1;
    if (this.#resets > MAX_FRUITLESS_RESETS) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too many streams were taken back');
    }
  }

  #settings({ flags, stream, payload }: Frame): void {
    if (stream !== 0) throw protocol('SETTINGS belong to the connection');
    if ((flags & Flag.ack) !== 0) return;
    if (payload.length % 6 !== 0) throw frameSize('SETTINGS');
    for (let at = 0; at < payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      if (payload.readUInt16BE(at) !== Setting.initialWindowSize) continue;
      if (value > MAX_WINDOW) throw new ConnectionError(ErrorCode.flowControlError, 'a window is too large');
      const difference = value - this.#initialWindow;
      this.#initialWindow = value;
      for (const open of this.#streams.values()) open.sendWindow += difference;
    }
    this.send(FrameType.settings, Flag.ack, 0, Buffer.alloc(0));
    for (const open of [...this.#streams.values()]) open.pump();
  }

  #windowUpdate({ stream: id, payload }: Frame): void {
    if (payload.length !== 4) throw frameSize('WINDOW_UPDATE');
    const more = payload.readUInt32BE(0) & MAX_WINDOW;
    if (id === 0) {
      this.#sendWindow += more;
      if (more === 0 || this.#sendWindow > MAX_WINDOW) throw protocol('a senseless window');
      this.#pumpWaiting();
      return;
    }
    if (id > this.#lastStream) throw protocol('WINDOW_UPDATE of an idle stream');
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.sendWindow += more;
    if (more === 0 || stream.sendWindow > MAX_WINDOW) this.#fail(stream, ErrorCode.flowControlError);
    else stream.pump();
  }

  #pumpWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const stream of waiting) stream.pump();
  }

  /** What the client did on one stream ends that stream. */
  #fail(stream: OutgoingStream, code: number): void {
    this.#countReset();
    this.reset(stream, code);
    stream.handler?.onReset();
  }

  #remove(stream: OutgoingStream): void {
    stream.drop();
    this.#streams.delete(stream.id);
    this.#waiting.delete(stream);
  }

  #push(bytes: Buffer): void {
    if (this.#closed) return;
    this.#out.push(bytes);
    this.#outBytes += bytes.length;
    if (this.#flushing) return;
    this.#flushing = true;
    // What one turn says leaves in one write.
    process.nextTick(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    const out = this.#out;
    if (out.length === 0 || this.#socket.destroyed) return;
    this.#out = [];
    this.#socket.write(out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out, this.#outBytes));
    this.#outBytes = 0;
    if (this.#socket.writableLength > SOCKET_LIMIT) this.#socket.destroy();
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    this.#waiting.clear();
    for (const stream of streams) {
      stream.drop();
      stream.handler?.onReset();
    }
  }
}

function protocol(message: string): ConnectionError {
  return new ConnectionError(ErrorCode.protocolError, message);
}

function frameSize(type: string): ConnectionError {
  return new ConnectionError(ErrorCode.frameSizeError, `a ${type} frame of the wrong size`);
}

function isRequest(fields: readonly HeaderField[]): boolean {
  const has = (name: string): boolean => fields.some(([field]) => field === name);
  return has(':method') && has(':path') && fields.every(([name]) => name === name.toLowerCase());
}
