import type { ByteString } from '../../../base/byte-string.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { Heap } from '../../../base/heap.ts';
import type { Backend } from '../backend/interface.ts';
import { etcdError } from '../client/errors.ts';
import type { Uint64 } from '../client/interface.ts';

/** Seconds. Above it a grant is refused. */
const MAX_TTL = 9_000_000_000;
/** Seconds between two checkpoints of a lease; one that has no longer to live gets none. */
const CHECKPOINT_INTERVAL = 300;
/** Pause before the end of an expired lease is asked for again, in virtual milliseconds. */
const RETRY = 3000;

interface Lease {
  readonly id: Uint64;
  /** Seconds. */
  readonly ttl: number;
  /** Seconds, from the last checkpoint; 0: the whole TTL. What a new primary begins with. */
  checkpoint: number;
  readonly keys: Set<ByteString>;
  /** Virtual time at which it expires; Infinity while this lessor is not the primary. */
  expiry: number;
  revoked: boolean;
}

/** What the primary lessor asks for; all of it comes back through the log. */
export interface PrimaryLessor {
  /** A lease has ended: revoke it. */
  readonly expire: (id: Uint64) => void;
  /** Note on every member how much of these is left, in seconds. Absent: leases are not checkpointed. */
  readonly checkpoint?: (
    checkpoints: readonly { readonly id: Uint64; readonly remainingTtl: number }[],
  ) => void;
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
  readonly #queue = new Heap<Entry>(earlier);
  /** Likewise, for checkpoints. */
  readonly #checkpoints = new Heap<Entry>(earlier);
  #order = 0;
  /** What was done since the start, for the metrics. */
  readonly counts = { granted: 0, revoked: 0, renewed: 0, expired: 0 };
  #timer: Disposable | undefined;
  #timerAt = Infinity;
  #primary: PrimaryLessor | undefined;

  /** `minTtl`, in seconds, is the least that is granted: 1.5 election timeouts, rounded up. */
  constructor(backend: Backend, clock: Clock, minTtl: number) {
    this.#backend = backend;
    this.#clock = clock;
    this.#minTtl = minTtl;
    this.reload();
  }

  /** Reads the backend anew; keys are attached by the store's own reading. */
  reload(): void {
    this.#leases.clear();
    for (const { id, ttl } of this.#backend.leases()) {
      this.#leases.set(id, { id, ttl, checkpoint: 0, keys: new Set(), expiry: Infinity, revoked: false });
    }
  }

  get isPrimary(): boolean {
    return this.#primary !== undefined;
  }

  /**
   * Becomes the one that runs the time: every lease begins its TTL anew, or what its checkpoint left, and `extend`
   * virtual milliseconds more, so that clients have time to find the new leader.
   */
  promote(primary: PrimaryLessor, extend = 0): void {
    this.#primary = primary;
    for (const lease of this.#leases.values()) this.#refresh(lease, extend);
  }

  /** Time stands still until the next promotion. */
  demote(): void {
    this.#primary = undefined;
    this.#stopTimer();
    this.#queue.retain(() => false);
    this.#checkpoints.retain(() => false);
    for (const lease of this.#leases.values()) lease.expiry = Infinity;
  }

  dispose(): void {
    this.#primary = undefined;
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
    const lease: Lease = {
      id,
      ttl: given,
      checkpoint: 0,
      keys: new Set(),
      expiry: Infinity,
      revoked: false,
    };
    this.#leases.set(id, lease);
    this.counts.granted += 1;
    this.#backend.putLease({ id, ttl: given });
    if (this.#primary !== undefined) this.#refresh(lease);
    return given;
  }

  /** Forgets the lease; the keys, sorted, are for the caller to delete. @throws EtcdError leaseNotFound */
  revoke(id: Uint64): readonly ByteString[] {
    const lease = this.#get(id);
    lease.revoked = true;
    this.counts.revoked += 1;
    if (lease.expiry <= this.#clock.now()) this.counts.expired += 1;
    this.#leases.delete(id);
    this.#backend.deleteLease(id);
    return [...lease.keys].sort(byteOrder);
  }

  /** Begins the TTL anew; returns it in seconds. @throws EtcdError leaseNotFound */
  renew(id: Uint64): number {
    const lease = this.#get(id);
    // Its revocation is under way already.
    if (lease.expiry <= this.#clock.now()) throw etcdError('leaseNotFound');
    this.counts.renewed += 1;
    if (lease.checkpoint > 0) {
      // The others would go on with less than the client has been promised.
      lease.checkpoint = 0;
      this.#primary?.checkpoint?.([{ id, remainingTtl: 0 }]);
    }
    this.#refresh(lease);
    return lease.ttl;
  }

  /** Notes how much of a lease is left, on every member. Seconds; 0: the whole TTL. An unknown lease is left alone. */
  checkpoint(id: Uint64, remainingTtl: number): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.checkpoint = remainingTtl;
    if (this.#primary !== undefined) this.#scheduleCheckpoint(lease);
  }

  /** @throws EtcdError leaseNotFound */
  info(id: Uint64): LeaseInfo {
    const lease = this.#get(id);
    const remaining = Number.isFinite(lease.expiry)
      ? Math.trunc((lease.expiry - this.#clock.now()) / 1000)
      : lease.ttl;
    return { id, grantedTtl: lease.ttl, remaining, keys: [...lease.keys].sort(byteOrder) };
  }

  /** Keys that end with a lease, sorted; none for an unknown one. */
  keysOf(id: Uint64): readonly ByteString[] {
    return [...(this.#leases.get(id)?.keys ?? [])].sort(byteOrder);
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

  #refresh(lease: Lease, extend = 0): void {
    const seconds = lease.checkpoint > 0 ? lease.checkpoint : lease.ttl;
    lease.expiry = this.#clock.now() + seconds * 1000 + extend;
    this.#queue.push({ at: lease.expiry, order: this.#order++, lease });
    this.#armAt(lease.expiry);
    this.#scheduleCheckpoint(lease);
  }

  #scheduleCheckpoint(lease: Lease): void {
    if (this.#primary?.checkpoint === undefined) return;
    const left = lease.checkpoint > 0 ? lease.checkpoint : lease.ttl;
    if (left <= CHECKPOINT_INTERVAL) return;
    const at = this.#clock.now() + CHECKPOINT_INTERVAL * 1000;
    this.#checkpoints.push({ at, order: this.#order++, lease });
    this.#armAt(at);
  }

  #armAt(at: number): void {
    if (at >= this.#timerAt) return;
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
    this.#expireDue();
    this.#checkpointDue();
    const next = Math.min(this.#queue.peek()?.at ?? Infinity, this.#checkpoints.peek()?.at ?? Infinity);
    if (next < Infinity) this.#armAt(next);
  }

  #expireDue(): void {
    const now = this.#clock.now();
    for (;;) {
      const next = this.#queue.peek();
      if (next === undefined) return;
      const { lease, at } = next;
      if (lease.revoked || lease.expiry > at) {
        this.#queue.pop(); // outdated
        continue;
      }
      if (at > now) return;
      this.#queue.pop();
      // Asked again unless the lease is gone by then: a proposal may get lost with its leader.
      this.#queue.push({ at: now + RETRY, order: this.#order++, lease });
      this.#primary?.expire(lease.id);
    }
  }

  #checkpointDue(): void {
    const now = this.#clock.now();
    const due: { id: Uint64; remainingTtl: number }[] = [];
    for (let next = this.#checkpoints.peek(); next !== undefined && next.at <= now;) {
      const { lease } = next;
      this.#checkpoints.pop();
      const remainingTtl = Math.ceil((lease.expiry - now) / 1000);
      // Kept alive since, so that there is nothing to note.
      const counts = !lease.revoked && remainingTtl > 0 && remainingTtl < lease.ttl;
      if (counts && !due.some(({ id }) => id === lease.id)) due.push({ id: lease.id, remainingTtl });
      next = this.#checkpoints.peek();
    }
    if (due.length > 0) this.#primary?.checkpoint?.(due);
  }
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly lease: Lease;
}

function earlier(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function byteOrder(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
