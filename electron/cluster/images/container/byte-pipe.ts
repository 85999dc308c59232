import type { Reader, Writer } from './interface.ts';
import { BrokenPipe } from './interface.ts';

/** Bytes from one task to another, in order. */
export class BytePipe implements Reader, Writer {
  readonly isTty = false;
  readonly #chunks: string[] = [];
  #waiting: ((chunk: string | undefined) => void) | undefined;
  #ended = false;
  #abandoned = false;

  write(bytes: string): void {
    if (this.#abandoned) throw new BrokenPipe();
    if (bytes === '' || this.#ended) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#chunks.push(bytes);
    else waiting(bytes);
  }

  /** The writer has gone. */
  end(): void {
    this.#ended = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(undefined);
  }

  /** The reader has gone: later writes are refused. */
  abandon(): void {
    this.#abandoned = true;
    this.#chunks.length = 0;
  }

  read(): Promise<string | undefined> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined || this.#ended) return Promise.resolve(chunk);
    return new Promise((resolve) => (this.#waiting = resolve));
  }
}

export const EMPTY_INPUT: Reader = { read: () => Promise.resolve(undefined) };

/** Input that is known beforehand. */
export function textInput(bytes: string): Reader {
  const pipe = new BytePipe();
  pipe.write(bytes);
  pipe.end();
  return pipe;
}

/** Collects what is written. */
export class BufferWriter implements Writer {
  readonly isTty = false;
  text = '';

  write(bytes: string): void {
    this.text += bytes;
  }
}

export async function readAll(reader: Reader): Promise<string> {
  let text = '';
  for (;;) {
    const chunk = await reader.read();
    if (chunk === undefined) return text;
    text += chunk;
  }
}

const lineReaders = new WeakMap<Reader, LineReader>();

/** Reads a stream line by line; what was read too far stays for the next who asks for lines of the same stream. */
export class LineReader {
  readonly #reader: Reader;
  #rest = '';

  private constructor(reader: Reader) {
    this.#reader = reader;
  }

  static of(reader: Reader): LineReader {
    let found = lineReaders.get(reader);
    if (found === undefined) lineReaders.set(reader, (found = new LineReader(reader)));
    return found;
  }

  /** Without its newline; undefined at the end. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const newline = this.#rest.indexOf('\n');
      if (newline >= 0) {
        const line = this.#rest.slice(0, newline);
        this.#rest = this.#rest.slice(newline + 1);
        return line;
      }
      const chunk = await this.#reader.read();
      if (chunk === undefined) {
        const last = this.#rest;
        this.#rest = '';
        return last === '' ? undefined : last;
      }
      this.#rest += chunk;
    }
  }

  /** What was read too far, for a reader of chunks. */
  takeRest(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }
}
