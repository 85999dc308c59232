import type { ConfState, RaftId } from '../interface.ts';
import { jointCommitted, jointVote } from '../quorum/joint.ts';
import type { VoteResult } from '../quorum/majority.ts';
import { Inflights } from './inflights.ts';
import type { Progress } from './progress.ts';

/** In numeric order of ids: whoever iterates is deterministic. */
export type ProgressMap = Map<RaftId, Progress>;

export const EMPTY_CONFIG: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** The configuration in force, what is known of each member, and the votes of an election. Models tracker/tracker.go. */
export class ProgressTracker {
  /** Its lists are in numeric order. */
  config: ConfState = EMPTY_CONFIG;
  progress: ProgressMap = new Map();
  votes = new Map<RaftId, boolean>();
  readonly #maxInflightMsgs: number;
  readonly #maxInflightBytes: number;

  constructor(maxInflightMsgs: number, maxInflightBytes: number) {
    this.#maxInflightMsgs = maxInflightMsgs;
    this.#maxInflightBytes = maxInflightBytes;
  }

  newInflights(): Inflights {
    return new Inflights(this.#maxInflightMsgs, this.#maxInflightBytes);
  }

  isSingleton(): boolean {
    return this.config.voters.length === 1 && this.config.votersOutgoing.length === 0;
  }

  isVoter(id: RaftId): boolean {
    return this.config.voters.includes(id) || this.config.votersOutgoing.includes(id);
  }

  /** The largest index that the voters have acknowledged. */
  committed(): number {
    return jointCommitted(this.config, this.progress);
  }

  voteResult(votes: ReadonlyMap<RaftId, boolean>): VoteResult {
    return jointVote(this.config, votes);
  }

  quorumActive(): boolean {
    const votes = new Map<RaftId, boolean>();
    for (const [id, progress] of this.progress) if (!progress.isLearner) votes.set(id, progress.recentActive);
    return this.voteResult(votes) === 'VoteWon';
  }

  /** A member's first answer counts. */
  recordVote(id: RaftId, granted: boolean): void {
    if (!this.votes.has(id)) this.votes.set(id, granted);
  }

  tallyVotes(): { readonly granted: number; readonly rejected: number; readonly result: VoteResult } {
    let granted = 0;
    let rejected = 0;
    for (const [id, progress] of this.progress) {
      const vote = progress.isLearner ? undefined : this.votes.get(id);
      if (vote === true) granted += 1;
      else if (vote === false) rejected += 1;
    }
    return { granted, rejected, result: this.voteResult(this.votes) };
  }
}
