import type { FileWriter } from '../fs/executor-fs.ts';
import type { ByteSink } from '../interface.ts';

const never = new AbortController().signal;

/** A file opened for writing by a redirection. Every write is on its way to the disk before it resolves. */
export class FileSink implements ByteSink {
  readonly isTty = false;
  readonly closed = never;
  readonly #handle: FileWriter;
  #queue: Promise<unknown> = Promise.resolve();
  #holders = 1;

  constructor(handle: FileWriter) {
    this.#handle = handle;
  }

  write(chunk: string | Uint8Array): Promise<void> {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const done = this.#queue.then(() => this.#handle.writeFile(bytes));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  retain(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) void this.#queue.then(() => this.#handle.close()).catch(() => undefined);
  }

  /** Releases and waits until what was written is in the file. */
  async finish(): Promise<void> {
    await this.#queue;
    this.release();
  }
}
