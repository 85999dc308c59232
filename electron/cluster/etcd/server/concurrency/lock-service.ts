import type { HeaderResponse } from '../../client/auth.ts';
import type { LockRequest, LockResponse, UnlockRequest } from '../../client/concurrency.ts';
import type { RequestOp } from '../../client/interface.ts';
import { EtcdError } from '../../client/interface.ts';
import { prefixEnd } from '../../client/prefix.ts';
import type { LocalClient } from './local-client.ts';
import { lineOf, madeAt, placeOf, sessionLease, waitForOlder } from './queue.ts';

/** v3lockpb.Lock. Models server/etcdserver/api/v3lock and clientv3/concurrency/mutex.go. */
export async function lock(client: LocalClient, request: LockRequest): Promise<LockResponse> {
  const lease = await sessionLease(client, request.lease);
  const line = lineOf(request.name);
  const key = placeOf(request.name, lease);
  const get: RequestOp = { requestRange: { key } };
  const owner: RequestOp = {
    requestRange: {
      key: line,
      rangeEnd: prefixEnd(line),
      sortTarget: 'CREATE',
      sortOrder: 'ASCEND',
      limit: 1,
    },
  };
  const taken = await client.call('Txn', {
    compare: [madeAt(key, 0)],
    success: [{ requestPut: { key, value: '', lease } }, owner],
    failure: [get, owner],
  });
  const [mine, first] = taken.responses;
  const since =
    mine !== undefined && 'responseRange' in mine
      ? (mine.responseRange.kvs[0]?.createRevision ?? 0)
      : taken.header.revision;
  const oldest = first !== undefined && 'responseRange' in first ? first.responseRange.kvs[0] : undefined;
  if (oldest === undefined || oldest.createRevision === since) return { header: taken.header, key };
  try {
    await waitForOlder(client, line, since);
  } catch (error) {
    // Who waits no more leaves the line.
    await client.call('DeleteRange', { key });
    throw error;
  }
  const held = await client.call('Range', { key });
  if (held.kvs.length === 0) throw new EtcdError('Unknown', 'mutex: session is expired');
  return { header: held.header, key };
}

export async function unlock(client: LocalClient, { key }: UnlockRequest): Promise<HeaderResponse> {
  return { header: (await client.call('DeleteRange', { key })).header };
}
