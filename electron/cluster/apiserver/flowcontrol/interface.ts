import type { PriorityLevel } from './priority-level.ts';

/** What became of the requests of one flow schema at one level. */
export interface FlowCounts {
  readonly schema: string;
  readonly level: string;
  dispatched: number;
  executing: number;
  waiting: number;
  readonly rejected: Map<RejectReason, number>;
}

export type RejectReason = 'concurrency-limit' | 'queue-full' | 'time-out' | 'cancelled';

/** What a request counts as, the same for all requests of that user with that verb on that resource. */
export interface Classification {
  readonly level: PriorityLevel;
  readonly counts: FlowCounts;
  /** Tells flows of one schema apart; '' when they are one. */
  readonly distinguisher: string;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** `<schema> (<level>)`: for the record of the answer. */
  readonly verdict: string;
}

/** A request that waits for seats. */
export interface Waiting {
  readonly classification: Classification;
  readonly seats: number;
  /** Virtual milliseconds. */
  readonly since: number;
  start(): void;
}
