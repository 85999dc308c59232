import type { StreamSink } from '../../shared/rpc/rpc-server.ts';

/** One value that many watch: each gets the present one first, then every change. */
export class Watched<T> {
  readonly #sinks = new Set<StreamSink<T>>();
  readonly #read: () => T;
  #last = '';

  constructor(read: () => T) {
    this.#read = read;
  }

  watch(sink: StreamSink<T>): void {
    this.#sinks.add(sink);
    sink.onEnd(() => this.#sinks.delete(sink));
    sink.next(this.#read());
  }

  /** Sends the value to all if it is not what they have. */
  refresh(): void {
    if (this.#sinks.size === 0) return;
    const value = this.#read();
    const text = JSON.stringify(value);
    if (text === this.#last) return;
    this.#last = text;
    for (const sink of this.#sinks) sink.next(value);
  }
}
