import type { ResponseHeader } from '../../client/interface.ts';

/** A header with the revision only: what is inside a transaction's responses, and what the server fills in. */
export function headerOf(revision: number): ResponseHeader {
  return { clusterId: '0', memberId: '0', revision, raftTerm: 0 };
}
