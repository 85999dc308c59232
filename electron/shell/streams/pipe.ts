import { BrokenPipe } from '../errors.ts';
import type { ByteSink, ByteSource } from '../interface.ts';
import { ReadableBase } from './readable-base.ts';

const encoder = new TextEncoder();

/** Bytes a pipe holds before `write` waits, as on Linux. */
export const pipeCapacity = 65_536;

/**
 * An in-process pipe. Writers wait while it is full; a cancelled reader refuses further writes with `BrokenPipe`.
 * The end of input is reached when every holder of the writing end has released it (`retain`/`release`, counted as
 * the kernel counts open descriptors: a background job keeps the pipe of its parent open).
 */
export class Pipe {
  readonly source: ByteSource;
  readonly sink: PipeSink;

  constructor() {
    const state: PipeState = {
      chunks: [],
      size: 0,
      ended: false,
      cancelled: false,
      readers: [],
      writers: [],
      closed: new AbortController(),
    };
    this.source = new PipeSource(state);
    this.sink = new PipeSink(state);
  }
}

interface PipeState {
  chunks: Uint8Array[];
  size: number;
  ended: boolean;
  cancelled: boolean;
  readers: Array<() => void>;
  writers: Array<() => void>;
  closed: AbortController;
}

function wake(list: Array<() => void>): void {
  for (const resume of list.splice(0)) resume();
}

class PipeSource extends ReadableBase {
  readonly isTty = false;
  readonly #state: PipeState;

  constructor(state: PipeState) {
    super();
    this.#state = state;
  }

  override async pull(): Promise<Uint8Array | null> {
    const state = this.#state;
    for (;;) {
      const chunk = state.chunks.shift();
      if (chunk !== undefined) {
        state.size -= chunk.length;
        if (state.size < pipeCapacity) wake(state.writers);
        return chunk;
      }
      if (state.ended || state.cancelled) return null;
      await new Promise<void>((resolve) => state.readers.push(resolve));
    }
  }

  override cancel(): void {
    const state = this.#state;
    if (state.cancelled) return;
    state.cancelled = true;
    state.chunks = [];
    state.size = 0;
    state.closed.abort();
    wake(state.writers);
    wake(state.readers);
  }
}

/** The writing end of a {@link Pipe}. */
export class PipeSink implements ByteSink {
  readonly isTty = false;
  readonly #state: PipeState;
  #holders = 1;

  constructor(state: PipeState) {
    this.#state = state;
  }

  get closed(): AbortSignal {
    return this.#state.closed.signal;
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    const state = this.#state;
    if (state.cancelled || state.ended) throw new BrokenPipe();
    const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
    if (bytes.length === 0) return;
    while (state.size >= pipeCapacity) {
      await new Promise<void>((resolve) => state.writers.push(resolve));
      if (state.cancelled) throw new BrokenPipe();
    }
    state.chunks.push(bytes);
    state.size += bytes.length;
    wake(state.readers);
  }

  retain(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#state.ended = true;
    wake(this.#state.readers);
  }
}
