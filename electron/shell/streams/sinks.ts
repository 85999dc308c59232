import type { ByteSink } from '../interface.ts';
import { BrokenPipe } from '../errors.ts';

const never = new AbortController().signal;

/** Swallows everything, as `/dev/null`. */
export class NullSink implements ByteSink {
  readonly isTty = false;
  readonly closed = never;

  write(): Promise<void> {
    return Promise.resolve();
  }
}

/** Keeps everything in memory (command substitution, tests). */
export class BufferSink implements ByteSink {
  readonly isTty = false;
  readonly closed = never;
  readonly #chunks: Uint8Array[] = [];

  write(chunk: string | Uint8Array): Promise<void> {
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return Promise.resolve();
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** Writes to a Node stream (the terminal, the process's own output), honouring its back-pressure. */
export class NodeSink implements ByteSink {
  readonly isTty: boolean;
  readonly #stream: NodeJS.WritableStream;
  readonly #closed = new AbortController();

  constructor(stream: NodeJS.WritableStream, isTty: boolean) {
    this.#stream = stream;
    this.isTty = isTty;
    stream.on('error', () => this.#closed.abort());
    stream.on('close', () => this.#closed.abort());
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  write(chunk: string | Uint8Array): Promise<void> {
    if (this.#closed.signal.aborted) return Promise.reject(new BrokenPipe());
    if (chunk.length === 0) return Promise.resolve();
    if (this.#stream.write(chunk)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#stream.removeListener('drain', settle);
        this.#closed.signal.removeEventListener('abort', settle);
        if (this.#closed.signal.aborted) reject(new BrokenPipe());
        else resolve();
      };
      this.#stream.once('drain', settle);
      this.#closed.signal.addEventListener('abort', settle);
    });
  }
}
