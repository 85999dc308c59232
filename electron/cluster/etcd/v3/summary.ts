import { byteStringToUtf8 } from '../../../base/byte-string.ts';
import type {
  RequestOp,
  TxnRequest,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from '../client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';
import { prefixEnd } from '../client/prefix.ts';

/** Which keys, for people: `/registry/pods/…` for a prefix, `[a, b)` for a range. */
function keys(key: string, end = ''): string {
  if (end === '') return byteStringToUtf8(key);
  if (end === '\0') return key === '\0' ? 'all keys' : `from ${byteStringToUtf8(key)}`;
  if (end === prefixEnd(key)) return `${byteStringToUtf8(key)}…`;
  // A list goes on where the page before ended.
  return `[${byteStringToUtf8(key)}, ${byteStringToUtf8(end)})`;
}

/** One line of what a call is about, e.g. `Txn put /registry/pods/default/web-1`. */
export function summarizeCall<M extends EtcdMethod>(method: M, request: EtcdMethods[M]['request']): string {
  switch (method) {
    case 'Range': {
      const range = request as EtcdMethods['Range']['request'];
      return `Range ${keys(range.key, range.rangeEnd)}`;
    }
    case 'Put':
      return `Put ${keys((request as EtcdMethods['Put']['request']).key)}`;
    case 'DeleteRange': {
      const range = request as EtcdMethods['DeleteRange']['request'];
      return `DeleteRange ${keys(range.key, range.rangeEnd)}`;
    }
    case 'Txn':
      return `Txn ${summarizeTxn(request as TxnRequest)}`;
    case 'Compact':
      return `Compact to revision ${(request as EtcdMethods['Compact']['request']).revision}`;
    default:
      return method;
  }
}

function summarizeTxn(txn: TxnRequest): string {
  const first = txn.success[0] ?? txn.failure[0];
  if (first === undefined) return '(nothing)';
  const rest = txn.success.length > 1 ? ` and ${txn.success.length - 1} more` : '';
  return summarizeOp(first) + rest;
}

function summarizeOp(op: RequestOp): string {
  if ('requestPut' in op) return `put ${keys(op.requestPut.key)}`;
  if ('requestDeleteRange' in op)
    return `delete ${keys(op.requestDeleteRange.key, op.requestDeleteRange.rangeEnd)}`;
  if ('requestRange' in op) return `get ${keys(op.requestRange.key, op.requestRange.rangeEnd)}`;
  return 'txn';
}

export function summarizeWatch(request: WatchCreateRequest): string {
  const from = (request.startRevision ?? 0) > 0 ? ` from revision ${request.startRevision}` : '';
  return `Watch ${keys(request.key, request.rangeEnd)}${from}`;
}

export function summarizeWatchRequest(request: WatchRequest): string {
  if ('createRequest' in request) return summarizeWatch(request.createRequest);
  return 'cancelRequest' in request ? `cancel watch ${request.cancelRequest.watchId}` : 'request progress';
}

export function summarizeWatchResponse(response: WatchResponse): string {
  if (response.created) return 'watch created';
  if (response.canceled)
    return `watch canceled${response.compactRevision === undefined ? '' : `: compacted at ${response.compactRevision}`}`;
  const { events } = response;
  const first = events[0];
  if (first === undefined) return `progress: revision ${response.header.revision}`;
  const rest = events.length > 1 ? ` and ${events.length - 1} more` : '';
  return `${first.type} ${byteStringToUtf8(first.kv.key)}${rest}`;
}
