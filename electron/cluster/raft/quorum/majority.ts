import type { RaftId } from '../interface.ts';

export type VoteResult = 'VotePending' | 'VoteLost' | 'VoteWon';

/** What a member has acknowledged; members that are not in the map have acknowledged nothing. */
export type AckedIndexes = ReadonlyMap<RaftId, { readonly match: number }>;

/**
 * The largest index that a majority of `voters` has acknowledged. Without voters there is nobody to ask: infinite,
 * so that an empty half of a joint configuration never decides. Models quorum/majority.go, CommittedIndex.
 */
export function majorityCommitted(voters: readonly RaftId[], acked: AckedIndexes): number {
  const count = voters.length;
  if (count === 0) return Infinity;
  if (count === 1) return acked.get(voters[0] as RaftId)?.match ?? 0;
  const indexes: number[] = [];
  for (const id of voters) indexes.push(acked.get(id)?.match ?? 0);
  // Few numbers: insertion sort beats Array.sort, and this runs for every acknowledgement.
  for (let at = 1; at < count; at += 1) {
    const value = indexes[at] as number;
    let hole = at;
    for (; hole > 0 && (indexes[hole - 1] as number) > value; hole -= 1)
      indexes[hole] = indexes[hole - 1] as number;
    indexes[hole] = value;
  }
  return indexes[count - (Math.floor(count / 2) + 1)] as number;
}

/** Models quorum/majority.go, VoteResult. Without voters: won, see `majorityCommitted`. */
export function majorityVote(voters: readonly RaftId[], votes: ReadonlyMap<RaftId, boolean>): VoteResult {
  if (voters.length === 0) return 'VoteWon';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === undefined) missing += 1;
    else if (vote) granted += 1;
  }
  const quorum = Math.floor(voters.length / 2) + 1;
  if (granted >= quorum) return 'VoteWon';
  return granted + missing >= quorum ? 'VotePending' : 'VoteLost';
}
