import type { ConfState, RaftId } from '../interface.ts';
import { type AckedIndexes, majorityCommitted, majorityVote, type VoteResult } from './majority.ts';

/** Both halves have to agree. `votersOutgoing` is empty unless the configuration is joint. */
export type JointConfig = Pick<ConfState, 'voters' | 'votersOutgoing'>;

/** Models quorum/joint.go, CommittedIndex. */
export function jointCommitted(config: JointConfig, acked: AckedIndexes): number {
  const incoming = majorityCommitted(config.voters, acked);
  if (config.votersOutgoing.length === 0) return incoming;
  return Math.min(incoming, majorityCommitted(config.votersOutgoing, acked));
}

/** Lost as soon as one half has lost it. Models quorum/joint.go, VoteResult. */
export function jointVote(config: JointConfig, votes: ReadonlyMap<RaftId, boolean>): VoteResult {
  const incoming = majorityVote(config.voters, votes);
  const outgoing = majorityVote(config.votersOutgoing, votes);
  if (incoming === outgoing) return incoming;
  if (incoming === 'VoteLost' || outgoing === 'VoteLost') return 'VoteLost';
  return 'VotePending';
}
