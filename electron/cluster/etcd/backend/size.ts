import type { RevisionRecord } from './interface.ts';

const PAGE = 4096;
/** A bbolt file is never smaller: two meta pages, freelist, first leaf, and the buckets. */
const EMPTY = 5 * PAGE;
/** Of a record in a leaf: the element's header, the revision as its key, protobuf framing and numbers. */
const OVERHEAD = 16 + 17 + 13;
const LEAF_HEADER = 16;
/** etcd has a leaf of the bucket `key` filled up to here before it begins the next, but gives it two records at least. */
const LEAF_FILL = 0.9 * PAGE;
const LEAF_RECORDS = 2;
/** Of a leaf in the branch above it: the element's header and a revision. */
const BRANCH_ELEMENT = 16 + 17;
/** A commit writes the last leaf anew, and the one before it is given up only later. */
const COPIES = 2;

/** Keeps the size of the file that a real member would have for the same records, about: pages of records in order. */
export class SizeMeter {
  /** Bytes of the records that are there, and of all that were added. */
  #records = 0;
  #added = 0;
  /** Bytes of the leaves that are full, for all that were added. */
  #leaves = 0;
  /** Of the last leaf, which is not. */
  #leaf = LEAF_HEADER;
  #leafRecords = 0;
  #largestLeaf = PAGE;
  #total = EMPTY;

  add(record: RevisionRecord): void {
    const size = recordSize(record);
    this.#records += size;
    this.#added += size;
    if (this.#leafRecords >= LEAF_RECORDS && this.#leaf + size > LEAF_FILL) {
      this.#leaves += pages(this.#leaf) + BRANCH_ELEMENT;
      this.#leaf = LEAF_HEADER;
      this.#leafRecords = 0;
    }
    this.#leaf += size;
    this.#leafRecords += 1;
    if (this.#leaf > this.#largestLeaf) this.#largestLeaf = this.#leaf;
    const needed = this.#inUse() + Math.min(COPIES * this.#largestLeaf, this.#leaves);
    if (needed > this.#total) this.#total = needed;
  }

  remove(record: RevisionRecord): void {
    this.#records -= recordSize(record);
  }

  clear(): void {
    this.#records = 0;
    this.#added = 0;
    this.#leaves = 0;
    this.#leaf = LEAF_HEADER;
    this.#leafRecords = 0;
    this.#largestLeaf = PAGE;
    this.#total = EMPTY;
  }

  defragment(): void {
    this.#total = this.#inUse();
    this.#largestLeaf = PAGE;
  }

  size(): { total: number; inUse: number } {
    return { total: pages(this.#total), inUse: pages(this.#inUse()) };
  }

  /** What is left of the leaves, in the proportion in which records are left. */
  #inUse(): number {
    if (this.#records === 0) return EMPTY;
    return EMPTY + (this.#leaves + this.#leaf) * (this.#records / this.#added);
  }
}

function recordSize(record: RevisionRecord): number {
  return record.kv.key.length + record.kv.value.length + OVERHEAD;
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}
