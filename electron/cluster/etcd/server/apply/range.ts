import type { KeyValue, RangeRequest, SortTarget } from '../../client/interface.ts';
import type { StoreRangeOptions, StoreRangeResult } from '../../mvcc/interface.ts';

/** Where a range reads: the store, or an open transaction. */
export interface RangeSource {
  range(key: string, end: string, options: StoreRangeOptions): StoreRangeResult;
}

export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

/** Reads, filters, sorts and cuts, in upstream's order. Models server/etcdserver/txn/range.go. @throws EtcdError compacted, futureRevision */
export function executeRange(source: RangeSource, request: RangeRequest): RangeResult {
  const limit = Math.max(request.limit ?? 0, 0);
  const target = request.sortTarget ?? 'KEY';
  const order = request.sortOrder ?? 'NONE';
  // What the store returns is sorted by key; another order has to see everything before it cuts. As upstream,
  // only an order that was asked for: with a target alone, what was cut off by key is sorted.
  const whole = order === 'DESCEND' || (order === 'ASCEND' && target !== 'KEY');
  const sorts = target !== 'KEY' || order === 'DESCEND';
  const filters = hasFilter(request);
  const { kvs: found, count } = source.range(request.key, request.rangeEnd ?? '', {
    revision: request.revision ?? 0,
    limit: limit === 0 || whole || filters ? 0 : limit + 1,
    countOnly: request.countOnly === true,
  });
  let kvs = filters ? found.filter((kv) => passes(kv, request)) : found;
  if (sorts) {
    const direction = order === 'DESCEND' ? -1 : 1;
    kvs = [...kvs].sort((a, b) => direction * compareBy(target, a, b));
  }
  const more = limit > 0 && kvs.length > limit;
  if (more) kvs = kvs.slice(0, limit);
  if (request.keysOnly === true) kvs = kvs.map((kv) => ({ ...kv, value: '' }));
  return { kvs, more, count };
}

function hasFilter(request: RangeRequest): boolean {
  return (
    (request.minModRevision ?? 0) !== 0 ||
    (request.maxModRevision ?? 0) !== 0 ||
    (request.minCreateRevision ?? 0) !== 0 ||
    (request.maxCreateRevision ?? 0) !== 0
  );
}

function passes(kv: KeyValue, request: RangeRequest): boolean {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  return (
    (minModRevision === 0 || kv.modRevision >= minModRevision) &&
    (maxModRevision === 0 || kv.modRevision <= maxModRevision) &&
    (minCreateRevision === 0 || kv.createRevision >= minCreateRevision) &&
    (maxCreateRevision === 0 || kv.createRevision <= maxCreateRevision)
  );
}

function compareBy(target: SortTarget, a: KeyValue, b: KeyValue): number {
  switch (target) {
    case 'KEY':
      return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    case 'VALUE':
      return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    case 'VERSION':
      return a.version - b.version;
    case 'CREATE':
      return a.createRevision - b.createRevision;
    case 'MOD':
      return a.modRevision - b.modRevision;
  }
}
