import type { Clock } from '../../../base/clock.ts';
import type { PriorityLevelConfiguration } from '../../api/types.ts';
import { DroppedRequests } from './dropped-requests.ts';
import { FairQueues } from './fair-queues.ts';
import type { QueueSettings } from './fair-queues.ts';
import type { Classification, RejectReason, Waiting } from './interface.ts';

export type Entry = 'started' | RejectReason;

/** Who may run at once at one priority level, and who waits. Models a priorityLevelState with its queue set (v1.34). */
export class PriorityLevel {
  readonly name: string;
  readonly dropped = new DroppedRequests();
  readonly #clock: Clock;
  /** Virtual milliseconds that a request waits at most. */
  readonly #waitLimit: number;
  uid = '';
  /** Undefined: exempt. */
  #limit: number | undefined;
  #queues: FairQueues | undefined;
  /** False while what still waits is only being served to its end. */
  #queueing = false;
  #seatsInUse = 0;
  #executing = 0;

  constructor(name: string, clock: Clock, waitLimit: number) {
    this.name = name;
    this.#clock = clock;
    this.#waitLimit = waitLimit;
  }

  /** Takes over an object's spec; `limit` in seats, undefined for an exempt level. */
  configure({ metadata, spec }: PriorityLevelConfiguration, limit: number | undefined): void {
    this.uid = metadata?.uid ?? '';
    this.#limit = limit;
    const { limitResponse } = spec?.limited ?? {};
    const { queues = 64, handSize = 8, queueLengthLimit = 50 } = limitResponse?.queuing ?? {};
    this.#queueing = limit !== undefined && limitResponse?.type === 'Queue';
    if (this.#queueing) this.#useQueues({ queues, handSize, queueLengthLimit });
    this.#dispatch();
  }

  get limit(): number | undefined {
    return this.#limit;
  }

  get seatsInUse(): number {
    return this.#seatsInUse;
  }

  get executing(): number {
    return this.#executing;
  }

  get waiting(): number {
    return this.#queues?.length ?? 0;
  }

  get queues(): FairQueues | undefined {
    return this.#queues;
  }

  /**
   * Asks for seats. `onCancel` is told what to do when the client goes while it waits. Whoever was answered
   * `started` has to `leave`.
   */
  enter(
    classification: Classification,
    seats: number,
    onCancel: (handler: () => void) => void,
  ): Entry | Promise<Entry> {
    if (this.#limit === undefined || (this.waiting === 0 && this.#fits(seats))) {
      this.#start(classification, seats);
      return 'started';
    }
    if (!this.#queueing) return this.#reject(classification, 'concurrency-limit');
    return this.#wait(classification, seats, onCancel);
  }

  leave({ counts }: Classification, seats: number): void {
    this.#seatsInUse -= seats;
    this.#executing -= 1;
    counts.executing -= 1;
    if (this.waiting > 0) this.#dispatch();
  }

  #wait(
    classification: Classification,
    seats: number,
    onCancel: (handler: () => void) => void,
  ): Entry | Promise<Entry> {
    const { counts } = classification;
    let settle: (entry: Entry) => void = () => undefined;
    const entry = new Promise<Entry>((resolve) => (settle = resolve));
    // In an event of its own: what goes on is that request, not the one that made room for it.
    const start = (): void => void this.#clock.setTimeout(() => settle('started'), 0);
    const request: Waiting = { classification, seats, since: this.#clock.now(), start };
    if (this.#queues?.add(request) !== true) return this.#reject(classification, 'queue-full');
    counts.waiting += 1;
    const giveUp = (reason: RejectReason): void => {
      if (this.#queues?.remove(request) !== true) return;
      counts.waiting -= 1;
      settle(this.#reject(classification, reason));
      // It may have been in the way of smaller ones.
      this.#dispatch();
    };
    const timer = this.#clock.setTimeout(() => giveUp('time-out'), this.#waitLimit);
    onCancel(() => giveUp('cancelled'));
    this.#dispatch();
    return entry.finally(() => timer.dispose());
  }

  #fits(seats: number): boolean {
    const limit = this.#limit;
    if (limit === undefined) return true;
    // One that asks for more than there is runs alone.
    return seats > limit ? limit > 0 && this.#executing === 0 : this.#seatsInUse + seats <= limit;
  }

  #start({ counts }: Classification, seats: number): void {
    this.#seatsInUse += seats;
    this.#executing += 1;
    counts.executing += 1;
    counts.dispatched += 1;
  }

  #reject({ counts }: Classification, reason: RejectReason): RejectReason {
    counts.rejected.set(reason, (counts.rejected.get(reason) ?? 0) + 1);
    this.dropped.record(this.#clock.now());
    return reason;
  }

  #dispatch(): void {
    for (
      let next = this.#queues?.next;
      next !== undefined && this.#fits(next.seats);
      next = this.#queues?.next
    ) {
      const request = this.#queues?.take() as Waiting;
      request.classification.counts.waiting -= 1;
      this.#start(request.classification, request.seats);
      request.start();
    }
  }

  /** What waits keeps its place as far as the new queues have one. */
  #useQueues(settings: QueueSettings): void {
    const old = this.#queues;
    if (old !== undefined && sameSettings(old.settings, settings)) return;
    this.#queues = new FairQueues(settings);
    const waiting = (old?.all ?? []).flatMap((queue) => queue.waiting).sort((a, b) => a.since - b.since);
    for (const request of waiting) this.#queues.add(request, true);
  }
}

function sameSettings(a: QueueSettings, b: QueueSettings): boolean {
  return a.queues === b.queues && a.handSize === b.handSize && a.queueLengthLimit === b.queueLengthLimit;
}
