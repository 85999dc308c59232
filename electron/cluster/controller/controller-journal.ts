import type { RecordId } from '../../base/causal-record.ts';
import type { Context } from '../../base/context.ts';
import type { RateLimiter } from '../client/rate-limiter.ts';
import type { Sync, WorkQueueState } from '../client/work-queue.ts';
import { WorkQueue } from '../client/work-queue.ts';
import type { Reconcile } from './decision.ts';

/** Passes that did or failed to do something, and passes that found nothing to do: so many of each are kept. */
const KEPT = 40;
/** Decisions of one pass that are kept. */
const KEPT_DECISIONS = 8;
/** The action of a reconcile which finds everything as it should be. */
const NO_OP = 'no-op';

/** A decision, where it is in the causal log. */
export interface JournalDecision extends Reconcile {
  readonly record: RecordId;
  readonly time: number;
}

/** A pass of a key, or a decision outside any queue (a loop by time): then `queue` is empty and it took no time. */
export interface JournalEntry extends Omit<Sync, 'retries'> {
  readonly queue: string;
  readonly retries: number;
  readonly decisions: readonly JournalDecision[];
}

/** How the keys of a queue are to be read. */
export interface QueueReading {
  /** Resource whose objects the keys name (`namespace/name`), e.g. `deployments`. */
  readonly resource?: string;
  /** For keys that name an object in another way (a uid): the subject of its decisions; undefined where it is not known. */
  readonly subjectOf?: (key: string) => string | undefined;
}

export interface JournalQueue extends WorkQueueState {
  readonly reading: QueueReading;
}

interface Kept {
  readonly queue: WorkQueue;
  readonly reading: QueueReading;
}

/** A fixed number of things, the oldest given up. */
class Ring<T> {
  readonly #items: T[] = [];
  #next = 0;

  add(item: T): void {
    this.#items[this.#next % KEPT] = item;
    this.#next += 1;
  }

  get list(): readonly T[] {
    return this.#items;
  }
}

/**
 * What one controller works on, and what it did last: its queues are made here, each pass of a key is noted as it ends,
 * with the decisions taken in it. Bounded; whoever looks reads it as it is, and sends no message.
 */
export class ControllerJournal {
  readonly #context: Context;
  readonly #queues: Kept[] = [];
  readonly #did = new Ring<JournalEntry>();
  readonly #idle = new Ring<JournalEntry>();
  /** Decisions of passes that still run, by queue and key. */
  readonly #open = new Map<string, JournalDecision[]>();
  #passes = 0;
  #failures = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** A work queue of this controller, by upstream's name. */
  queue(name: string, reading: QueueReading = {}, limiter?: RateLimiter): WorkQueue {
    const queue: WorkQueue = new WorkQueue(this.#context, name, limiter, (sync) => this.#ended(name, sync));
    this.#queues.push({ queue, reading });
    return queue;
  }

  /** A decision has been written to the causal log. */
  decided(record: RecordId, reconcile: Reconcile): void {
    const time = this.#context.clock.now();
    const decision = { ...reconcile, record, time };
    const place = this.#passOf(reconcile.subject);
    if (place === undefined) {
      const key = reconcile.subject.slice(reconcile.subject.indexOf(' ') + 1);
      const head = { queue: '', key, startedAt: time, endedAt: time, cause: record, record, retries: 0 };
      this.#keep({ ...head, error: undefined, decisions: [decision] });
      return;
    }
    const open = this.#open.get(place);
    if (open === undefined) this.#open.set(place, [decision]);
    else if (open.length < KEPT_DECISIONS) open.push(decision);
  }

  /** Passes that have ended since the controller started, and how many of them failed. */
  get counts(): { readonly passes: number; readonly failures: number } {
    return { passes: this.#passes, failures: this.#failures };
  }

  queues(limit: number): readonly JournalQueue[] {
    return this.#queues.map(({ queue, reading }) => ({ ...queue.state(limit), reading }));
  }

  /** Newest first. */
  entries(): readonly JournalEntry[] {
    const time = ({ endedAt, startedAt }: JournalEntry): number => endedAt ?? startedAt;
    return [...this.#did.list, ...this.#idle.list].sort(
      (a, b) => time(b) - time(a) || b.record - a.record || (a.key < b.key ? -1 : 1),
    );
  }

  /** The pass in which a decision about `subject` is taken: the only one that runs, or the one whose key it names. */
  #passOf(subject: string): string | undefined {
    let only: string | undefined;
    let running = 0;
    for (const { queue, reading } of this.#queues)
      for (const key of queue.inWork) {
        if (subject === reading.subjectOf?.(key) || subject.endsWith(` ${key}`))
          return `${queue.name} ${key}`;
        only = `${queue.name} ${key}`;
        running += 1;
      }
    return running === 1 ? only : undefined;
  }

  #ended(queue: string, sync: Sync): void {
    const place = `${queue} ${sync.key}`;
    const decisions = this.#open.get(place) ?? [];
    this.#open.delete(place);
    this.#passes += 1;
    if (sync.error !== undefined) this.#failures += 1;
    this.#keep({ ...sync, queue, decisions });
  }

  #keep(entry: JournalEntry): void {
    const did = entry.error !== undefined || entry.decisions.some(({ action }) => action !== NO_OP);
    (did ? this.#did : this.#idle).add(entry);
  }
}
