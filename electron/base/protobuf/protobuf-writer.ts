/** Writes protobuf's wire format, field by field in the order of the calls. Zero, empty and false are left out, as proto3 and gogo do. */
export class ProtobufWriter {
  readonly #bytes: number[] = [];
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** int32, int64, uint64, enum: negative numbers as two's complement of 64 bits. Decimal text stands for 64 bits. */
  varint(field: number, value: number | bigint | string): this {
    const number = typeof value === 'number' ? value : BigInt(value);
    if (number === 0 || number === 0n) return this;
    return this.varintAlways(field, number);
  }

  /** As {@link varint}, also when it is zero (proto2's non-nullable fields). */
  varintAlways(field: number, value: number | bigint | string): this {
    this.#number(field * 8);
    this.#number(typeof value === 'string' ? BigInt(value) : value);
    return this;
  }

  bool(field: number, value: boolean): this {
    return this.varint(field, value ? 1 : 0);
  }

  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.bytesAlways(field, value);
  }

  /** As {@link bytes}, also when empty: elements of repeated fields, messages that are present. */
  bytesAlways(field: number, value: Uint8Array): this {
    this.#number(field * 8 + 2);
    this.#number(value.length);
    this.#flush();
    this.#chunks.push(value);
    this.#length += value.length;
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, write: (message: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter();
    write(inner);
    return this.bytesAlways(field, inner.finish());
  }

  finish(): Uint8Array {
    this.#flush();
    if (this.#chunks.length === 1) return this.#chunks[0] as Uint8Array;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  #number(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) {
      let rest = value;
      while (rest > 127) {
        this.#bytes.push((rest % 128) | 128);
        rest = Math.floor(rest / 128);
      }
      this.#bytes.push(rest);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.#bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    this.#chunks.push(Uint8Array.from(this.#bytes));
    this.#length += this.#bytes.length;
    this.#bytes.length = 0;
  }
}
