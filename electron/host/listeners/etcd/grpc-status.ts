import type { GrpcCode } from '../../../cluster/etcd/client/interface.ts';
import { encodeHeaders } from '../http2/hpack-encoder.ts';

/** Number and HTTP status (grpc-gateway's mapping) of each gRPC code. */
export const GRPC_CODES: Readonly<Record<GrpcCode, { readonly number: number; readonly http: number }>> = {
  Canceled: { number: 1, http: 408 },
  Unknown: { number: 2, http: 500 },
  InvalidArgument: { number: 3, http: 400 },
  DeadlineExceeded: { number: 4, http: 504 },
  NotFound: { number: 5, http: 404 },
  AlreadyExists: { number: 6, http: 409 },
  PermissionDenied: { number: 7, http: 403 },
  ResourceExhausted: { number: 8, http: 429 },
  FailedPrecondition: { number: 9, http: 412 },
  Aborted: { number: 10, http: 409 },
  OutOfRange: { number: 11, http: 400 },
  Unimplemented: { number: 12, http: 501 },
  Internal: { number: 13, http: 500 },
  Unavailable: { number: 14, http: 503 },
  DataLoss: { number: 15, http: 500 },
  Unauthenticated: { number: 16, http: 401 },
};

/** How a call ended, when not well. */
export interface GrpcFailure {
  readonly code: GrpcCode;
  readonly message: string;
}

/** The head of every gRPC response. */
export const RESPONSE_HEAD = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc'],
]);

export const TRAILERS_OK = encodeHeaders([
  ['grpc-status', '0'],
  ['grpc-message', ''],
]);

/** gRPC's percent encoding: what is not printable ASCII, byte by byte. */
function encodeMessageText(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  let encoded = '';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function statusFields({ code, message }: GrpcFailure): [string, string][] {
  return [
    ['grpc-status', String(GRPC_CODES[code].number)],
    ['grpc-message', encodeMessageText(message)],
  ];
}

export function failureTrailers(failure: GrpcFailure): Buffer {
  return encodeHeaders(statusFields(failure));
}

/** Head and trailers in one, for a call that fails before it has said anything. */
export function failureHead(failure: GrpcFailure): Buffer {
  return encodeHeaders([[':status', '200'], ['content-type', 'application/grpc'], ...statusFields(failure)]);
}
