import type { ConfChangeV2, EntryData } from '../../../raft/interface.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { InternalRequest } from '../interface.ts';
import type { ClusterRequest } from '../membership/interface.ts';
import { requestSize } from '../request-size.ts';

/** What a normal entry of the log holds. `from` and `number` let the one that proposed it answer its caller. */
export interface LogRequest {
  readonly from: Uint64;
  readonly number: number;
  readonly request: InternalRequest | ClusterRequest;
}

/** Header, ids and small things, about. */
const FRAMING = 48;

/** Bytes of an entry's data, about. */
export function entryDataSize(data: EntryData): number {
  const { request } = data as LogRequest | (ConfChangeV2 & { readonly request?: undefined });
  if (request === undefined) return FRAMING * 2;
  if (isClusterRequest(request)) return FRAMING;
  return FRAMING + requestSize(request);
}

export function isClusterRequest(request: InternalRequest | ClusterRequest): request is ClusterRequest {
  return 'clusterMemberAttrSet' in request || 'clusterVersionSet' in request || 'downgradeInfoSet' in request;
}
