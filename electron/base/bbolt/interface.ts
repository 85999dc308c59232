// Shapes of a bbolt file (go.etcd.io/bbolt, file format version 2): one root bucket of named buckets, each a B+ tree.

export interface BoltPair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface BoltNested {
  readonly key: Uint8Array;
  readonly bucket: BoltBucket;
}

export type BoltItem = BoltPair | BoltNested;

/** Keys in ascending byte order, each once; never empty, at most 32768 bytes. */
export interface BoltBucket {
  readonly items: readonly BoltItem[];
  /** The bucket's own counter (`NextSequence`); default 0. */
  readonly sequence?: number;
}

export interface BoltFile {
  readonly root: BoltBucket;
  /** Bytes. */
  readonly pageSize: number;
  /** Pages up to the high-water mark; `pages * pageSize` is what bbolt calls the size of a transaction. */
  readonly pages: number;
  /** Pages below the high-water mark that hold nothing. */
  readonly freePages: number;
  /** Id of the last transaction. */
  readonly txid: number;
}

/** The file is no (whole) bbolt file, or something cannot be written to one. */
export class BoltError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BoltError';
  }
}
