import type { Compare, KeyValue, TxnRequest } from '../../client/interface.ts';
import { NO_LEASE } from '../../client/interface.ts';
import type { RangeSource } from './range.ts';

const ABSENT: KeyValue = {
  key: '',
  value: '',
  createRevision: 0,
  modRevision: 0,
  version: 0,
  lease: NO_LEASE,
};

/** Which branch each transaction takes, nested ones included, in the order in which they are met. */
export type TxnPath = boolean[];

/** Decides every branch on the state before the first operation, as upstream. Models compareToPath. */
export function decidePath(source: RangeSource, txn: TxnRequest): TxnPath {
  const path: TxnPath = [];
  decide(source, txn, path);
  return path;
}

function decide(source: RangeSource, txn: TxnRequest, path: TxnPath): void {
  const succeeded = txn.compare.every((compare) => holds(source, compare));
  path.push(succeeded);
  for (const op of succeeded ? txn.success : txn.failure) {
    if ('requestTxn' in op) decide(source, op.requestTxn, path);
  }
}

function holds(source: RangeSource, compare: Compare): boolean {
  const { kvs } = source.range(compare.key, compare.rangeEnd ?? '', {
    revision: 0,
    limit: 0,
    countOnly: false,
  });
  if (kvs.length > 0) return kvs.every((kv) => holdsFor(compare, kv));
  // A key that is not there has no value, whatever is said of it.
  return compare.target !== 'VALUE' && holdsFor(compare, ABSENT);
}

function holdsFor(compare: Compare, kv: KeyValue): boolean {
  const difference = differ(compare, kv);
  switch (compare.result) {
    case 'EQUAL':
      return difference === 0;
    case 'NOT_EQUAL':
      return difference !== 0;
    case 'GREATER':
      return difference > 0;
    case 'LESS':
      return difference < 0;
  }
}

/** Sign of "what the key has" minus "what the compare says". */
function differ(compare: Compare, kv: KeyValue): number {
  switch (compare.target) {
    case 'VERSION':
      return kv.version - compare.version;
    case 'CREATE':
      return kv.createRevision - compare.createRevision;
    case 'MOD':
      return kv.modRevision - compare.modRevision;
    case 'VALUE':
      return kv.value < compare.value ? -1 : kv.value > compare.value ? 1 : 0;
    case 'LEASE': {
      if (kv.lease === compare.lease) return 0;
      return BigInt(kv.lease) < BigInt(compare.lease) ? -1 : 1;
    }
  }
}
