import type { Clock } from '../../../base/clock.ts';
import type { EtcdClient, Uint64 } from '../../etcd/client/interface.ts';

/** One lease serves everything written within so many virtual milliseconds … */
const REUSE_FOR = 60_000;
/** … and at most so many keys. */
const REUSE_KEYS = 1_000;

/** Leases for objects that expire, shared by objects written close together. Models etcd3 leaseManager (v1.34). */
export class LeaseManager {
  readonly #client: EtcdClient;
  readonly #clock: Clock;
  readonly #ttl: number;
  #current: { readonly id: Promise<Uint64>; readonly since: number; keys: number } | undefined;

  /** `ttl` in seconds. */
  constructor(client: EtcdClient, clock: Clock, ttl: number) {
    this.#client = client;
    this.#clock = clock;
    this.#ttl = ttl;
  }

  /** @throws EtcdError */
  async lease(): Promise<Uint64> {
    const now = this.#clock.now();
    const current = this.#current;
    if (current !== undefined && now - current.since < REUSE_FOR && current.keys < REUSE_KEYS) {
      current.keys += 1;
      return current.id;
    }
    // Longer by the time of reuse, so that the last object written under it lives long enough too.
    const granted = this.#client.leaseGrant({ ttl: this.#ttl + REUSE_FOR / 1000 });
    const fresh = { id: granted.then((response) => response.id), since: now, keys: 1 };
    this.#current = fresh;
    try {
      return await fresh.id;
    } catch (error) {
      if (this.#current === fresh) this.#current = undefined;
      throw error;
    }
  }
}
