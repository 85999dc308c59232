import { Flag, FrameType } from './frames.ts';
import type { ServerStream, StreamHandler } from './interface.ts';

/** What a stream asks of its connection. */
export interface Carrier {
  /** Bytes of DATA that may be sent now on any stream. */
  readonly budget: number;
  readonly maxFrame: number;
  send(type: number, flags: number, stream: number, payload: Buffer): void;
  sendData(flags: number, stream: number, payload: Buffer): void;
  /** Waits for a larger budget. */
  wait(stream: OutgoingStream): void;
  /** Both sides have ended. */
  ended(stream: OutgoingStream): void;
  consumed(stream: OutgoingStream, bytes: number): void;
  reset(stream: OutgoingStream, code: number): void;
}

/** One stream of a session: its windows, and what is still to be sent. */
export class OutgoingStream implements ServerStream {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
  handler: StreamHandler | undefined;
  onDrain: (() => void) | undefined;
  /** Bytes that may still be sent, and may still come. */
  sendWindow: number;
  receiveWindow: number;
  /** Consumed bytes for which no credit was given yet. */
  unacknowledged = 0;
  /** The client has sent its last. */
  remoteEnded = false;
  closed = false;
  unsent = 0;
  readonly #carrier: Carrier;
  readonly #queue: Buffer[] = [];
  #trailers: Buffer | undefined;

  constructor(
    id: number,
    headers: ReadonlyMap<string, string>,
    carrier: Carrier,
    windows: { readonly send: number; readonly receive: number },
  ) {
    this.id = id;
    this.headers = headers;
    this.#carrier = carrier;
    this.sendWindow = windows.send;
    this.receiveWindow = windows.receive;
  }

  respond(block: Buffer, end: boolean): void {
    if (this.closed) return;
    this.#carrier.send(FrameType.headers, Flag.endHeaders | (end ? Flag.endStream : 0), this.id, block);
    if (end) this.#carrier.ended(this);
  }

  write(bytes: Buffer): void {
    if (this.closed || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.unsent += bytes.length;
    this.pump();
  }

  end(trailers: Buffer): void {
    if (this.closed || this.#trailers !== undefined) return;
    this.#trailers = trailers;
    this.pump();
  }

  reset(code: number): void {
    if (!this.closed) this.#carrier.reset(this, code);
  }

  consume(bytes: number): void {
    if (!this.closed) this.#carrier.consumed(this, bytes);
  }

  /** Sends as much as the windows let through. */
  pump(): void {
    if (this.closed) return;
    const had = this.unsent;
    while (this.unsent > 0) {
      const first = this.#queue[0] as Buffer;
      const { budget, maxFrame } = this.#carrier;
      const size = Math.min(first.length, maxFrame, this.sendWindow, budget);
      if (size <= 0) {
        if (this.sendWindow > 0) this.#carrier.wait(this);
        return;
      }
      if (size === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(size);
      this.unsent -= size;
      this.sendWindow -= size;
      this.#carrier.sendData(0, this.id, size === first.length ? first : first.subarray(0, size));
    }
    if (this.#trailers !== undefined) {
      this.#carrier.send(FrameType.headers, Flag.endHeaders | Flag.endStream, this.id, this.#trailers);
      this.#carrier.ended(this);
    } else if (had > 0) this.onDrain?.();
  }

  /** Nothing is sent any more. */
  drop(): void {
    this.closed = true;
    this.#queue.length = 0;
    this.unsent = 0;
  }
}
