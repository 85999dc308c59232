import type { ByteString } from '../../../base/byte-string.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { Heap } from '../../../base/heap.ts';
import type { Backend } from '../backend/interface.ts';
import { etcdError } from '../client/errors.ts';
import type { Uint64 } from '../client/interface.ts';

/** Seconds. Above it a grant is refused. */
const MAX_TTL = 9_000_000_000;
/** Pause before the end of an expired lease is asked for again, in virtual milliseconds. */
const RETRY = 3000;

interface Lease {
  readonly id: Uint64;
  /** Seconds. */
  readonly ttl: number;
  readonly keys: Set<ByteString>;
  /** Virtual time at which it expires; Infinity while this lessor is not the primary. */
  expiry: number;
  revoked: boolean;
}

export interface LeaseInfo {
  readonly id: Uint64;
  /** Seconds. */
  readonly grantedTtl: number;
  /** Seconds, rounded as upstream; may be 0 or below while the revocation is under way. */
  readonly remaining: number;
  /** Sorted. */
  readonly keys: readonly ByteString[];
}

/**
 * Keeps the leases of a member. All members know all leases; only the primary (the leader's) runs their
 * time. When one expires the lessor does not delete anything itself: it asks for a revocation, which goes
 * through the log like any write. Models server/lease/lessor.go.
 */
export class Lessor implements Disposable {
  readonly #backend: Backend;
  readonly #clock: Clock;
  /** Seconds. */
  readonly #minTtl: number;
  readonly #leases = new Map<Uint64, Lease>();
  /** May hold outdated entries: an entry counts if its time is still the lease's. */
  readonly #queue = new Heap<{ readonly at: number; readonly order: number; readonly lease: Lease }>(
    (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order),
  );
  #order = 0;
  #timer: Disposable | undefined;
  #timerAt = Infinity;
  #expire: ((id: Uint64) => void) | undefined;

  /** `minTtl`, in seconds, is the least that is granted: 1.5 election timeouts, rounded up. */
  constructor(backend: Backend, clock: Clock, minTtl: number) {
    this.#backend = backend;
    this.#clock = clock;
    this.#minTtl = minTtl;
    for (const { id, ttl } of backend.leases()) {
      this.#leases.set(id, { id, ttl, keys: new Set(), expiry: Infinity, revoked: false });
    }
  }

  /** Becomes the one that runs the time: every lease begins its full TTL anew. `expire` is told of each that ends. */
  promote(expire: (id: Uint64) => void): void {
    this.#expire = expire;
    for (const lease of this.#leases.values()) this.#refresh(lease);
  }

  /** Time stands still until the next promotion. */
  demote(): void {
    this.#expire = undefined;
    this.#stopTimer();
    for (const lease of this.#leases.values()) lease.expiry = Infinity;
  }

  dispose(): void {
    this.#expire = undefined;
    this.#stopTimer();
  }

  has(id: Uint64): boolean {
    return this.#leases.has(id);
  }

  /** Refuses what `grant` would refuse. @throws EtcdError leaseTtlTooLarge, leaseExists */
  checkGrant(id: Uint64, ttl: number): void {
    if (ttl > MAX_TTL) throw etcdError('leaseTtlTooLarge');
    if (this.#leases.has(id)) throw etcdError('leaseExists');
  }

  /** Returns the TTL given, in seconds. @throws EtcdError leaseTtlTooLarge, leaseExists */
  grant(id: Uint64, ttl: number): number {
    this.checkGrant(id, ttl);
    const given = Math.max(ttl, this.#minTtl);
    const lease: Lease = { id, ttl: given, keys: new Set(), expiry: Infinity, revoked: false };
    this.#leases.set(id, lease);
    this.#backend.putLease({ id, ttl: given });
    if (this.#expire !== undefined) this.#refresh(lease);
    return given;
  }

  /** Forgets the lease; the keys, sorted, are for the caller to delete. @throws EtcdError leaseNotFound */
  revoke(id: Uint64): readonly ByteString[] {
    const lease = this.#get(id);
    lease.revoked = true;
    this.#leases.delete(id);
    this.#backend.deleteLease(id);
    return [...lease.keys].sort(byteOrder);
  }

  /** Begins the TTL anew; returns it in seconds. @throws EtcdError leaseNotFound */
  renew(id: Uint64): number {
    const lease = this.#get(id);
    // Its revocation is under way already.
    if (lease.expiry <= this.#clock.now()) throw etcdError('leaseNotFound');
    this.#refresh(lease);
    return lease.ttl;
  }

  /** @throws EtcdError leaseNotFound */
  info(id: Uint64): LeaseInfo {
    const lease = this.#get(id);
    const remaining = Number.isFinite(lease.expiry)
      ? Math.trunc((lease.expiry - this.#clock.now()) / 1000)
      : lease.ttl;
    return { id, grantedTtl: lease.ttl, remaining, keys: [...lease.keys].sort(byteOrder) };
  }

  /** By expiry, soonest first. */
  list(): readonly Uint64[] {
    return [...this.#leases.values()].sort((a, b) => a.expiry - b.expiry || 0).map((lease) => lease.id);
  }

  attach(id: Uint64, key: ByteString): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw new Error(`Lessor.attach: no lease ${id}`);
    lease.keys.add(key);
  }

  detach(id: Uint64, key: ByteString): void {
    this.#leases.get(id)?.keys.delete(key);
  }

  #get(id: Uint64): Lease {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw etcdError('leaseNotFound');
    return lease;
  }

  #refresh(lease: Lease): void {
    lease.expiry = this.#clock.now() + lease.ttl * 1000;
    this.#enqueue(lease, lease.expiry);
  }

  #enqueue(lease: Lease, at: number): void {
    this.#queue.push({ at, order: this.#order++, lease });
    if (at < this.#timerAt) this.#arm(at);
  }

  #arm(at: number): void {
    this.#stopTimer();
    this.#timerAt = at;
    this.#timer = this.#clock.setTimeout(() => this.#tick(), at - this.#clock.now());
  }

  #stopTimer(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #tick(): void {
    this.#stopTimer();
    const now = this.#clock.now();
    for (;;) {
      const next = this.#queue.peek();
      if (next === undefined) return;
      const { lease, at } = next;
      if (lease.revoked || lease.expiry > at) {
        this.#queue.pop(); // outdated
        continue;
      }
      if (at > now) break;
      this.#queue.pop();
      // Asked again unless the lease is gone by then: a proposal may get lost with its leader.
      this.#queue.push({ at: now + RETRY, order: this.#order++, lease });
      this.#expire?.(lease.id);
    }
    const next = this.#queue.peek();
    if (next !== undefined && this.#timerAt > next.at) this.#arm(next.at);
  }
}

function byteOrder(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
