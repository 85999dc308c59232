import type { FlowTuple, Packet } from '../walk/packet.ts';
import type { Connection, TcpState } from './connection.ts';

/** Seconds after which a flow without packets is forgotten. Models the defaults of net/netfilter/nf_conntrack_proto_*.c. */
export const TIMEOUTS: Readonly<Record<string, number>> = {
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432_000,
  FIN_WAIT: 120,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
  NONE: 10,
  udp: 30,
  udpStream: 120,
  icmp: 30,
};

/** A UDP flow counts as a stream when it goes on after so many milliseconds. */
const STREAM_AFTER = 2_000;

export function tupleOf({ protocol, src, dst, sport, dport }: FlowTuple): FlowTuple {
  return { protocol, src, dst, sport, dport };
}

/** The tuple of an answer. */
export function inverted({ protocol, src, dst, sport, dport }: FlowTuple): FlowTuple {
  return { protocol, src: dst, dst: src, sport: dport, dport: sport };
}

const PROTOCOL_CODES = { icmp: 1, tcp: 6, udp: 17 } as const;

/** Seven 16-bit units: the cheapest text that tells tuples apart. */
function keyOf({ protocol, src, dst, sport, dport }: FlowTuple): string {
  return String.fromCharCode(
    PROTOCOL_CODES[protocol],
    src >>> 16,
    src & 0xffff,
    sport,
    dst >>> 16,
    dst & 0xffff,
    dport,
  );
}

interface Found {
  readonly connection: Connection;
  readonly reply: boolean;
}

/** Flows of one namespace. Entries that timed out are dropped when somebody meets them, and all of them now and then. */
export class Conntrack {
  readonly #byTuple = new Map<string, Found>();
  /** `net.netfilter.nf_conntrack_max`. */
  max = 262_144;
  #count = 0;
  #sweepAt = 1024;

  /** Flows that are in the table, those not yet swept among them. */
  get count(): number {
    return this.#count;
  }

  /** Newest last. */
  list(now: number): readonly Connection[] {
    this.#sweep(now);
    return [...this.#byTuple.values()].filter(({ reply }) => !reply).map(({ connection }) => connection);
  }

  find(tuple: FlowTuple, now: number): Found | undefined {
    return this.#at(keyOf(tuple), now);
  }

  /** A flow that is not in the table yet. */
  begin(packet: Packet, now: number): Connection {
    const original = tupleOf(packet);
    return {
      original,
      reply: inverted(original),
      tcp: 'NONE',
      replied: false,
      assured: false,
      snat: false,
      dnat: false,
      decided: { source: false, destination: false },
      confirmed: false,
      mark: 0,
      startedAt: now,
      expiresAt: now,
    };
  }

  /** Whether an answer to that tuple would be mistaken for another flow's. */
  isTaken(reply: FlowTuple, now: number): boolean {
    return this.find(reply, now) !== undefined;
  }

  /** Puts a flow in the table once its first packet got through. False: the table is full, or another flow has its tuple. */
  confirm(connection: Connection, now: number): boolean {
    if (connection.confirmed) return true;
    if (this.#count >= this.#sweepAt) {
      this.#sweep(now);
      this.#sweepAt = Math.max(1024, this.#count * 2);
    }
    if (this.#count >= this.max) return false;
    const [original, reply] = [keyOf(connection.original), keyOf(connection.reply)];
    if (this.#at(original, now) !== undefined || this.#at(reply, now) !== undefined) return false;
    connection.confirmed = true;
    this.#byTuple.set(original, { connection, reply: false });
    this.#byTuple.set(reply, { connection, reply: true });
    this.#count += 1;
    return true;
  }

  /** A packet of a flow passed: states and timeouts. */
  see(connection: Connection, packet: Packet, now: number): void {
    if (packet.reply) connection.replied = true;
    if (packet.protocol === 'tcp') {
      connection.tcp = nextState(connection.tcp, packet);
      if (connection.tcp === 'ESTABLISHED') connection.assured = true;
      connection.expiresAt = now + (TIMEOUTS[connection.tcp] ?? 0) * 1000;
    } else if (packet.protocol === 'udp') {
      const stream = connection.replied && now - connection.startedAt > STREAM_AFTER;
      if (stream) connection.assured = true;
      connection.expiresAt = now + (TIMEOUTS[stream ? 'udpStream' : 'udp'] ?? 0) * 1000;
    } else connection.expiresAt = now + (TIMEOUTS['icmp'] ?? 0) * 1000;
  }

  /** `conntrack -D`: forgets what fits; returns what was forgotten. */
  delete(fits: (connection: Connection) => boolean, now: number): readonly Connection[] {
    const gone = this.list(now).filter(fits);
    for (const connection of gone) this.#remove(connection);
    return gone;
  }

  #at(key: string, now: number): Found | undefined {
    const found = this.#byTuple.get(key);
    if (found === undefined) return undefined;
    if (found.connection.expiresAt > now) return found;
    this.#remove(found.connection);
    return undefined;
  }

  #remove(connection: Connection): void {
    if (this.#byTuple.delete(keyOf(connection.original))) this.#count -= 1;
    this.#byTuple.delete(keyOf(connection.reply));
  }

  #sweep(now: number): void {
    for (const { connection, reply } of this.#byTuple.values())
      if (!reply && connection.expiresAt <= now) this.#remove(connection);
  }
}

function nextState(state: TcpState, { flags, reply }: Packet): TcpState {
  switch (flags) {
    case 'SYN':
      return reply ? state : 'SYN_SENT';
    case 'SYN,ACK':
      return state === 'SYN_SENT' ? 'SYN_RECV' : state;
    case 'RST,ACK':
      return 'CLOSE';
    case 'FIN,ACK':
      if (state === 'ESTABLISHED') return 'FIN_WAIT';
      return state === 'FIN_WAIT' || state === 'LAST_ACK' ? 'LAST_ACK' : state;
    case 'ACK':
      if (state === 'SYN_RECV') return 'ESTABLISHED';
      return state === 'LAST_ACK' ? 'TIME_WAIT' : state;
    case undefined:
      return state;
  }
}
