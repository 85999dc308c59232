import { etcdError } from '../../client/errors.ts';
import type {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  RequestOp,
  ResponseHeader,
  ResponseOp,
  TxnRequest,
  TxnResponse,
} from '../../client/interface.ts';
import { NO_LEASE } from '../../client/interface.ts';
import type { Lessor } from '../../lease/lessor.ts';
import type { WriteTransaction } from '../../mvcc/interface.ts';
import type { MvccStore } from '../../mvcc/store.ts';
import { headerOf } from './header-of.ts';
import type { TxnPath } from './compare.ts';
import { decidePath } from './compare.ts';
import type { InternalRequest, LeaseCheckpointRequest } from '../interface.ts';
import type { RangeSource } from './range.ts';
import { executeRange } from './range.ts';

/** A compaction that was accepted; `cleaned` resolves when the backend has given up the data. */
export interface CompactionResult extends CompactionResponse {
  readonly cleaned: Promise<void>;
}

/** Applies agreed requests to a member's store and leases. Headers it makes carry the revision only. Models server/etcdserver/txn. */
export class KvApplier {
  readonly #store: MvccStore;
  readonly #lessor: Lessor;

  constructor(store: MvccStore, lessor: Lessor) {
    this.#store = store;
    this.#lessor = lessor;
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** Undefined: the request is about something else. @throws EtcdError; then nothing has changed */
  apply(request: InternalRequest): object | undefined {
    if ('txn' in request) return this.txn(request.txn);
    if ('put' in request) return this.#put(request.put);
    if ('deleteRange' in request) return this.#deleteRange(request.deleteRange);
    if ('compaction' in request) return this.#compact(request.compaction);
    if ('leaseGrant' in request) return this.#leaseGrant(request.leaseGrant);
    if ('leaseRevoke' in request) return this.#leaseRevoke(request.leaseRevoke);
    if ('leaseCheckpoint' in request) return this.#leaseCheckpoint(request.leaseCheckpoint);
    return undefined;
  }

  range(request: RangeRequest): RangeResponse {
    return { header: this.#header(), ...executeRange(this.#store, request) };
  }

  txn(request: TxnRequest): TxnResponse {
    const path = decidePath(this.#store, request);
    // Every put on the path before any range, as upstream: it decides which refusal is reported.
    this.#checkTxn(request, [...path], (op) => {
      if (!('requestPut' in op)) return;
      this.#checkKept(op.requestPut);
      this.#checkLease(op.requestPut);
    });
    this.#checkTxn(request, [...path], (op) => {
      if ('requestRange' in op) this.#checkRevision(op.requestRange);
    });
    const transaction = this.#store.write();
    const response = this.#runTxn(transaction, request, [...path]);
    const header = headerOf(transaction.revision);
    transaction.end();
    return { ...response, header };
  }

  #put(request: PutRequest): PutResponse {
    this.#checkLease(request);
    this.#checkKept(request);
    const transaction = this.#store.write();
    const response = this.#runPut(transaction, request);
    transaction.end();
    return response;
  }

  #deleteRange(request: DeleteRangeRequest): DeleteRangeResponse {
    const transaction = this.#store.write();
    const response = this.#runDeleteRange(transaction, request);
    transaction.end();
    return response;
  }

  #compact(request: CompactionRequest): CompactionResult {
    const cleaned = this.#store.compact(request.revision);
    return { header: this.#header(), cleaned };
  }

  #leaseGrant(request: Required<LeaseGrantRequest>): LeaseGrantResponse {
    const ttl = this.#lessor.grant(request.id, request.ttl);
    return { header: this.#header(), id: request.id, ttl };
  }

  #leaseRevoke(request: LeaseRevokeRequest): LeaseRevokeResponse {
    const keys = this.#lessor.revoke(request.id);
    const transaction = this.#store.write();
    for (const key of keys) transaction.deleteRange(key, '');
    transaction.end();
    return { header: this.#header() };
  }

  #leaseCheckpoint({ checkpoints }: LeaseCheckpointRequest): { readonly header: ResponseHeader } {
    for (const { id, remainingTtl } of checkpoints) this.#lessor.checkpoint(id, remainingTtl);
    return { header: this.#header() };
  }

  #checkKept({ key, ignoreValue, ignoreLease }: PutRequest): void {
    if (ignoreValue !== true && ignoreLease !== true) return;
    if (current(this.#store, key) === undefined) throw etcdError('keyNotFound');
  }

  #checkLease({ lease = NO_LEASE }: PutRequest): void {
    if (lease !== NO_LEASE && !this.#lessor.has(lease)) throw etcdError('leaseNotFound');
  }

  /** Shows `check` every operation that would be run, so that it can refuse the whole transaction. */
  #checkTxn(request: TxnRequest, path: TxnPath, check: (op: RequestOp) => void): void {
    const ops = path.shift() === true ? request.success : request.failure;
    for (const op of ops) {
      if ('requestTxn' in op) this.#checkTxn(op.requestTxn, path, check);
      else check(op);
    }
  }

  #checkRevision({ revision = 0 }: RangeRequest): void {
    if (revision <= 0) return;
    if (revision > this.#store.revision) throw etcdError('futureRevision');
    if (revision < this.#store.compactRevision) throw etcdError('compacted');
  }

  #runTxn(transaction: WriteTransaction, request: TxnRequest, path: TxnPath): TxnResponse {
    const succeeded = path.shift() === true;
    const ops = succeeded ? request.success : request.failure;
    const responses = ops.map((op) => this.#runOp(transaction, op, path));
    // A nested response has an empty header, as upstream.
    return { header: headerOf(0), succeeded, responses };
  }

  #runOp(transaction: WriteTransaction, op: RequestOp, path: TxnPath): ResponseOp {
    if ('requestRange' in op) {
      const header = headerOf(transaction.revision);
      return { responseRange: { header, ...executeRange(transaction, op.requestRange) } };
    }
    if ('requestPut' in op) return { responsePut: this.#runPut(transaction, op.requestPut) };
    if ('requestDeleteRange' in op) {
      return { responseDeleteRange: this.#runDeleteRange(transaction, op.requestDeleteRange) };
    }
    return { responseTxn: this.#runTxn(transaction, op.requestTxn, path) };
  }

  #runPut(transaction: WriteTransaction, request: PutRequest): PutResponse {
    const { key, ignoreValue = false, ignoreLease = false, prevKv = false } = request;
    const before = ignoreValue || ignoreLease || prevKv ? current(transaction, key) : undefined;
    const value = ignoreValue ? (before?.value ?? '') : request.value;
    const lease = ignoreLease ? (before?.lease ?? NO_LEASE) : (request.lease ?? NO_LEASE);
    transaction.put(key, value, lease);
    const header = headerOf(transaction.revision);
    return prevKv && before !== undefined ? { header, prevKv: before } : { header };
  }

  #runDeleteRange(transaction: WriteTransaction, request: DeleteRangeRequest): DeleteRangeResponse {
    const { key, rangeEnd = '', prevKv = false } = request;
    const prevKvs = prevKv
      ? transaction.range(key, rangeEnd, { revision: 0, limit: 0, countOnly: false }).kvs
      : [];
    const deleted = transaction.deleteRange(key, rangeEnd);
    return { header: headerOf(transaction.revision), deleted, prevKvs };
  }

  #header(): ResponseHeader {
    return headerOf(this.#store.revision);
  }
}

function current(source: RangeSource, key: string): KeyValue | undefined {
  return source.range(key, '', { revision: 0, limit: 0, countOnly: false }).kvs[0];
}
