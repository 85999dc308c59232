import type { ByteString } from '../../../base/byte-string.ts';
import { etcdError } from '../client/errors.ts';
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../client/interface.ts';
import { NO_LEASE } from '../client/interface.ts';

// What a server refuses before it looks at its data. Models server/etcdserver/api/v3rpc/key.go.

const SORT_ORDERS = new Set<string>(['NONE', 'ASCEND', 'DESCEND']);
const SORT_TARGETS = new Set<string>(['KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE']);

export function checkRange(request: RangeRequest): void {
  if (request.key === '') throw etcdError('emptyKey');
  if (!SORT_ORDERS.has(request.sortOrder ?? 'NONE') || !SORT_TARGETS.has(request.sortTarget ?? 'KEY')) {
    throw etcdError('invalidSortOption');
  }
}

export function checkPut(request: PutRequest): void {
  if (request.key === '') throw etcdError('emptyKey');
  if (request.ignoreValue === true && request.value !== '') throw etcdError('valueProvided');
  if (request.ignoreLease === true && (request.lease ?? NO_LEASE) !== NO_LEASE)
    throw etcdError('leaseProvided');
}

export function checkDeleteRange(request: DeleteRangeRequest): void {
  if (request.key === '') throw etcdError('emptyKey');
}

/** `maxOps` bounds compares and operations of each branch, nested ones included. */
export function checkTxn(request: TxnRequest, maxOps: number): void {
  checkOps(request, maxOps);
  if (!isSimple(request.success)) collectWrites(request.success);
  if (!isSimple(request.failure)) collectWrites(request.failure);
}

function checkOps(request: TxnRequest, maxOps: number): void {
  const ops = Math.max(request.compare.length, request.success.length, request.failure.length);
  if (ops > maxOps) throw etcdError('tooManyOps');
  for (const compare of request.compare) if (compare.key === '') throw etcdError('emptyKey');
  for (const op of [...request.success, ...request.failure]) {
    if ('requestRange' in op) checkRange(op.requestRange);
    else if ('requestPut' in op) checkPut(op.requestPut);
    else if ('requestDeleteRange' in op) checkDeleteRange(op.requestDeleteRange);
    else if ('requestTxn' in op) checkOps(op.requestTxn, maxOps - ops);
    else throw etcdError('keyNotFound'); // an empty operation, as upstream
  }
}

/** One operation or none cannot contradict itself. */
function isSimple(ops: readonly RequestOp[]): boolean {
  const only = ops[0];
  return only === undefined || (ops.length === 1 && !('requestTxn' in only));
}

interface Writes {
  readonly puts: Set<ByteString>;
  readonly deletes: DeleteRangeRequest[];
}

/** One transaction may put a key once, and not delete it as well: all of it happens at one revision. */
function collectWrites(ops: readonly RequestOp[]): Writes {
  const puts = new Set<ByteString>();
  const deletes: DeleteRangeRequest[] = [];
  for (const op of ops) if ('requestDeleteRange' in op) deletes.push(op.requestDeleteRange);
  for (const op of ops) {
    if (!('requestTxn' in op)) continue;
    const success = collectWrites(op.requestTxn.success);
    const failure = collectWrites(op.requestTxn.failure);
    for (const key of success.puts) addPut(puts, deletes, key);
    for (const key of failure.puts) {
      // Only one of the two branches is run.
      if (!success.puts.has(key)) addPut(puts, deletes, key);
      else if (deletes.some((range) => covers(range, key))) throw etcdError('duplicateKey');
    }
    deletes.push(...success.deletes, ...failure.deletes);
  }
  for (const op of ops) if ('requestPut' in op) addPut(puts, deletes, op.requestPut.key);
  return { puts, deletes };
}

function addPut(puts: Set<ByteString>, deletes: readonly DeleteRangeRequest[], key: ByteString): void {
  if (puts.has(key) || deletes.some((range) => covers(range, key))) throw etcdError('duplicateKey');
  puts.add(key);
}

function covers(range: DeleteRangeRequest, key: ByteString): boolean {
  const end = range.rangeEnd ?? '';
  if (end === '') return key === range.key;
  // Upstream takes '\0' for an ordinary end here, so a delete of all keys from one on covers none.
  return key >= range.key && key < end;
}
