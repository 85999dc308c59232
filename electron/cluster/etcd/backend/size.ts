import type { RevisionRecord } from './interface.ts';

const PAGE = 4096;
/** A bbolt file is never smaller: two meta pages, freelist, first leaf, and the buckets. */
const EMPTY = 5 * PAGE;
/** Revision key, protobuf framing and the page's element header, roughly, per record. */
const OVERHEAD = 17 + 28 + 16;

/** Keeps the size of the file that a real member would have for the same records, about. */
export class SizeMeter {
  #inUse = 0;
  #total = EMPTY;

  add(record: RevisionRecord): void {
    this.#inUse += recordSize(record);
    if (this.#inUse + EMPTY > this.#total) this.#total = this.#inUse + EMPTY;
  }

  remove(record: RevisionRecord): void {
    this.#inUse -= recordSize(record);
  }

  clear(): void {
    this.#inUse = 0;
    this.#total = EMPTY;
  }

  defragment(): void {
    this.#total = this.#inUse + EMPTY;
  }

  size(): { total: number; inUse: number } {
    return { total: pages(this.#total), inUse: pages(this.#inUse + EMPTY) };
  }
}

function recordSize(record: RevisionRecord): number {
  return record.kv.key.length + record.kv.value.length + OVERHEAD;
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}
