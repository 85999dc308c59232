import { dealHand } from './deal-hand.ts';
import type { Waiting } from './interface.ts';

export interface QueueSettings {
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

interface Queue {
  readonly index: number;
  readonly waiting: Waiting[];
  /** Virtual start of its oldest request, in seats served. */
  start: number;
}

/** Hands are dealt anew once there are more flows than this. */
const MAX_HANDS = 4096;

/**
 * The queues of one priority level: a flow puts its requests into the shortest of the few queues it was dealt, and
 * queues are served in the order of what they have had so far, so that a flow with many requests waits behind itself.
 * Models util/flowcontrol/fairqueuing/queueset (v1.34), with one unit of work per seat.
 */
export class FairQueues {
  readonly settings: QueueSettings;
  /** Those in use, by number. */
  readonly #queues = new Map<number, Queue>();
  readonly #hands = new Map<string, readonly number[]>();
  #length = 0;
  /** Virtual time: start of the request that was last taken. */
  #served = 0;

  constructor(settings: QueueSettings) {
    this.settings = settings;
  }

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** The waiting requests, queue by queue. */
  get all(): readonly { readonly queue: number; readonly waiting: readonly Waiting[] }[] {
    return [...this.#queues.values()]
      .sort((a, b) => a.index - b.index)
      .map(({ index, waiting }) => ({ queue: index, waiting }));
  }

  /** False when the queue that the request would go into is full; with `always` it goes in all the same. */
  add(request: Waiting, always = false): boolean {
    const { schema } = request.classification.counts;
    const queue = this.#shortestOf(this.#handOf(`${schema}\n${request.classification.distinguisher}`));
    if (queue.waiting.length >= this.settings.queueLengthLimit && !always) return false;
    if (queue.waiting.length === 0) {
      queue.start = Math.max(queue.start, this.#served);
      this.#queues.set(queue.index, queue);
    }
    queue.waiting.push(request);
    this.#length += 1;
    return true;
  }

  /** Whose turn it is; it stays until it is removed. */
  get next(): Waiting | undefined {
    return this.#nextQueue()?.waiting[0];
  }

  /** Removes and returns whose turn it is. */
  take(): Waiting | undefined {
    const queue = this.#nextQueue();
    const request = queue?.waiting.shift();
    if (queue === undefined || request === undefined) return undefined;
    this.#served = queue.start;
    queue.start += request.seats;
    this.#length -= 1;
    return request;
  }

  /** Takes out one that waits no more; false when it is not there. */
  remove(request: Waiting): boolean {
    for (const queue of this.#queues.values()) {
      const at = queue.waiting.indexOf(request);
      if (at < 0) continue;
      queue.waiting.splice(at, 1);
      this.#length -= 1;
      return true;
    }
    return false;
  }

  #nextQueue(): Queue | undefined {
    let next: Queue | undefined;
    for (const queue of this.#queues.values()) {
      if (queue.waiting.length === 0) {
        // What it has had counts no more once all others have had as much.
        if (queue.start <= this.#served) this.#queues.delete(queue.index);
      } else if (next === undefined || queue.start < next.start) next = queue;
    }
    return next;
  }

  #shortestOf(hand: readonly number[]): Queue {
    let shortest: Queue | undefined;
    for (const index of hand) {
      const queue = this.#queues.get(index) ?? { index, waiting: [], start: 0 };
      if (shortest === undefined || queue.waiting.length < shortest.waiting.length) shortest = queue;
    }
    return shortest as Queue;
  }

  #handOf(flow: string): readonly number[] {
    const known = this.#hands.get(flow);
    if (known !== undefined) return known;
    if (this.#hands.size >= MAX_HANDS) this.#hands.clear();
    const hand = dealHand(flow, this.settings.queues, this.settings.handSize);
    this.#hands.set(flow, hand);
    return hand;
  }
}
