import type { ByteSource } from '../interface.ts';
import { ReadableBase } from './readable-base.ts';

/** A source that ends when a signal fires: a command that waits for input hears Ctrl-C without doing anything for it. */
export class AbortableSource extends ReadableBase {
  readonly isTty: boolean;
  readonly #inner: ByteSource;
  readonly #signal: AbortSignal;

  constructor(inner: ByteSource, signal: AbortSignal) {
    super();
    this.#inner = inner;
    this.#signal = signal;
    this.isTty = inner.isTty;
  }

  override async pull(): Promise<Uint8Array | null> {
    if (this.#signal.aborted) return null;
    let stop: () => void = () => undefined;
    const interrupted = new Promise<null>((resolve) => {
      stop = () => resolve(null);
    });
    this.#signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([this.#inner.read(), interrupted]);
    } finally {
      this.#signal.removeEventListener('abort', stop);
    }
  }

  override unread(bytes: Uint8Array): void {
    if (this.#inner instanceof ReadableBase) this.#inner.unread(bytes);
    else super.unread(bytes);
  }

  override cancel(): void {
    this.#inner.cancel();
  }
}
