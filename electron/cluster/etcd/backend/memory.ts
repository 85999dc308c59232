import type { Uint64 } from '../client/interface.ts';
import type {
  Backend,
  BackendImage,
  BackendMetaKey,
  BackendSize,
  BucketName,
  LeaseRecord,
  RevisionRecord,
} from './interface.ts';
import { Buckets } from './buckets.ts';
import { MemoryWal } from './memory-wal.ts';
import { SizeMeter } from './size.ts';

/** A disk that lives as long as the object: for tests and clusters that are thrown away. Survives the member's process. */
export class MemoryBackend implements Backend {
  readonly wal = new MemoryWal();
  #records: RevisionRecord[] = [];
  /** Removed, but still in `#records`: swept when they are half of it. */
  readonly #removed = new Set<RevisionRecord>();
  readonly #leases = new Map<Uint64, LeaseRecord>();
  readonly #meta = new Map<BackendMetaKey, string>();
  readonly #buckets = new Buckets();
  readonly #meter = new SizeMeter();

  records(): Iterable<RevisionRecord> {
    this.#sweep();
    return [...this.#records];
  }

  leases(): Iterable<LeaseRecord> {
    return [...this.#leases.values()];
  }

  getMeta(key: BackendMetaKey): string | undefined {
    return this.#meta.get(key);
  }

  setMeta(key: BackendMetaKey, value: string): void {
    this.#meta.set(key, value);
  }

  append(records: readonly RevisionRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#meter.add(record);
    }
  }

  remove(records: readonly RevisionRecord[]): void {
    for (const record of records) {
      if (this.#removed.has(record)) continue;
      this.#removed.add(record);
      this.#meter.remove(record);
    }
    if (this.#removed.size * 2 > this.#records.length) this.#sweep();
  }

  putLease(lease: LeaseRecord): void {
    this.#leases.set(lease.id, lease);
  }

  deleteLease(id: Uint64): void {
    this.#leases.delete(id);
  }

  bucket(name: BucketName): ReadonlyMap<string, string> {
    return this.#buckets.get(name);
  }

  putInBucket(name: BucketName, key: string, value: string): void {
    this.#buckets.put(name, key, value);
  }

  deleteFromBucket(name: BucketName, key: string): void {
    this.#buckets.delete(name, key);
  }

  size(): BackendSize {
    return this.#meter.size();
  }

  defragment(): void {
    this.#sweep();
    this.#meter.defragment();
  }

  image(): BackendImage {
    return {
      records: [...this.records()],
      leases: [...this.#leases.values()],
      meta: new Map(this.#meta),
      buckets: this.#buckets.copy(),
      size: this.size().total,
    };
  }

  restore(image: BackendImage): void {
    this.#clearData();
    this.append(image.records);
    for (const lease of image.leases) this.putLease(lease);
    for (const [key, value] of image.meta) this.setMeta(key, value);
    this.#buckets.replace(image.buckets);
  }

  clear(): void {
    this.#clearData();
    this.wal.clear();
  }

  #clearData(): void {
    this.#records = [];
    this.#removed.clear();
    this.#leases.clear();
    this.#meta.clear();
    this.#buckets.replace(new Map());
    this.#meter.clear();
  }

  #sweep(): void {
    if (this.#removed.size === 0) return;
    this.#records = this.#records.filter((record) => !this.#removed.has(record));
    this.#removed.clear();
  }
}
