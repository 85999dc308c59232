import type { BucketName } from './interface.ts';

/** Small tables in memory, each in the order of its keys. */
export class Buckets {
  readonly #buckets = new Map<BucketName, ReadonlyMap<string, string>>();

  get(name: BucketName): ReadonlyMap<string, string> {
    return this.#buckets.get(name) ?? new Map<string, string>();
  }

  put(name: BucketName, key: string, value: string): void {
    const entries = [...this.get(name)].filter(([other]) => other !== key);
    entries.push([key, value]);
    // Made anew with each change: they are small, change rarely, and readers may keep one.
    this.#buckets.set(name, new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  delete(name: BucketName, key: string): void {
    this.#buckets.set(name, new Map([...this.get(name)].filter(([other]) => other !== key)));
  }

  copy(): ReadonlyMap<BucketName, ReadonlyMap<string, string>> {
    return new Map(this.#buckets);
  }

  replace(buckets: ReadonlyMap<BucketName, ReadonlyMap<string, string>>): void {
    this.#buckets.clear();
    for (const [name, entries] of buckets) this.#buckets.set(name, entries);
  }
}
