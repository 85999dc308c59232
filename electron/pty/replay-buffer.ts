/** Keeps the last bytes of a stream for a screen that attaches later. */
export class ReplayBuffer {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #cut = false;

  /** `limit` in bytes. */
  constructor(limit = 200_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    while (this.#size > this.#limit) {
      const first = this.#chunks[0] as Uint8Array;
      const over = this.#size - this.#limit;
      this.#cut = true;
      if (first.length <= over) {
        this.#chunks.shift();
        this.#size -= first.length;
      } else {
        this.#chunks[0] = first.subarray(over);
        this.#size -= over;
      }
    }
  }

  /** What is kept. When the beginning was dropped it starts after a newline, else after a whole character: never inside a sequence of bytes that a terminal would misread. */
  bytes(): Uint8Array {
    const all = Buffer.concat(this.#chunks);
    if (!this.#cut) return all;
    const line = all.indexOf(10);
    if (line >= 0 && line < all.length - 1) return all.subarray(line + 1);
    let at = 0;
    while (at < all.length && ((all[at] as number) & 0xc0) === 0x80) at++;
    return all.subarray(at);
  }
}
