import type { ByteSource } from '../interface.ts';

export interface Line {
  text: string;
  /** False when the input ended without a newline after it. */
  newline: boolean;
}

/** Reads line by line over several sources, with one line of look-ahead when asked for. */
export class LineReader {
  readonly #sources: AsyncIterator<ByteSource>;
  readonly #separator: string;
  #current: ByteSource | null = null;
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #rest = '';
  #lines: string[] = [];
  #at = 0;
  #peeked: Line | null | undefined;
  /** Called before the reader waits for more: the moment to print what is done. */
  onWait: () => Promise<void> = () => Promise.resolve();

  constructor(sources: AsyncIterable<ByteSource>, separator = '\n') {
    this.#sources = sources[Symbol.asyncIterator]();
    this.#separator = separator;
  }

  async next(): Promise<Line | null> {
    if (this.#peeked !== undefined) {
      const line = this.#peeked;
      this.#peeked = undefined;
      return line;
    }
    return this.#pull();
  }

  /** The line after this one without taking it. */
  async peek(): Promise<Line | null> {
    this.#peeked ??= await this.#pull();
    return this.#peeked;
  }

  async #pull(): Promise<Line | null> {
    for (;;) {
      if (this.#at < this.#lines.length) return { text: this.#lines[this.#at++] as string, newline: true };
      if (this.#current === null) {
        const next = await this.#sources.next();
        if (next.done === true) return null;
        this.#current = next.value;
        this.#decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      }
      await this.onWait();
      const chunk = await this.#current.read();
      if (chunk === null) {
        this.#current = null;
        const last = this.#rest + this.#decoder.decode();
        this.#rest = '';
        if (last !== '') return { text: last, newline: false };
        continue;
      }
      const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
      const lines = text.split(this.#separator);
      this.#rest = lines.pop() ?? '';
      this.#lines = lines;
      this.#at = 0;
    }
  }
}
