import type { ProgressState, ProgressView } from '../interface.ts';
import type { Inflights } from './inflights.ts';

/**
 * A follower as its leader sees it. In Probe one append per heartbeat interval looks for the end of the follower's
 * log; in Replicate appends are sent ahead of their acknowledgements; in Snapshot nothing is sent until the snapshot
 * has arrived or failed. Models tracker/progress.go (v3.6).
 */
export class Progress {
  /** The follower's log is known to be the leader's up to here. */
  match = 0;
  /** First entry to send next. Always above `match`; what is between is in flight. */
  next: number;
  state: ProgressState = 'Probe';
  /** In Snapshot: its index. */
  pendingSnapshot = 0;
  /** Heard from since the last quorum check. The leader itself always is. */
  recentActive = false;
  /** No appends until an answer comes; set by a probe, or when `inflights` are full. */
  msgAppFlowPaused = false;
  isLearner: boolean;
  readonly inflights: Inflights;
  /** Highest commit index in flight. Always below `next`. */
  #sentCommit = 0;

  constructor(next: number, inflights: Inflights, isLearner: boolean) {
    this.next = next;
    this.inflights = inflights;
    this.isLearner = isLearner;
  }

  /** Shares `inflights`: a configuration change keeps what is on its way. */
  copy(): Progress {
    const copy = new Progress(this.next, this.inflights, this.isLearner);
    copy.match = this.match;
    copy.state = this.state;
    copy.pendingSnapshot = this.pendingSnapshot;
    copy.recentActive = this.recentActive;
    copy.msgAppFlowPaused = this.msgAppFlowPaused;
    copy.#sentCommit = this.#sentCommit;
    return copy;
  }

  becomeProbe(): void {
    if (this.state === 'Snapshot') {
      // The snapshot has arrived: go on behind it.
      const { pendingSnapshot } = this;
      this.#resetState('Probe');
      this.next = Math.max(this.match + 1, pendingSnapshot + 1);
    } else {
      this.#resetState('Probe');
      this.next = this.match + 1;
    }
    this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
  }

  becomeReplicate(): void {
    this.#resetState('Replicate');
    this.next = this.match + 1;
    this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
  }

  becomeSnapshot(index: number): void {
    this.#resetState('Snapshot');
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.#sentCommit = index;
  }

  /** An append with `count` entries from `next` on is on its way. */
  sentEntries(count: number, bytes: number): void {
    if (this.state === 'Replicate') {
      if (count > 0) {
        this.next += count;
        this.inflights.add(this.next - 1, bytes);
      }
      this.msgAppFlowPaused = this.inflights.full();
    } else if (this.state === 'Probe') {
      if (count > 0) this.msgAppFlowPaused = true;
    } else {
      throw new Error(`sending append in unhandled state ${this.state}`);
    }
  }

  /** Would telling `commit` move the follower's commit index? */
  canBumpCommit(commit: number): boolean {
    return commit > this.#sentCommit && this.#sentCommit < this.next - 1;
  }

  sentCommit(commit: number): void {
    this.#sentCommit = commit;
  }

  /** An acknowledgement up to `index`. False: an old one. */
  maybeUpdate(index: number): boolean {
    if (index <= this.match) return false;
    this.match = index;
    this.next = Math.max(this.next, index + 1);
    this.msgAppFlowPaused = false;
    return true;
  }

  /** The append that followed `rejected` was refused; the follower guesses that logs agree at `matchHint`. False: an old refusal. */
  maybeDecrTo(rejected: number, matchHint: number): boolean {
    if (this.state === 'Replicate') {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
      this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
      return true;
    }
    // Probes go one at a time: any other index belongs to an earlier one.
    if (this.next - 1 !== rejected) return false;
    this.next = Math.max(Math.min(rejected, matchHint + 1), this.match + 1);
    this.#sentCommit = Math.min(this.#sentCommit, this.next - 1);
    this.msgAppFlowPaused = false;
    return true;
  }

  isPaused(): boolean {
    return this.state === 'Snapshot' || this.msgAppFlowPaused;
  }

  view(): ProgressView {
    return {
      match: this.match,
      next: this.next,
      state: this.state,
      pendingSnapshot: this.pendingSnapshot,
      recentActive: this.recentActive,
      isLearner: this.isLearner,
      inflight: this.inflights.count,
    };
  }

  #resetState(state: ProgressState): void {
    this.msgAppFlowPaused = false;
    this.pendingSnapshot = 0;
    this.state = state;
    this.inflights.reset();
  }
}
