import type { Message, RaftId } from './interface.ts';

export interface ReadIndexStatus {
  readonly request: Message;
  /** The leader's commit index when it came. */
  readonly index: number;
  readonly acks: Map<RaftId, boolean>;
}

/**
 * Reads that wait for a quorum to confirm that this member still leads. Confirming one confirms all before it.
 * Models read_only.go (v3.6).
 */
export class ReadOnly {
  readonly #pending = new Map<string, ReadIndexStatus>();
  #queue: string[] = [];

  /** A context asked for twice is one request. */
  addRequest(index: number, request: Message): void {
    const context = request.context ?? '';
    if (this.#pending.has(context)) return;
    this.#pending.set(context, { request, index, acks: new Map() });
    this.#queue.push(context);
  }

  /** Who has confirmed so far; nobody when there is no such request. */
  recvAck(from: RaftId, context: string): ReadonlyMap<RaftId, boolean> {
    const status = this.#pending.get(context);
    if (status === undefined) return new Map();
    status.acks.set(from, true);
    return status.acks;
  }

  /** This request and all before it leave the queue. */
  advance(context: string): readonly ReadIndexStatus[] {
    const end = this.#queue.indexOf(context) + 1;
    const done = this.#queue.slice(0, end).map((each) => this.#pending.get(each) as ReadIndexStatus);
    for (const each of this.#queue.slice(0, end)) this.#pending.delete(each);
    this.#queue = this.#queue.slice(end);
    return done;
  }

  /** Heartbeats carry it, so that a lost confirmation is asked for again. */
  lastPendingRequestContext(): string | undefined {
    return this.#queue.at(-1);
  }
}
