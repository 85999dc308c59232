/**
 * HTTP as it crosses the simulated network. One connection carries many calls at once (as HTTP/2 does),
 * told apart by `call`. Between simulated components a body is the decoded, immutable JavaScript value;
 * a request that came from outside carries the bytes that the client sent, and its answer is serialised
 * by the gateway.
 */
export type HttpBody =
  | { readonly type: 'object'; readonly value: unknown }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'text'; readonly text: string };

/** Header names are lower case. */
export type HttpHeaders = Readonly<Record<string, string>>;

export interface HttpRequest {
  readonly method: string;
  /** Path and query, still escaped, e.g. `/api/v1/pods?limit=500`. */
  readonly target: string;
  readonly headers: HttpHeaders;
  readonly body?: HttpBody;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Absent on a stream. */
  readonly body?: HttpBody;
  /** True when items follow (a watch, followed logs), until an end. */
  readonly stream?: boolean;
  /** Values of `Warning` response headers (299). */
  readonly warnings?: readonly string[];
}

/** Payloads on an `https` connection. */
export type HttpFrame =
  | { readonly type: 'request'; readonly call: number; readonly request: HttpRequest }
  | { readonly type: 'cancel'; readonly call: number }
  | { readonly type: 'response'; readonly call: number; readonly response: HttpResponse }
  | { readonly type: 'item'; readonly call: number; readonly body: HttpBody }
  | { readonly type: 'upload'; readonly call: number; readonly body: HttpBody }
  | { readonly type: 'end'; readonly call: number; readonly reason?: EndReason };

/** Why a server ended a stream, where that is not news: a client begins the next one as a matter of course. */
export type EndReason = 'timeout';

/** The end of a stream as the causal log tells it. */
export function endSummary(reason?: EndReason): string {
  return reason === undefined ? 'end of stream' : `end of stream (${reason})`;
}

/** The server's side of one call. */
export interface HttpExchange {
  readonly request: HttpRequest;
  /**
   * Answers and ends, unless `response.stream` is set: then items may follow until `end`. `detail` goes to the
   * causal log beside the answer (each stage's verdict).
   */
  respond(response: HttpResponse, detail?: Readonly<Record<string, unknown>>): void;
  sendItem(body: HttpBody, summary: string): void;
  /** Ends the stream; `timeout`: because the time that the client gave it is over. */
  end(reason?: EndReason): void;
  /** What the client sends after an upgrade (a 101 answer with `stream`). One handler; set it before answering. */
  onUpload(handler: (body: HttpBody) => void): void;
  /** The client has gone or cancelled: release what serves this call. */
  onCancel(handler: () => void): void;
}

/** The client's side of a streamed answer. */
export interface HttpStream {
  readonly response: HttpResponse;
  /** After an upgrade: sends to the server. Nothing happens once the call is over. */
  send(body: HttpBody, summary: string): void;
  cancel(): void;
}

export interface HttpStreamHandlers {
  onItem(body: HttpBody): void;
  /** `error` is set when the connection broke rather than the server ending the stream. */
  onEnd(error?: Error): void;
}
