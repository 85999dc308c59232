import type { RequestOp, TxnRequest } from '../client/interface.ts';
import type { InternalRequest } from './interface.ts';

/** Tags, lengths and small numbers of one message, about. */
const FRAMING = 16;

/** Bytes of a request in the log, about: what the limit on request sizes is compared with. */
export function requestSize(request: InternalRequest): number {
  if ('put' in request) return FRAMING + request.put.key.length + request.put.value.length;
  if ('deleteRange' in request) {
    return FRAMING + request.deleteRange.key.length + (request.deleteRange.rangeEnd?.length ?? 0);
  }
  if ('txn' in request) return txnSize(request.txn);
  return FRAMING;
}

function txnSize(txn: TxnRequest): number {
  let size = FRAMING;
  for (const compare of txn.compare) {
    size += FRAMING + compare.key.length + (compare.rangeEnd?.length ?? 0);
    if (compare.target === 'VALUE') size += compare.value.length;
  }
  for (const op of txn.success) size += opSize(op);
  for (const op of txn.failure) size += opSize(op);
  return size;
}

function opSize(op: RequestOp): number {
  if ('requestPut' in op) return requestSize({ put: op.requestPut });
  if ('requestDeleteRange' in op) return requestSize({ deleteRange: op.requestDeleteRange });
  if ('requestTxn' in op) return txnSize(op.requestTxn);
  return FRAMING + op.requestRange.key.length + (op.requestRange.rangeEnd?.length ?? 0);
}
