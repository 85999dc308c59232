/**
 * The append messages on their way to one follower: last index and bytes of each, oldest first.
 * Models tracker/inflights.go.
 */
export class Inflights {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  /** Acknowledged ones stay until half of the array is dead: shifting would cost for each. */
  #indexes: number[] = [];
  #sizes: number[] = [];
  #first = 0;
  #bytes = 0;

  /** `maxBytes` 0: no limit. */
  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#indexes.length - this.#first;
  }

  /** Of bytes at least the limit: one message may go over it. */
  full(): boolean {
    return this.count >= this.#maxMessages || (this.#maxBytes > 0 && this.#bytes >= this.#maxBytes);
  }

  /** Indexes come in rising order. */
  add(lastIndex: number, bytes: number): void {
    if (this.full()) throw new Error('cannot add into a full inflights');
    this.#indexes.push(lastIndex);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
  }

  /** Those up to `index` have arrived. */
  freeLE(index: number): void {
    while (this.#first < this.#indexes.length && (this.#indexes[this.#first] as number) <= index) {
      this.#bytes -= this.#sizes[this.#first] as number;
      this.#first += 1;
    }
    if (this.#first === this.#indexes.length) {
      this.#indexes.length = 0;
      this.#sizes.length = 0;
      this.#first = 0;
    } else if (this.#first > 32 && this.#first * 2 > this.#indexes.length) {
      this.#indexes = this.#indexes.slice(this.#first);
      this.#sizes = this.#sizes.slice(this.#first);
      this.#first = 0;
    }
  }

  reset(): void {
    this.#indexes = [];
    this.#sizes = [];
    this.#first = 0;
    this.#bytes = 0;
  }
}
