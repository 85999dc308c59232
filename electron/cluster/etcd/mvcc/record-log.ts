import type { RevisionRecord } from '../backend/interface.ts';

/** Every record there is, in the order of revisions: what watches of the past read. */
export class RecordLog {
  #records: RevisionRecord[] = [];

  get length(): number {
    return this.#records.length;
  }

  append(record: RevisionRecord): void {
    this.#records.push(record);
  }

  /** Position of the first record with main >= `main`. */
  indexOf(main: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle] as RevisionRecord).kv.modRevision < main) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  at(position: number): RevisionRecord | undefined {
    return this.#records[position];
  }

  remove(records: readonly RevisionRecord[]): void {
    if (records.length === 0) return;
    const gone = new Set(records);
    this.#records = this.#records.filter((record) => !gone.has(record));
  }
}
