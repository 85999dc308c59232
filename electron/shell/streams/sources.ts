import type { ByteSource } from '../interface.ts';
import { ReadableBase } from './readable-base.ts';

/** A source that holds all its bytes already. */
export class BytesSource extends ReadableBase {
  readonly isTty = false;
  #bytes: Uint8Array | null;

  constructor(content: string | Uint8Array) {
    super();
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.#bytes = bytes.length === 0 ? null : bytes;
  }

  override pull(): Promise<Uint8Array | null> {
    const bytes = this.#bytes;
    this.#bytes = null;
    return Promise.resolve(bytes);
  }

  override cancel(): void {
    this.#bytes = null;
  }
}

/** A source over any async iterable of bytes (a file stream, a process's standard input). Reading starts with the first `read`. */
export class IterableSource extends ReadableBase {
  readonly isTty: boolean;
  readonly #make: () => AsyncIterable<Uint8Array>;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #ended = false;

  constructor(make: () => AsyncIterable<Uint8Array>, isTty = false) {
    super();
    this.#make = make;
    this.isTty = isTty;
  }

  override async pull(): Promise<Uint8Array | null> {
    if (this.#ended) return null;
    this.#iterator ??= this.#make()[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.#iterator.next();
      if (next.done === true) {
        this.#ended = true;
        return null;
      }
      if (next.value.length > 0) return next.value;
    }
  }

  override cancel(): void {
    this.#ended = true;
    void this.#iterator?.return?.().catch(() => undefined);
  }
}

/** Input that is empty, as `< /dev/null`. */
export function emptySource(): ByteSource {
  return new BytesSource('');
}
