import type { Neighbour } from './interface.ts';
import type { Link } from './link.ts';

/** Virtual milliseconds for which an answer counts (`base_reachable_time`), and after which a failure may be tried again. */
const REACHABLE = 30_000;
const FAILED = 3_000;

interface Entry {
  readonly link: Link;
  readonly ip: number;
  readonly mac: string | undefined;
  readonly permanent: boolean;
  readonly confirmedAt: number;
}

/**
 * Which MAC address an address has on a link. An entry that is no longer REACHABLE is asked for again when it is used; the states
 * between (DELAY, PROBE) take no time here. Models net/core/neighbour.c.
 */
export class NeighbourTable {
  readonly #entries = new Map<string, Entry>();

  /** `lookup`: what is known and may be used; `mac` undefined: nobody answered just now. */
  find(link: Link, ip: number, now: number): Neighbour | undefined {
    const entry = this.#entries.get(NeighbourTable.#key(link, ip));
    if (entry === undefined) return undefined;
    if (entry.mac === undefined && now - entry.confirmedAt > FAILED) return undefined;
    return NeighbourTable.#shown(entry, now);
  }

  setPermanent(link: Link, ip: number, mac: string): void {
    const key = NeighbourTable.#key(link, ip);
    this.#entries.set(key, { link, ip, mac, permanent: true, confirmedAt: 0 });
  }

  /** Somebody answered; `mac` undefined: nobody did. */
  learn(link: Link, ip: number, mac: string | undefined, now: number): void {
    const key = NeighbourTable.#key(link, ip);
    if (this.#entries.get(key)?.permanent === true) return;
    this.#entries.set(key, { link, ip, mac, permanent: false, confirmedAt: now });
  }

  /** Returns whether there was one. */
  delete(link: Link, ip: number): boolean {
    return this.#entries.delete(NeighbourTable.#key(link, ip));
  }

  forget(link: Link): void {
    for (const [key, entry] of this.#entries) if (entry.link === link) this.#entries.delete(key);
  }

  list(now: number): readonly Neighbour[] {
    return [...this.#entries.values()].map((entry) => NeighbourTable.#shown(entry, now));
  }

  static #key(link: Link, ip: number): string {
    return `${link.index} ${ip}`;
  }

  static #shown({ link, ip, mac, permanent, confirmedAt }: Entry, now: number): Neighbour {
    if (permanent) return { link, ip, mac, state: 'PERMANENT' };
    if (mac === undefined) return { link, ip, mac, state: 'FAILED' };
    return { link, ip, mac, state: now - confirmedAt < REACHABLE ? 'REACHABLE' : 'STALE' };
  }
}
