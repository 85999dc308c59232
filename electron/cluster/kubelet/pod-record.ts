import type { LocalState } from '../machine/interface.ts';
import type { BackoffEntry } from './backoff.ts';
import type { Ending, WaitingReason } from './pod-status.ts';

const PREFIX = 'kubelet:pod:';

/** What a kubelet knows of a Pod beside what the runtime and the API know; kept for when the machine is thawed. */
export interface PodRecord {
  readonly startTime: number;
  readonly reasons: readonly (readonly [string, WaitingReason])[];
  /** When the Pod is to be looked at again by itself; 0: not. */
  readonly retryAt: number;
  readonly backoff: Readonly<Record<string, BackoffEntry>>;
  readonly pullBackoff: Readonly<Record<string, BackoffEntry>>;
  /** Its containers have been told to end. */
  readonly killing: boolean;
  /** Why it ends although it should run. */
  readonly evicted?: Ending;
}

/** Keeps the records. A kubelet that really restarts forgets them, as upstream's memory is gone then. */
export class PodRecords {
  readonly #state: LocalState;

  constructor(state: LocalState) {
    this.#state = state;
  }

  get(uid: string): PodRecord | undefined {
    return this.#state.get(PREFIX + uid) as PodRecord | undefined;
  }

  set(uid: string, record: PodRecord): void {
    const before = this.#state.get(PREFIX + uid);
    if (before === undefined || JSON.stringify(before) !== JSON.stringify(record))
      this.#state.set(PREFIX + uid, record);
  }

  delete(uid: string): void {
    this.#state.delete(PREFIX + uid);
  }

  clear(): void {
    for (const key of this.#state.keys(PREFIX)) this.#state.delete(key);
  }
}
