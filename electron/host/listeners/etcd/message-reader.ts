import type { GrpcFailure } from './grpc-status.ts';

const PREFIX = 5;

/** Cuts the bytes of a request into gRPC's length-prefixed messages. */
export class MessageReader {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #size = 0;
  /** Prefix and message; known once the prefix is here. */
  #wanted = PREFIX;

  /** @param limit bytes of one message */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes kept because their message is not complete. */
  get buffered(): number {
    return this.#size;
  }

  /** Hands over every message that is complete, lent. Returns what is wrong with the stream, if anything. */
  read(chunk: Buffer, handle: (message: Buffer) => void): GrpcFailure | undefined {
    let bytes = chunk;
    if (this.#size > 0) {
      this.#parts.push(Buffer.from(chunk));
      this.#size += chunk.length;
      if (this.#size < this.#wanted) return undefined;
      bytes = Buffer.concat(this.#parts, this.#size);
      this.#parts = [];
      this.#size = 0;
    }
    let at = 0;
    while (bytes.length - at >= PREFIX) {
      const failure = this.#check(bytes, at);
      if (failure !== undefined) return failure;
      const end = at + PREFIX + bytes.readUInt32BE(at + 1);
      this.#wanted = end - at;
      if (end > bytes.length) break;
      handle(bytes.subarray(at + PREFIX, end));
      this.#wanted = PREFIX;
      at = end;
    }
    if (at < bytes.length) {
      // Not a view: it would keep the whole piece alive.
      this.#parts = [Buffer.from(bytes.subarray(at))];
      this.#size = bytes.length - at;
    }
    return undefined;
  }

  #check(bytes: Buffer, at: number): GrpcFailure | undefined {
    const flag = bytes[at] as number;
    if (flag === 1) {
      return {
        code: 'Internal',
        message: 'grpc: compressed flag set with identity or empty encoding',
      };
    }
    if (flag !== 0) return { code: 'Internal', message: `grpc: received unexpected payload format ${flag}` };
    const length = bytes.readUInt32BE(at + 1);
    if (length <= this.#limit) return undefined;
    return {
      code: 'ResourceExhausted',
      message: `grpc: received message larger than max (${length} vs. ${this.#limit})`,
    };
  }
}
