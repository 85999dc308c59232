import type { ByteString } from '../../../../base/byte-string.ts';
import type { HeaderResponse } from '../../client/auth.ts';
import type {
  CampaignRequest,
  CampaignResponse,
  LeaderKey,
  LeaderRequest,
  LeaderResponse,
  ProclaimRequest,
  ResignRequest,
} from '../../client/concurrency.ts';
import type { KeyValue, RangeRequest, ResponseHeader } from '../../client/interface.ts';
import { EtcdError } from '../../client/interface.ts';
import { prefixEnd } from '../../client/prefix.ts';
import type { LocalClient } from './local-client.ts';
import { lineOf, madeAt, placeOf, sessionLease, waitForOlder } from './queue.ts';

// v3electionpb.Election. Models server/etcdserver/api/v3election and clientv3/concurrency/election.go.

/** The oldest key of the line: the leader's. */
function oldest(name: ByteString): RangeRequest {
  const key = lineOf(name);
  return { key, rangeEnd: prefixEnd(key), sortTarget: 'CREATE', sortOrder: 'ASCEND', limit: 1 };
}

/** Errors that are none of the server's own leave it without a code. */
function unknown(message: string): EtcdError {
  return new EtcdError('Unknown', message);
}

export async function campaign(client: LocalClient, request: CampaignRequest): Promise<CampaignResponse> {
  const { name, value } = request;
  const lease = await sessionLease(client, request.lease);
  const key = placeOf(name, lease);
  const { header, responses, succeeded } = await client.call('Txn', {
    compare: [madeAt(key, 0)],
    success: [{ requestPut: { key, value, lease } }],
    failure: [{ requestRange: { key } }],
  });
  const [found] = responses;
  const kv = found !== undefined && 'responseRange' in found ? found.responseRange.kvs[0] : undefined;
  const leader: LeaderKey = { name, key, lease, rev: kv?.createRevision ?? header.revision };
  if (!succeeded && kv?.value !== value) {
    try {
      await proclaim(client, { leader, value });
    } catch (error) {
      await resign(client, { leader });
      throw error;
    }
  }
  try {
    await waitForOlder(client, lineOf(name), leader.rev);
  } catch (error) {
    if (client.signal.aborted) await resign(client, { leader });
    throw error;
  }
  return { header, leader };
}

export async function proclaim(
  client: LocalClient,
  { leader, value }: ProclaimRequest,
): Promise<HeaderResponse> {
  if (leader === undefined) throw unknown('"leader" field must be provided');
  const { key, lease, rev } = leader;
  const { header, succeeded } = await client.call('Txn', {
    compare: [madeAt(key, rev)],
    success: [{ requestPut: { key, value, lease } }],
    failure: [],
  });
  if (!succeeded) throw unknown('election: not leader');
  return { header };
}

export async function resign(client: LocalClient, { leader }: ResignRequest): Promise<HeaderResponse> {
  if (leader === undefined) throw unknown('"leader" field must be provided');
  const { header } = await client.call('Txn', {
    compare: [madeAt(leader.key, leader.rev)],
    success: [{ requestDeleteRange: { key: leader.key } }],
    failure: [],
  });
  return { header };
}

export async function leader(client: LocalClient, { name }: LeaderRequest): Promise<LeaderResponse> {
  const { header, kvs } = await client.call('Range', oldest(name));
  const [kv] = kvs;
  if (kv === undefined) throw unknown('election: no leader');
  return { header, kv };
}

/** Tells who leads, and each change of what they say; runs until the caller goes. */
export async function observe(
  client: LocalClient,
  { name }: LeaderRequest,
  tell: (response: LeaderResponse) => void,
): Promise<never> {
  for (;;) {
    const { header, kvs } = await client.call('Range', oldest(name));
    const [kv] = kvs;
    const current = kv === undefined ? await firstPut(client, name, header.revision) : { header, kv };
    tell(current);
    const startRevision = current.header.revision + 1;
    await client.watch({ key: current.kv.key, startRevision }, ({ header: at, events }) => {
      for (const event of events) {
        if (event.type === 'DELETE') return true;
        tell({ header: at, kv: event.kv });
      }
      return false;
    });
  }
}

/** Somebody comes into the empty line. */
async function firstPut(
  client: LocalClient,
  name: ByteString,
  startRevision: number,
): Promise<{ readonly header: ResponseHeader; readonly kv: KeyValue }> {
  const key = lineOf(name);
  let first: { readonly header: ResponseHeader; readonly kv: KeyValue } | undefined;
  await client.watch({ key, rangeEnd: prefixEnd(key), startRevision }, ({ header, events }) => {
    const put = events.find(({ type }) => type === 'PUT');
    if (put !== undefined) first = { header: { ...header, revision: put.kv.modRevision }, kv: put.kv };
    return first !== undefined;
  });
  return first as NonNullable<typeof first>;
}
