import type { RecordId } from '../../base/causal-record.ts';
import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import { toDisposable } from '../../base/disposable.ts';
import type { CloseReason, Connection, MessageMeta, Peer, Protocol } from './interface.ts';

/** What a connection asks of the network it runs over. */
export interface Wire {
  isCut(from: string, to: string): boolean;
  isPowered(machine: string): boolean;
  latency(from: string, to: string): number;
}

interface Side {
  readonly peer: Peer;
  readonly context: Context;
}

interface Waiting {
  readonly payload: unknown;
  readonly record: RecordId;
}

/** Messages that repeat themselves share a record for so long; virtual milliseconds. */
const SHARED_RECORD = 1_000;

/** The record that stands for messages that repeat themselves. */
interface Repetition {
  readonly word: string;
  readonly lost: boolean;
  readonly record: RecordId;
  readonly time: number;
  /** How many have shared it. */
  unrecorded: number;
}

/** One end. Holds what arrived before somebody listened, and what could not be sent while the link was cut. */
class End implements Connection {
  readonly id: number;
  readonly protocol: Protocol;
  readonly local: Peer;
  readonly remote: Peer;
  readonly #pair: ConnectionPair;
  readonly #closeHandlers = new Set<(reason: CloseReason) => void>();
  #handler: ((payload: unknown, record: RecordId) => void) | undefined;
  #early: Waiting[] = [];
  closed = false;
  /** Sent while the way was blocked; goes out when it opens. */
  stalled: Waiting[] = [];
  /** Virtual time of the last delivery at the other end: order is kept. */
  lastArrival = 0;
  repetition: Repetition | undefined;

  constructor(id: number, protocol: Protocol, local: Peer, remote: Peer, pair: ConnectionPair) {
    this.id = id;
    this.protocol = protocol;
    this.local = local;
    this.remote = remote;
    this.#pair = pair;
  }

  send(payload: unknown, meta: MessageMeta): void {
    if (!this.closed) this.#pair.transmit(this, payload, meta);
  }

  onMessage(handler: (payload: unknown, record: RecordId) => void): void {
    this.#handler = handler;
    const early = this.#early;
    this.#early = [];
    for (const waiting of early) handler(waiting.payload, waiting.record);
  }

  onClose(handler: (reason: CloseReason) => void): Disposable {
    this.#closeHandlers.add(handler);
    return toDisposable(() => this.#closeHandlers.delete(handler));
  }

  close(): void {
    this.#pair.closeFrom(this);
  }

  deliver(waiting: Waiting): void {
    if (this.closed) return;
    if (this.#handler === undefined) this.#early.push(waiting);
    else this.#handler(waiting.payload, waiting.record);
  }

  shut(reason: CloseReason): void {
    if (this.closed) return;
    this.closed = true;
    this.stalled = [];
    this.#early = [];
    const handlers = [...this.#closeHandlers];
    this.#closeHandlers.clear();
    for (const handler of handlers) handler(reason);
  }
}

/** Both ends of one connection and the way between them. */
export class ConnectionPair {
  readonly client: Connection;
  readonly server: Connection;
  readonly #ends: readonly [End, End];
  readonly #contexts: readonly [Context, Context];
  readonly #wire: Wire;
  /** One process died where its machine could not say so any more. */
  halfDead = false;
  onHalfDead: (() => void) | undefined;
  /** Both ends are shut. */
  onEnded: (() => void) | undefined;

  constructor(id: number, protocol: Protocol, wire: Wire, sides: { client: Side; server: Side }) {
    const client = new End(id, protocol, sides.client.peer, sides.server.peer, this);
    const server = new End(id, protocol, sides.server.peer, sides.client.peer, this);
    this.client = client;
    this.server = server;
    this.#ends = [client, server];
    this.#contexts = [sides.client.context, sides.server.context];
    this.#wire = wire;
  }

  get machines(): readonly [string, string] {
    return [this.#ends[0].local.machine, this.#ends[0].remote.machine];
  }

  touches(machine: string): boolean {
    return this.machines.includes(machine);
  }

  transmit(from: End, payload: unknown, meta: MessageMeta): void {
    const { machine } = from.local;
    const target = from.remote.machine;
    const blocked = this.#isBlocked(from);
    const latency = blocked ? 0 : this.#wire.latency(machine, target);
    const { tracer } = this.#context(from);
    const cause = tracer.cause;
    const record =
      this.#sharedRecord(from, meta, blocked) ??
      tracer.record({
        kind: 'message',
        to: from.remote.actor,
        protocol: from.protocol,
        phase: meta.phase,
        summary: meta.summary,
        connection: from.id,
        call: meta.call,
        body: payload,
        latency,
        detail: this.#detail(from, meta),
        dropped: blocked ? (this.#wire.isPowered(target) ? 'link-cut' : 'machine-off') : undefined,
      });
    if (meta.repeats !== undefined && from.repetition?.record !== record) {
      const { clock } = this.#context(from);
      const time = clock.now();
      from.repetition = { word: meta.repeats, lost: blocked, record, time, unrecorded: 0 };
    }
    const waiting: Waiting = { payload, record };
    if (blocked) from.stalled.push(waiting);
    else this.#schedule(from, waiting, latency);
    // Sending is a consequence, not the cause of what the sender does next in this turn.
    tracer.resume(cause);
  }

  /** Of the same message a little while ago, if that has fared the same. */
  #sharedRecord(from: End, { repeats }: MessageMeta, lost: boolean): RecordId | undefined {
    const last = from.repetition;
    if (last === undefined || last.word !== repeats || last.lost !== lost) return undefined;
    if (this.#context(from).clock.now() - last.time >= SHARED_RECORD) return undefined;
    last.unrecorded += 1;
    return last.record;
  }

  #detail(from: End, { repeats, detail }: MessageMeta): MessageMeta['detail'] {
    const unrecorded = repeats === undefined ? 0 : (from.repetition?.unrecorded ?? 0);
    return unrecorded === 0 ? detail : { ...detail, unrecorded };
  }

  /** Retransmits what waited for the link. */
  flush(): void {
    for (const end of this.#ends) {
      if (end.stalled.length === 0 || this.#isBlocked(end)) continue;
      const stalled = end.stalled;
      end.stalled = [];
      for (const waiting of stalled) {
        this.#schedule(end, waiting, this.#wire.latency(end.local.machine, end.remote.machine));
      }
    }
  }

  closeFrom(end: End): void {
    if (end.closed) return;
    end.shut('closed');
    this.#shutOther(end, 'closed');
  }

  processEnded(side: 'client' | 'server'): void {
    const end = this.#ends[side === 'client' ? 0 : 1];
    if (end.closed) return;
    end.shut('process-ended');
    this.#shutOther(end, 'reset');
  }

  timeOut(): void {
    for (const end of this.#ends) end.shut('timeout');
    this.onEnded?.();
  }

  #shutOther(end: End, reason: CloseReason): void {
    const other = this.#other(end);
    if (other.closed || this.#context(other).signal.aborted) {
      other.shut('process-ended');
      this.onEnded?.();
      return;
    }
    const { machine } = end.local;
    if (!this.#wire.isPowered(machine) || this.#wire.isCut(machine, other.local.machine)) {
      // Nothing tells the other end; it finds out by itself.
      this.halfDead = true;
      this.onHalfDead?.();
      return;
    }
    const { clock } = this.#context(other);
    const arrival = Math.max(end.lastArrival, clock.now() + this.#wire.latency(machine, other.local.machine));
    clock.setTimeout(() => {
      other.shut(reason);
      this.onEnded?.();
    }, arrival - clock.now());
  }

  #schedule(from: End, waiting: Waiting, latency: number): void {
    const other = this.#other(from);
    const { clock, tracer } = this.#context(other);
    const arrival = Math.max(clock.now() + latency, from.lastArrival);
    from.lastArrival = arrival;
    const cause = tracer.cause;
    tracer.resume(waiting.record);
    clock.setTimeout(() => other.deliver(waiting), arrival - clock.now());
    tracer.resume(cause);
  }

  #isBlocked(from: End): boolean {
    const { machine } = from.local;
    const target = from.remote.machine;
    return this.#wire.isCut(machine, target) || !this.#wire.isPowered(target);
  }

  #other(end: End): End {
    return end === this.#ends[0] ? this.#ends[1] : this.#ends[0];
  }

  #context(end: End): Context {
    return end === this.#ends[0] ? this.#contexts[0] : this.#contexts[1];
  }
}
