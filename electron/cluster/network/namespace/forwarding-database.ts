import type { Link } from './link.ts';

/** Virtual milliseconds after which a bridge forgets who it has not heard (`ageing_time`). */
const AGEING = 300_000;

interface Entry {
  readonly port: Link;
  readonly permanent: boolean;
  seenAt: number;
}

/** What a bridge has learned: behind which port a MAC address is. Models net/bridge/br_fdb.c. */
export class ForwardingDatabase {
  readonly #entries = new Map<string, Entry>();

  /** From a frame's source. Returns whether something new was learned. */
  learn(mac: string, port: Link, now: number): boolean {
    const known = this.#entries.get(mac);
    if (known?.permanent === true) return false;
    if (known?.port === port) {
      known.seenAt = now;
      return false;
    }
    this.#entries.set(mac, { port, permanent: false, seenAt: now });
    return true;
  }

  setPermanent(mac: string, port: Link): void {
    this.#entries.set(mac, { port, permanent: true, seenAt: 0 });
  }

  /** The port; undefined for an unknown or aged address. */
  find(mac: string, now: number): Link | undefined {
    const entry = this.#entries.get(mac);
    if (entry === undefined) return undefined;
    if (!entry.permanent && now - entry.seenAt > AGEING) {
      this.#entries.delete(mac);
      return undefined;
    }
    return entry.port;
  }

  forget(port: Link): void {
    for (const [mac, entry] of this.#entries) if (entry.port === port) this.#entries.delete(mac);
  }

  delete(mac: string): boolean {
    return this.#entries.delete(mac);
  }

  list(now: number): readonly { readonly mac: string; readonly port: Link; readonly permanent: boolean }[] {
    return [...this.#entries]
      .filter(([, { permanent, seenAt }]) => permanent || now - seenAt <= AGEING)
      .map(([mac, { port, permanent }]) => ({ mac, port, permanent }));
  }
}
