/** What the application does with a request's body. */
export interface StreamHandler {
  /** The bytes are only lent: they belong to the connection's read buffer. */
  onData(bytes: Buffer): void;
  /** The client has sent everything. */
  onEnd(): void;
  /** The client gave the request up, or the connection went. Nothing comes after, and nothing can be sent. */
  onReset(): void;
}

/** One request and its response. What is written after the end or a reset is dropped. */
export interface ServerStream {
  /** As they came, `:method`, `:path` and `:authority` among them. Of a repeated field the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes written and not yet sent, because the client does not read. */
  readonly unsent: number;
  /** Told when `unsent` has become 0 again. */
  onDrain: (() => void) | undefined;
  /** Header blocks are complete ones, see `encodeHeaders`. */
  respond(block: Buffer, end: boolean): void;
  write(bytes: Buffer): void;
  /** The end of the body, after all that was written, with trailers. */
  end(trailers: Buffer): void;
  reset(code: number): void;
  /** Lets the client send so many more bytes: those that came are done with. */
  consume(bytes: number): void;
}

export interface ServerSessionOptions {
  readonly onStream: (stream: ServerStream) => StreamHandler;
  /** Requests that one client may have open. */
  readonly maxStreams: number;
  /** Bytes of one request's headers, uncompressed. */
  readonly maxHeaderBytes: number;
  /** Bytes that a client may send on one stream, and on all of them, before they are consumed. */
  readonly streamWindow: number;
  readonly connectionWindow: number;
}
