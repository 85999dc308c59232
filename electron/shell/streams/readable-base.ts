import type { ByteSource } from '../interface.ts';

/** What every source shares: iteration, text and lines on top of `pull`. Pushed-back bytes are read first. */
export abstract class ReadableBase implements ByteSource {
  abstract readonly isTty: boolean;
  #pushedBack: Uint8Array[] = [];

  /** The next chunk of the underlying input, `null` at its end. */
  abstract pull(): Promise<Uint8Array | null>;
  abstract cancel(): void;

  read(): Promise<Uint8Array | null> {
    const first = this.#pushedBack.pop();
    return first === undefined ? this.pull() : Promise.resolve(first);
  }

  /** Gives back what was read too far (`read` takes one line and leaves the rest to the next reader). */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#pushedBack.push(bytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await this.read();
      if (chunk === null) return;
      yield chunk;
    }
  }

  async text(): Promise<string> {
    const decoder = new TextDecoder();
    let out = '';
    for await (const chunk of this) out += decoder.decode(chunk, { stream: true });
    return out + decoder.decode();
  }

  async *lines(): AsyncGenerator<string> {
    for await (const batch of lineBatches(this)) yield* batch.lines;
  }
}

/** Lines that arrived together. `open` is true when the last of them had no newline (only ever at the end of input). */
export interface LineBatch {
  lines: string[];
  open: boolean;
}

/** Cuts a source into lines, chunk by chunk, so that a command prints what it has before it waits for more. */
export async function* lineBatches(source: ByteSource, separator = '\n'): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of source) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf(separator);
    if (end < 0) {
      rest = text;
      continue;
    }
    rest = text.slice(end + 1);
    yield { lines: text.slice(0, end).split(separator), open: false };
  }
  rest += decoder.decode();
  if (rest !== '') yield { lines: [rest], open: true };
}
