import type { Backend } from '../../backend/interface.ts';
import type { PutRequest, RequestOp, TxnRequest } from '../../client/interface.ts';
import type { InternalRequest } from '../interface.ts';

/** Bytes. */
const DEFAULT_QUOTA = 2 * 1024 ** 3;
const KEY_VALUE_OVERHEAD = 256;
const LEASE_OVERHEAD = 64;

/**
 * How large a member's backend may grow. Asked before a request is proposed, and by every member when it applies one.
 * Models server/storage/quota.go.
 */
export class Quota {
  readonly #backend: Backend;
  /** There is no room left on the machine, whatever the quota is. */
  readonly #isDiskFull: () => boolean;
  /** Infinity: none. */
  readonly bytes: number;

  /** `configured` as `--quota-backend-bytes`: 0 is the default of 2 GiB, below 0 is no quota. */
  constructor(backend: Backend, configured: number, isDiskFull: () => boolean = () => false) {
    this.#backend = backend;
    this.#isDiskFull = isDiskFull;
    this.bytes = configured === 0 ? DEFAULT_QUOTA : configured < 0 ? Infinity : configured;
  }

  /** Whether there is room for what a request would add. What adds nothing always fits. */
  available(request: InternalRequest): boolean {
    const isFull = this.#isDiskFull();
    if (this.bytes === Infinity && !isFull) return true;
    const cost = requestCost(request);
    if (isFull) return cost === 0;
    return cost === 0 || this.#backend.size().total + cost < this.bytes;
  }
}

/** Bytes that a request may add, about as upstream: nested transactions count nothing. */
export function requestCost(request: InternalRequest): number {
  if ('put' in request) return putCost(request.put);
  if ('txn' in request) return txnCost(request.txn);
  return 'leaseGrant' in request ? LEASE_OVERHEAD : 0;
}

export function txnCost({ success, failure }: TxnRequest): number {
  return Math.max(opsCost(success), opsCost(failure));
}

function opsCost(ops: readonly RequestOp[]): number {
  let cost = 0;
  for (const op of ops) if ('requestPut' in op) cost += putCost(op.requestPut);
  return cost;
}

function putCost({ key, value }: PutRequest): number {
  return KEY_VALUE_OVERHEAD + key.length + value.length;
}
