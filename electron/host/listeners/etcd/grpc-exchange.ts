import type { ServerStream } from '../http2/interface.ts';
import { encodeMessage } from './codec/encode.ts';
import type { MethodType } from './codec/schema.ts';
import type { GrpcFailure } from './grpc-status.ts';
import { failureHead, failureTrailers, RESPONSE_HEAD, TRAILERS_OK } from './grpc-status.ts';

/** A gRPC message's prefix: not compressed, and its length. */
const PREFIX = 5;

/** The answering side of one gRPC call. */
export class GrpcExchange {
  readonly method: MethodType;
  readonly stream: ServerStream;
  #begun = false;
  #ended = false;

  constructor(method: MethodType, stream: ServerStream) {
    this.method = method;
    this.stream = stream;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Sends the head now, for a stream whose first message may be long in coming. */
  begin(): void {
    if (this.#begun || this.#ended) return;
    this.#begun = true;
    this.stream.respond(RESPONSE_HEAD, false);
  }

  send(response: object): void {
    if (this.#ended) return;
    this.begin();
    const bytes = encodeMessage(this.method.response, response, PREFIX);
    bytes[0] = 0;
    bytes.writeUInt32BE(bytes.length - PREFIX, 1);
    this.stream.write(bytes);
  }

  finish(): void {
    if (this.#ended) return;
    this.begin();
    this.#ended = true;
    this.stream.end(TRAILERS_OK);
  }

  fail(failure: GrpcFailure): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#begun) this.stream.end(failureTrailers(failure));
    else this.stream.respond(failureHead(failure), true);
  }

  /** The client has gone. */
  abandon(): void {
    this.#ended = true;
  }
}
