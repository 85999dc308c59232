import type { ByteSource } from '../interface.ts';

/** Lines of a source that end with a newline, as Go's ReadString('\n') gives them; what follows the last newline is lost. */
export class LineReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #ended = false;

  constructor(source: ByteSource) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its newline; `null` at end of input. */
  async next(): Promise<string | null> {
    for (;;) {
      const at = this.#rest.indexOf('\n');
      if (at >= 0) {
        const line = this.#rest.slice(0, at);
        this.#rest = this.#rest.slice(at + 1);
        return line;
      }
      if (this.#ended) return null;
      const { done, value } = await this.#source.next();
      if (done === true) this.#ended = true;
      else this.#rest += this.#decoder.decode(value, { stream: true });
    }
  }
}
